"""Initialise a run from another run, a style or the starter."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from copyart.errors import ConfigError, StyleError, one_line
from copyart.models.cyclegan import NETWORKS, CycleGAN
from copyart.models.pruning import keep_strongest_blocks
from copyart.training.checkpoints import checkpoint_folders
from copyart.training.starter import STARTER, copy_if_fitting, load_starter
from copyart.training.workdir import Workdir


def start_from(model: CycleGAN, source: str | os.PathLike, say: Callable[[str], object] = print) -> None:
    """Copy weights into a model from the starter, another run, or a style.

    Discriminators of another kind or size are not copied; they train within a few hundred steps, while generators
    take thousands. A light generator with fewer blocks than the source gets the source's most important blocks.

    Args:
        model: A new `CycleGAN`.
        source: `"starter"`, or a workdir, its best style (`<workdir>/best`) or a `.keras` file of a `CycleGAN`. From
            these, all four networks are copied. Or anything else that `copyart.load` accepts: from that, only the
            generator that paints is copied, and the other networks come from the starter.
        say: Called with a message for each network that is not copied or loses blocks. Defaults to `print`.

    Raises:
        ConfigError: if the source cannot be read, or its generators have other shapes.
    """
    others = {} if source == STARTER else _load_networks(Path(source))
    _copy_networks(model, others, source, say)
    if others.keys() != set(NETWORKS):
        _copy_starter(model, NETWORKS[len(others) :], source, say)
    if model.ema_decay:
        model.photo_to_art_average.set_weights(model.photo_to_art.get_weights())
        model.art_to_photo_average.set_weights(model.art_to_photo.get_weights())


def _copy_starter(
    model: CycleGAN, names: Sequence[str], source: str | os.PathLike, say: Callable[[str], object]
) -> None:
    weights = load_starter()
    for name in names:
        if copy_if_fitting(getattr(model, name), weights[name]):
            continue
        if source == STARTER and not name.endswith("discriminator"):
            raise ConfigError(
                "the starter fits only light generators with 32 filters and 4 blocks. Received: a run with other "
                "generators. Add --generator light, or start without the starter."
            )
        say(f"The {name.replace('_', ' ')} starts untrained: that of the starter has another kind or size.")


def _copy_networks(
    model: CycleGAN, others: dict[str, keras.Model], source: str | os.PathLike, say: Callable[[str], object]
) -> None:
    for name, other in others.items():
        network = getattr(model, name)
        if _weight_shapes(network) == _weight_shapes(other):
            network.set_weights(other.get_weights())
        elif name.endswith("discriminator"):
            say(f"The {name.replace('_', ' ')} starts untrained: that of {source} has another kind or size.")
        elif (kept := keep_strongest_blocks(network, other)) is not None:
            which = f"block{'s' * (len(kept) > 1)} {', '.join(map(str, kept))}" if kept else "no block"
            say(f"The {name.replace('_', ' ')} generator keeps {which} of {source}.")
        else:
            raise ConfigError(
                f"start_from must name generators of the same shape as this run's. Received: {str(source)!r}, whose "
                f"{other.name} differs. Set this run's generator, filters and blocks as for the source (a light run "
                "may have fewer blocks), or omit start_from."
            )


def _load_networks(source: Path) -> dict[str, keras.Model]:
    """Return the source's networks by name. Averaged generators take precedence over current ones."""
    model = _load_model(source)
    if model is None:
        return {"photo_to_art": _network_of_style(source)}
    networks = {name: getattr(model, name) for name in NETWORKS}
    return {**networks, "photo_to_art": model.painter_network, "art_to_photo": model.reverse_network}


def _load_model(source: Path) -> CycleGAN | None:
    """Load the `CycleGAN` of a workdir or a file. Return None if there is none."""
    if os.path.isfile(source / "model.keras"):
        source = source / "model.keras"
    elif os.path.isdir(source):
        folders = checkpoint_folders(Workdir(source).checkpoints)
        if not folders:
            return None
        source = folders[-1] / "model.keras"
    elif source.suffix.lower() != ".keras" or not os.path.isfile(source):
        return None
    try:
        model = keras.saving.load_model(source, compile=False)
    except Exception as error:  # Keras may raise any exception for a damaged file
        raise ConfigError(
            f"start_from must name a readable run. Received: {str(source)!r} ({one_line(error)}). Choose another run."
        ) from error
    return model if isinstance(model, CycleGAN) else None


def _network_of_style(source: Path) -> keras.Model:
    from copyart.painting.loading import load

    try:
        return load(source).network
    except StyleError as error:
        raise ConfigError(f"start_from must name a workdir, a .keras file or a style. Received: {error}") from error


def _weight_shapes(network: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in network.weights]
