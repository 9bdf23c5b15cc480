"""Mix styles by interpolating their weights. The result is one style, which paints as fast as each of them.

This works if the networks were fine-tuned from the same weights. Shares below 0 and above 1 extrapolate.

Reference: Wang et al. 2019, Deep Network Interpolation for Continuous Imagery Effect Transition (arXiv:1811.10515).
"""

import dataclasses
import functools
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from copyart._version import __version__
from copyart.data.images import encode_image
from copyart.errors import ConfigError, StyleError
from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS, encode_json, write_style_file
from copyart.styles.mixture_check import FIGURES, fault_of_mixture, sample_photo
from copyart.styles.style import Style

#: Styles are mixed only if their weights have at least this correlation. It is 0.85 to 0.99 for the bundled styles,
#: which were trained from the same weights, and 0.01 for others.
LEAST_CORRELATION = 0.5
#: Smallest and largest share of a style (docs/mixing.md has the measurements).
SHARES = (-0.5, 1.5)
#: Stands for weights that a style lacks.
_MISSING = np.zeros(0, np.float32)
#: Metadata of the starter, with the figures of its painting of the sample photo.
_STARTER = {"name": "the starter", FIGURES: [137.2, 136.6, 117.4, 71.7, 0.837]}
_PART = re.compile(r"\s*(.*?)\s*:\s*([^/\\:]*?)\s*")
_FORM = "Write it as monet:0.6,vangogh:0.4"

#: Pairs of a style's source and its share.
_Shares = list[tuple[Any, float]]


class MixingError(StyleError):
    """The weights of these styles cannot be mixed. Their paintings can be blended if all shares lie in 0 to 1."""


def is_mixture(source: object) -> bool:
    """Tell whether a source names a mixture, valid or not: a mapping, or a string such as `monet:0.6,vangogh:0.4`."""
    if isinstance(source, Mapping):
        return True
    if not isinstance(source, str) or os.path.exists(source):
        return False
    return any(_PART.fullmatch(part) for part in source.split(","))


def changes_over_time(source: object) -> bool:
    """Tell whether a source is a mixture that changes while a film is painted, such as `monet:1→vangogh:1`."""
    return isinstance(source, str) and ("→" in source or "->" in source) and not os.path.exists(source)


def parse_shares(source: str | os.PathLike | Mapping[Any, float]) -> list[tuple[Any, float]]:
    """Parse a mixture into its styles and their shares.

    Args:
        source: A string such as `monet:0.6,vangogh:0.4`, or a dictionary from styles to shares. Several shares are
            divided by their sum. A single share is relative to the starter, from which the bundled styles were
            trained: with a share of 1.4, the mixture is 40 % further away from the starter than the style is.

    Returns:
        Pairs of a style's source and its share. If a source is named twice, its shares are added.

    Raises:
        ConfigError: if a style has no name, a share is not a finite number or lies outside `SHARES`, or the sum of
            the shares is zero.
    """
    pairs: list[tuple[Any, Any]]
    if isinstance(source, Mapping):
        pairs = list(source.items())
    else:
        pairs = [_parse_part(part) for part in os.fspath(source).split(",")]
    if not pairs:
        raise ConfigError(f"a mixture must have at least one style. Received: none. {_FORM}.")
    pairs = [(name, _share_as_number(name, share)) for name, share in pairs]
    if len(pairs) > 1:
        pairs = _normalise_shares(pairs)
    elif pairs[0][1] == 0:
        raise ConfigError(f"a share must not be zero. Received: {format_shares(pairs)}. {_FORM}.")
    for _, share in pairs:
        if not SHARES[0] <= share <= SHARES[1]:
            raise ConfigError(
                f"a share must lie in {SHARES[0]:g} to {SHARES[1]:g} of the whole, because styles fail beyond. "
                f"Received: {format_shares(pairs)}. Use a share within the limits."
            )
    return pairs


def mix_styles(styles: Sequence[Style], shares: Sequence[float]) -> Style:
    """Average the weights of styles, and check the result by painting one picture.

    Args:
        shares: A share for each style. They add up to 1. A single style may have another share; the starter then has
            the rest.

    Raises:
        MixingError: if the generators differ, the weights are too different, or the mixture paints badly.
        StyleError: if a style is damaged.
    """
    mixture = interpolate(styles, shares)
    parents = styles if len(styles) > 1 or shares[0] == 1 else [*styles, _starter_style(styles[0])]
    beyond = not all(0 <= share <= 1 for share in shares)
    if (found := fault_of_mixture(mixture, parents, beyond)) is not None:
        raise MixingError(
            f"a mixture must paint about as well as its styles. Received: {mixture.place}, {found}. Use other shares."
        )
    return mixture


def interpolate(styles: Sequence[Style], shares: Sequence[float]) -> Style:
    """Average the weights of styles without checking what the result paints. Arguments as for `mix_styles`.

    Raises:
        MixingError: if the generators differ, or the weights are too different.
        StyleError: if a style is damaged.
    """
    parents, parts = list(styles), list(shares)
    if len(styles) == 1 and shares[0] != 1:
        parents, parts = [*parents, _starter_style(styles[0])], [*parts, 1 - parts[0]]
    first, flat = parents[0], [_weights_as_vector(parents[0].weights)]
    for other in parents[1:]:
        if other.generator != first.generator:
            raise MixingError(
                _refusal_message(f"{_style_name(first)} and {_style_name(other)}, whose generators differ")
            )
        flat.append(_weights_as_vector({name: other.weights.get(name, _MISSING) for name in first.weights}))
        if (found := correlation(flat[0], flat[-1])) < LEAST_CORRELATION:
            pair = f"{_style_name(first)} and {_style_name(other)}"
            raise MixingError(_refusal_message(f"{pair}, trained from different weights (correlation {found:.2f})"))
    half = all(array.dtype == np.float16 for parent in parents for array in parent.weights.values())
    mixed = _vector_as_weights(
        np.asarray(np.asarray(parts, np.float32) @ np.stack(flat), np.float16 if half else np.float32), first.weights
    )
    metadata = _mixture_metadata(styles, shares)
    place = Path(format_shares(zip(map(_style_name, styles), shares, strict=True)))
    files = {
        CONFIG: encode_json(dict(first.config)),
        METADATA: encode_json(metadata),
        WEIGHTS: safetensors.numpy.save(mixed),
    }
    mixture = Style(place, files, first.config, metadata, mixed)
    if mixture.plan is None:
        raise MixingError(_refusal_message(f"{_style_name(first)}, which has none of Copyart's generators"))
    return mixture


def write_style(style: Style, folder: str | os.PathLike) -> None:
    """Write a style as a folder, with a preview. Each file of an older style in that folder is replaced atomically.

    Raises:
        StyleError: if the style is damaged, or the folder cannot be written.
    """
    files, folder = dict(style.files), os.path.expanduser(folder)
    if PREVIEW not in files and (engine := style.engine) is not None:
        files[PREVIEW] = encode_image(engine.paint(sample_photo()), "JPEG")
    for name in (WEIGHTS, CONFIG, METADATA, PREVIEW):
        if name in files:
            write_style_file(Path(folder, name), files[name])


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two styles' weights, from -1 to 1; 0 if one style has more weights than the other.

    Args:
        one, other: All weights of a style, shape (weights,).
    """
    if one.shape != other.shape:
        return 0.0
    first, second = one - one.mean(), other - other.mean()
    return float(first @ second / max(math.sqrt(float(first @ first) * float(second @ second)), 1e-12))


def format_shares(pairs: Any) -> str:
    """Format styles and shares as a string for `parse_shares`."""
    return ",".join(f"{str(getattr(name, 'place', name))[:80]}:{share:.4g}" for name, share in pairs)


def describe_mixture(styles: Sequence[Style], shares: Sequence[float]) -> dict[str, Any]:
    """Return the name of a mixture and its parents, for its metadata.

    If a parent is itself a mixture, its parents are named instead of it, each with its part of the share.
    """
    parents: dict[str, dict[str, Any]] = {}
    for style, share in zip(styles, shares, strict=True):
        for facts in _parents_of_style(style):
            earlier = parents.get(facts["name"], {"share": 0.0})["share"]
            parents[facts["name"]] = {**facts, "share": round(earlier + share * facts["share"], 4)}
    return {"name": _mixture_name(parents.values()), "mixture": list(parents.values())}


def _parse_part(part: str) -> tuple[str, str]:
    match = _PART.fullmatch(part)
    if match is None or not match[1]:
        raise ConfigError(f"each style of a mixture must have a name and a share. Received: {part[:80]!r}. {_FORM}.")
    return match[1], match[2]


def _normalise_shares(pairs: _Shares) -> _Shares:
    total = sum(share for _, share in pairs)
    if not abs(total) > 1e-6 * sum(abs(share) for _, share in pairs):  # also true if a sum is infinite
        raise ConfigError(
            "the shares of a mixture must have a finite sum other than zero. "
            f"Received: {format_shares(pairs)}. {_FORM}."
        )
    shares: dict[Any, float] = {}
    for name, share in pairs:
        shares[name] = shares.get(name, 0.0) + share / total
    return list(shares.items())


def _share_as_number(name: Any, share: Any) -> float:
    try:
        number = float(share)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"a share must be a number. Received: {str(share)[:40]!r} for {str(name)[:80]!r}. {_FORM}.")
    return number


def _style_name(style: Style) -> str:
    return str(style.metadata.get("name") or style.place.stem)


def _parents_of_style(style: Style) -> list[dict[str, Any]]:
    """Return the parents of a mixture, or the style itself if it is not a mixture or has been renamed."""
    stored = style.metadata.get("mixture")
    try:
        if (
            stored
            and _mixture_name(stored) == _style_name(style)
            and all(math.isfinite(one["share"]) for one in stored)
        ):
            return [{**parent, "name": str(parent["name"])} for parent in stored]
    except (TypeError, KeyError, ValueError, OverflowError):  # malformed metadata
        pass
    facts = {key: style.metadata[key] for key in ("licence", "source", "date") if key in style.metadata}
    return [{"name": _style_name(style), "share": 1, **facts}]


def _mixture_name(parents: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{parent['name']} {100 * parent['share']:.0f} %" for parent in parents)


def _refusal_message(received: str) -> str:
    return (
        "weights can be mixed only if the generators are the same and were trained from the same weights. Received: "
        f"{received}. Give each a share from 0 to 1 to copyart paint, which blends their paintings."
    )


def _starter_style(style: Style) -> Style:
    """Return a style with the weights of the starter, from which the bundled styles were trained."""
    return dataclasses.replace(style, metadata=_STARTER, weights=_starter_weights())


@functools.cache
def _starter_weights() -> dict[str, np.ndarray]:
    # Only the file is used: this package must not import copyart.training, a higher layer.
    file = resources.files("copyart") / "training" / "starter.safetensors"
    with resources.as_file(file) as path, safetensors.safe_open(path, "np") as arrays:
        prefix = "photo_to_art/"
        return {key[len(prefix) :]: arrays.get_tensor(key) for key in arrays.keys() if key.startswith(prefix)}  # noqa: SIM118


def _weights_as_vector(weights: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(array) for array in weights.values()], dtype=np.float32, casting="same_kind")


def _vector_as_weights(flat: np.ndarray, like: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Split a vector into arrays with the names and shapes of `like`."""
    ends = np.cumsum([array.size for array in like.values()])
    parts = zip(like.items(), np.split(flat, ends[:-1]), strict=True)
    return {name: part.reshape(array.shape) for (name, array), part in parts}


def _mixture_metadata(styles: Sequence[Style], shares: Sequence[float]) -> dict[str, Any]:
    facts = describe_mixture(styles, shares)
    stated = [style.metadata.get("licence") for style in styles]
    licences = [licence if isinstance(licence, dict) else {"weights": licence} for licence in stated]
    return {
        **facts,
        "source": "mixed from the weights of its parents",
        "licence": {
            kind: "; ".join(dict.fromkeys(str(licence.get(kind) or "unknown") for licence in licences))
            for kind in ("weights", "pictures")
        },
        "experimental": any(bool(style.metadata.get("experimental")) for style in styles),
        "versions": {"copyart": __version__},
    }
