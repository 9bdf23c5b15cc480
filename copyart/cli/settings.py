"""The options of `copyart train` that are settings of a run: one for each field of `TrainingConfig`."""

import dataclasses
import inspect
import re
import types
import typing

import click

from copyart.config import CHOICES, TrainingConfig


def setting_options(command):
    """Add the options to a command; those that are not given arrive as None, and leave the recipe's value."""
    helps = _helps()
    for field in reversed(dataclasses.fields(TrainingConfig)):
        kind = click.Choice(CHOICES[field.name]) if field.name in CHOICES else _plain(field.type)
        name = f"--{field.name.replace('_', '-')}"
        if kind is bool:
            name, kind = f"{name}/--no-{name[2:]}", None
        command = click.option(name, field.name, type=kind, default=None, help=helps[field.name])(command)
    return command


def _plain(kind):
    """Return int for `int | None`, and any other type as it is."""
    if isinstance(kind, types.UnionType):
        return next(part for part in typing.get_args(kind) if part is not type(None))
    return kind


def _helps():
    """Read what each setting is from the docstring that also documents it in Python."""
    text = inspect.getdoc(TrainingConfig).split("Args:\n")[1]
    entries = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", text, re.MULTILINE)
    return {name: " ".join(line.strip() for line in words.splitlines()) for name, words in entries}
