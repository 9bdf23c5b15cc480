"""Load a painter from anything that names a style."""

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copyart.backend import choose_backend
from copyart.errors import ConfigError, StyleError, one_line
from copyart.painting.blending import BlendEngine
from copyart.painting.painter import Painter
from copyart.styles.mixing import MixingError, describe_mixture, is_changing, is_mixture, mix_styles
from copyart.styles.opening import FORMS, is_model_file, open_mixture, open_style, ready
from copyart.styles.style import Style
from copyart.weights.network_files import SUFFIXES, import_network


def load(source: str | os.PathLike | Mapping[Any, float] | Style, network: str | None = None) -> Painter:
    """Load a painter.

    Args:
        source: One of

            - the workdir of a training run: the style that it has saved so far;
            - a style folder, as `save_style` writes it;
            - a `.copyart` file: a style packed by `copyart style pack`;
            - `hf://owner/repo` or `kaggle://owner/model/framework/variation`: a style on Hugging Face or Kaggle;
            - a `.keras` file: a `CycleGAN`, or any network from pictures to pictures;
            - a `.pth` file: a generator of the paper's PyTorch implementation, or of the CUT project;
            - a `.h5` file or a checkpoint's `.index`: a generator of the Keras example with tensorflow_addons;
            - the name of an artist whose style comes with Copyart;
            - a `copyart.styles.Style` that was opened already;
            - a mixture of styles with their shares: `{"monet": 0.6, "vangogh": 0.4}` or `"monet:0.6,vangogh:0.4"`.
              Weights are mixed if the styles descend from one training run; otherwise their paintings are blended, and
              the painter's metadata say `"blended": True`.

            A path goes before a name.
        network: Which network to take of a `.pth`, `.h5` or `.index` file that holds several. Defaults to None: the
            only one, or the first generator of a Keras file.

    Raises:
        StyleError: if there is nothing of that kind, or it is damaged.
        ConfigError: if a network is named and the source is a style, or the shares of a mixture are not valid.

    Example:
        >>> copyart.load("runs/vangogh").paint("photo.jpg").save("painting.jpg")
    """
    if is_changing(source):
        raise ConfigError(
            "a mixture that changes must have a film to change over. "
            f"Received: {str(source)[:80]!r}. Give it to copyart paint or paint_video with a film."
        )
    if isinstance(source, Mapping) or is_mixture(source):
        _require_no_network(str(source), network)
        return _load_mixture(source)
    if not isinstance(source, Style) and is_model_file(source):
        return _load_file(Path(os.path.expanduser(source)), network)
    style = open_style(source)
    _require_no_network(style.place if isinstance(source, Style) else source, network)
    return _painter_of(style)


def _load_mixture(source):
    """Return a painter with mixed weights, or one that blends the paintings of styles with unlike weights."""
    styles, shares = open_mixture(source)
    try:
        return _painter_of(mix_styles(styles, shares, thorough=False))
    except MixingError:
        if len(styles) == 1 or not all(0 <= share <= 1 for share in shares):
            raise
    painters = [_painter_of(style) for style in styles]
    return Painter(
        BlendEngine([each.engine for each in painters], shares), {**describe_mixture(styles, shares), "blended": True}
    )


def _painter_of(style):
    if (engine := style.engine()) is None:
        choose_backend()
        return Painter.from_network(style.network(), style.metadata)
    # The weights, and not the style: the painter need not keep the bytes of its files.
    return Painter(engine, style.metadata, functools.partial(_network, style.place, style.config, style.weights))


def _network(place, config, weights):
    # Imported here because Keras takes seconds to import, and most styles paint without it.
    choose_backend()
    from copyart.styles.networks import build_network

    return build_network(place, config, weights)


def _load_file(path, name) -> Painter:
    suffix = path.suffix.lower()
    if suffix not in (".keras", *SUFFIXES):
        raise StyleError(
            f"a model file must end in .keras, .pth or .h5. Received: {str(path)!r}. {FORMS} (ready: {ready()})."
        )
    choose_backend()
    from copyart.styles.networks import engine_of

    if suffix == ".keras":
        _require_no_network(path, name)
        network = _load_keras_file(path)
    else:
        network = import_network(path, name)
    return Painter(engine_of(network), {"name": path.stem}, network)


def _load_keras_file(path):
    """Return the network of a `.keras` file, in float32; of a `CycleGAN`, the generator that paints."""
    import keras

    from copyart.models.cyclegan import CycleGAN
    from copyart.models.precision import networks_in

    try:
        with networks_in("float32"):
            model = keras.saving.load_model(path, compile=False)
    except Exception as error:  # a damaged file can make Keras raise anything
        raise StyleError(
            "a .keras file must be whole, and have only layers of Keras or Copyart. "
            f"Received: {str(path)!r} ({one_line(error)}). Save or copy it again."
        ) from error
    return model.painter_network if isinstance(model, CycleGAN) else model


def _require_no_network(source, network) -> None:
    if network is not None:
        raise ConfigError(
            "a network can be chosen in a .pth, .h5 or .index file, which may hold several. "
            f"Received: {network!r} for {os.fspath(source)[:200]!r}. Leave it out."
        )
