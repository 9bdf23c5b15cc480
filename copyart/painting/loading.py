"""`copyart.load`: load a painter from a path, a name, a hub handle or a mixture."""

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copyart.backend import choose_backend
from copyart.errors import ConfigError, StyleError, one_line
from copyart.painting.blending import BlendEngine
from copyart.painting.painter import Painter
from copyart.styles.mixing import MixingError, changes_over_time, describe_mixture, is_mixture, mix_styles
from copyart.styles.opening import FORMS, is_model_file, open_mixture, open_style, ready_style_names
from copyart.styles.style import Style
from copyart.weights.network_files import SUFFIXES, import_network

if TYPE_CHECKING:
    import keras
    import numpy as np


def load(source: str | os.PathLike | Mapping[Any, float] | Style, network: str | None = None) -> Painter:
    """Load a painter.

    Args:
        source: One of

            - the workdir of a training run: the last style that it saved;
            - a style folder, as `save_style` writes it;
            - a `.copyart` file: a style packed by `copyart style pack`;
            - `hf://owner/repo` or `kaggle://owner/model/framework/variation`: a style on Hugging Face or Kaggle;
            - a `.keras` file: a `CycleGAN`, or any image-to-image network;
            - a `.pth` file: a generator of the paper's PyTorch implementation, or of the CUT project;
            - a `.h5` file or a checkpoint's `.index`: a generator of the Keras example with tensorflow_addons;
            - the name of an artist with a bundled style;
            - an opened `copyart.styles.Style`;
            - a mixture of styles with their shares: `{"monet": 0.6, "vangogh": 0.4}` or `"monet:0.6,vangogh:0.4"`.
              Weights are mixed if the styles were trained from the same weights. Otherwise the paintings are blended,
              and the painter's metadata have `"blended": True`.

            A path takes precedence over a name.
        network: Which network to take from a `.pth`, `.h5` or `.index` file that holds several. Defaults to None: the
            only one, or the first generator in a file of the Keras example.

    Raises:
        StyleError: if the source does not exist or is damaged.
        ConfigError: if `network` is given for another source, or a mixture has invalid shares or changes over time.

    Example:
        >>> copyart.load("runs/vangogh").paint("photo.jpg").save("painting.jpg")
    """
    if changes_over_time(source):
        raise ConfigError(
            f"a changing mixture can only paint a film. Received: {str(source)[:80]!r}. Give it to copyart paint or "
            "paint_video with a film."
        )
    if isinstance(source, Mapping) or is_mixture(source):
        _refuse_network_argument(str(source), network)
        return _load_mixture(source)
    if not isinstance(source, Style) and is_model_file(source):
        return _load_model_file(Path(os.path.expanduser(source)), network)
    style = open_style(source)
    _refuse_network_argument(style.place if isinstance(source, Style) else source, network)
    return _painter_from_style(style)


def _load_mixture(source: Any) -> Painter:
    """Return a painter with mixed weights, or one that blends paintings if the weights are too different."""
    styles, shares = open_mixture(source)
    try:
        return _painter_from_style(mix_styles(styles, shares))
    except MixingError:
        if len(styles) == 1 or not all(0 <= share <= 1 for share in shares):
            raise
    painters = [_painter_from_style(style) for style in styles]
    return Painter(
        BlendEngine([each.engine for each in painters], shares), {**describe_mixture(styles, shares), "blended": True}
    )


def _painter_from_style(style: Style) -> Painter:
    if (engine := style.engine) is None:
        choose_backend()
        return Painter.from_network(style.network(), style.metadata)
    # The painter keeps the weights and not the style. So the bytes of the style's files are freed.
    network = functools.partial(_build_style_network, style.place, style.config, style.weights)
    return Painter(engine, style.metadata, network, style.config.get("generator"))


def _build_style_network(place: Path, config: Mapping[str, Any], weights: "Mapping[str, np.ndarray]") -> "keras.Model":
    # Imported here because Keras takes seconds to import, and most styles paint without it.
    choose_backend()
    from copyart.styles.networks import build_network

    return build_network(place, config, weights)


def _load_model_file(path: Path, name: str | None) -> Painter:
    suffix = path.suffix.lower()
    if suffix not in (".keras", *SUFFIXES):
        raise StyleError(
            f"a model file must end in .keras, .pth or .h5. Received: {str(path)!r}. {FORMS} "
            f"(ready: {ready_style_names()})."
        )
    choose_backend()
    from copyart.styles.networks import engine_for_network

    if suffix == ".keras":
        _refuse_network_argument(path, name)
        network = _load_keras_file(path)
    else:
        network = import_network(path, name)
    return Painter(engine_for_network(network), {"name": path.stem}, network)


def _load_keras_file(path: Path) -> "keras.Model":
    """Return the network of a `.keras` file in float32. If it is a `CycleGAN`, return its generator that paints."""
    import keras

    from copyart.models.cyclegan import CycleGAN
    from copyart.models.precision import dtype_policy

    try:
        with dtype_policy("float32"):
            model = keras.saving.load_model(path, compile=False)
    except Exception as error:  # Keras may raise any exception for a damaged file
        raise StyleError(
            f"a .keras file must be complete, and have only layers of Keras or Copyart. Received: {str(path)!r} "
            f"({one_line(error)}). Save or copy it again."
        ) from error
    return model.painter_network if isinstance(model, CycleGAN) else model


def _refuse_network_argument(source: str | os.PathLike, network: str | None) -> None:
    if network is not None:
        raise ConfigError(
            f"network can be given only for a .pth, .h5 or .index file, which may hold several. Received: {network!r} "
            f"for {os.fspath(source)[:200]!r}. Leave it out."
        )
