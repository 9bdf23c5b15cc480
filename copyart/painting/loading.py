"""From whatever names a style to a painter."""

import json
import os
from pathlib import Path

import keras

from copyart.artists import find
from copyart.errors import ArtistError, StyleError
from copyart.models.cyclegan import CycleGAN
from copyart.models.precision import networks_in
from copyart.painting.bundled import bundled_styles
from copyart.painting.painter import Painter
from copyart.painting.styles import CONFIG, load_style

_FORMS = (
    "Give the workdir of a training run, a style folder, a .keras file, a published .pth file, "
    "or the name of a bundled style"
)


def load(source: str | os.PathLike) -> Painter:
    """Load a painter.

    Args:
        source: One of

            - the workdir of a training run: what it has learnt so far;
            - a style folder, as `save_style` writes it;
            - a `.keras` file: a `CycleGAN`, or any network from pictures to pictures;
            - a `.pth` file: a generator of the paper's PyTorch implementation;
            - the name of an artist whose style comes with Copyart.

            What lies at a path goes before the name.

    Raises:
        StyleError: There is nothing of that kind, or it is damaged.

    Example:
        >>> copyart.load("runs/vangogh").paint("photo.jpg").save("painting.jpg")
    """
    path = Path(source)
    if os.path.isfile(path):  # unlike path.is_file(), it takes any text: a name may come from outside
        return _load_file(path)
    if (folder := _style_folder(path) or _bundled_folder(source)) is None:
        raise _nothing_at(path)
    network, metadata = load_style(folder)
    return Painter(network, metadata)


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
    found = "a folder of another kind" if os.path.isdir(path) else "where there is nothing"
    return StyleError(
        f"a style must be one that can be found. Received: {str(path)[:200]!r}, {found}. {_FORMS} (ready: {_ready()})."
    )


def _ready():
    return ", ".join(bundled_styles()) or "none"


def _load_file(path):
    suffix = path.suffix.lower()
    if suffix == ".keras":
        return Painter(_load_keras(path), {"name": path.stem})
    if suffix in (".pth", ".pt"):
        # Here, because export stands above painting; only this one of its parts is for coming in.
        from copyart.export.torch_import import import_torch

        return Painter(import_torch(path), {"name": path.stem})
    raise StyleError(f"a model file must end in .keras or .pth. Received: {str(path)!r}. {_FORMS} (ready: {_ready()}).")


def _load_keras(path):
    try:
        with networks_in("float32"):
            model = keras.saving.load_model(path, compile=False)
    except Exception as error:  # a damaged file can make Keras raise any kind
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StyleError(
            "a .keras file must be whole, and of layers that Keras or Copyart has. "
            f"Received: {str(path)!r} ({reason}). Save or copy it again."
        ) from error
    return model.painter_network if isinstance(model, CycleGAN) else model
