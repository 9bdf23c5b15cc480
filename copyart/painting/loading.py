"""From whatever names a style to a painter."""

import functools
import json
import os
from pathlib import Path

from copyart.artists import find
from copyart.backend import choose_backend
from copyart.engine.engine import fast_engine
from copyart.errors import ArtistError, ConfigError, StyleError
from copyart.painting.painter import Painter
from copyart.styles.bundled import bundled_styles
from copyart.styles.files import CONFIG
from copyart.styles.hub import fetch, is_handle
from copyart.styles.packed import is_packed, open_style
from copyart.weights.network_files import SUFFIXES, import_network

_FORMS = (
    "Give the workdir of a training run, a style folder, a packed style (.copyart), a .keras file, a published .pth "
    "file, a .h5 file of the Keras example, an hf:// or kaggle:// handle, or the name of a bundled style"
)


def load(source: str | os.PathLike, network: str | None = None) -> Painter:
    """Load a painter.

    Args:
        source: One of

            - the workdir of a training run: what it has learnt so far;
            - a style folder, as `save_style` writes it;
            - a `.copyart` file: a style packed by `copyart style pack`;
            - `hf://owner/repo` or `kaggle://owner/model/framework/variation`: a style on Hugging Face or Kaggle;
            - a `.keras` file: a `CycleGAN`, or any network from pictures to pictures;
            - a `.pth` file: a generator of the paper's PyTorch implementation, or of the CUT project;
            - a `.h5` file or a checkpoint's `.index`: a generator of the Keras example with tensorflow_addons;
            - the name of an artist whose style comes with Copyart.

            What lies at a path goes before the name.
        network: Which network to take of a `.pth`, `.h5` or `.index` file that holds several. Defaults to None: the
            only one, or the first generator of a Keras file.

    Raises:
        StyleError: There is nothing of that kind, or it is damaged.
        ConfigError: if a network is named and the source is a style.

    Example:
        >>> copyart.load("runs/vangogh").paint("photo.jpg").save("painting.jpg")
    """
    path = Path(source)
    # Unlike path.is_file(), it takes any text: a name may come from outside.
    if os.path.isfile(path) and not is_packed(path) and not is_handle(source):
        return _load_file(path, network)
    place = find_style(source)
    _require_no_network(source, network)
    return _load_style(place)


def find_style(source: str | os.PathLike) -> Path:
    """Return the style folder or packed style that something names.

    Args:
        source: As for `load`, but no model file.

    Raises:
        StyleError: There is none.
    """
    if is_handle(source):
        return fetch(source)  # which was looked at, as nothing else there was
    path = Path(source)
    if is_packed(path):
        return path
    if (folder := _style_folder(path) or _bundled_folder(source)) is None:
        raise _nothing_at(path)
    return folder


def style_place(source: str | os.PathLike) -> Path | None:
    """Return the style folder or packed style that a source means; None for a file of any other kind.

    Args:
        source: As for `load`.

    Raises:
        StyleError: There is no style.
    """
    return None if os.path.isfile(source) and not is_packed(source) else find_style(source)


def _style_folder(path):
    """Return the style folder that a folder is or holds, or None."""
    if os.path.isfile(path / "style" / CONFIG):
        return path / "style"
    return path if os.path.isfile(path / CONFIG) and not _is_workdir(path) else None


def _is_workdir(path):
    # Both kinds of folder have a config.json; the workdir's holds the settings of a run.
    try:
        return "settings" in json.loads((path / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _bundled_folder(source):
    """Return the folder of a bundled style by its artist's name, or None where the source names no artist."""
    try:
        artist = find(os.fspath(source))
    except ArtistError:
        return None
    folder = bundled_styles().get(artist.slug)
    if folder is None and not os.path.exists(source):
        raise StyleError(
            f"a name must be that of a style that is ready to paint. Received: {os.fspath(source)!r}; "
            f"{artist.name} is not among them. Ready: {_ready()}. "
            f"Train it: copyart train {artist.slug} --workdir DIR, then give DIR."
        )
    return folder


def _nothing_at(path):
    if _is_workdir(path):
        return StyleError(
            "a workdir must have saved a style before it can paint. "
            f"Received: {str(path)!r}, which has saved none yet. Train on until the first checkpoint."
        )
    if os.path.isfile(path):
        return StyleError(
            "a style must be a style folder, a workdir or a packed style (.copyart) here. "
            f"Received: {str(path)!r}, a file of another kind. Make a style of weights first: copyart convert."
        )
    found = "a folder of another kind" if os.path.isdir(path) else "where there is nothing"
    return StyleError(
        f"a style must be one that can be found. Received: {str(path)[:200]!r}, {found}. {_FORMS} (ready: {_ready()})."
    )


def _ready():
    return ", ".join(bundled_styles()) or "none"


def _load_style(place):
    config, metadata, weights = open_style(place)
    engine = fast_engine(config.get("generator"), weights)
    if engine is None:
        return Painter.from_network(_keras_network(place), metadata)
    return Painter(engine, metadata, functools.partial(_keras_network, place))


def _keras_network(place):
    # Here, because Keras takes seconds to import, and most styles are painted without it.
    choose_backend()
    from copyart.styles.networks import load_style

    return load_style(place)[0]


def _load_file(path, name):
    suffix = path.suffix.lower()
    if suffix not in (".keras", *SUFFIXES):
        raise StyleError(
            f"a model file must end in .keras, .pth or .h5. Received: {str(path)!r}. {_FORMS} (ready: {_ready()})."
        )
    choose_backend()
    from copyart.painting.keras_file import load_keras_file
    from copyart.styles.networks import engine_of

    if suffix == ".keras":
        _require_no_network(path, name)
        network = load_keras_file(path)
    else:
        network = import_network(path, name)
    return Painter(engine_of(network), {"name": path.stem}, network)


def _require_no_network(source, network):
    if network is not None:
        raise ConfigError(
            "a network can be chosen in a .pth, .h5 or .index file, which may hold several. "
            f"Received: {network!r} for {os.fspath(source)[:200]!r}. Leave it out."
        )
