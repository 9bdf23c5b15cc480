"""Copyart without TensorFlow, Keras and h5py: `pip install ./paint`, or `pip install "./paint[web]"`.

Name, version and files are those of the full distribution, so `pip install .` can later add what is missing.
"""

import os
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent.parent
#: TensorFlow with Keras takes nine tenths of the full installation; h5py is installed with Keras.
ONLY_FOR_TRAINING = ("tensorflow", "keras", "h5py")

config = ConfigParser()
config.read(ROOT / "setup.cfg", encoding="utf-8")


def lines(section, name):
    values = (line.partition("#")[0].strip() for line in config[section][name].splitlines())
    return [value for value in values if value]


def lists(section):
    return {name: lines(section, name) for name in config[section]}


# setuptools accepts no absolute path, and must write its own files (egg-info) beside this one.
above = os.path.relpath(ROOT)
setup(
    name="copyart",
    version=(ROOT / "copyart" / "_version.py").read_text(encoding="utf-8").split('"')[1],
    description=config["metadata"]["description"],
    license="MIT",
    python_requires=config["options"]["python_requires"],
    packages=find_packages(above, include=lines("options.packages.find", "include")),
    package_dir={"": above},
    package_data=lists("options.package_data"),
    include_package_data=False,
    install_requires=[
        line for line in lines("options", "install_requires") if line.split()[0] not in ONLY_FOR_TRAINING
    ],
    extras_require=lists("options.extras_require"),
    entry_points=lists("options.entry_points"),
    options={"egg_info": {"egg_base": "."}},
)
