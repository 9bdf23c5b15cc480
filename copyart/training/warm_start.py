"""Begin a run with what another one has learnt, or with the starter."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from copyart.errors import ConfigError, StyleError, one_line
from copyart.models.cyclegan import NETWORKS, CycleGAN
from copyart.models.pruning import keep_strongest_blocks
from copyart.training import checkpoints
from copyart.training.starter import STARTER, begin_with, load_starter
from copyart.training.workdir import Workdir


def start_from(model: CycleGAN, source: str | os.PathLike, say: Callable[[str], object] = print) -> None:
    """Give a model the weights of the starter, of another run, or of a style.

    Discriminators of another kind or size begin anew: they learn in some hundred steps what the generators took
    thousands for. A light generator of fewer blocks takes those that matter most (`keep_strongest_blocks`).

    Args:
        model: A `CycleGAN`, new.
        source: `"starter"`; the workdir of a run, the best of one (`<workdir>/best`) or a `.keras` file of a
            `CycleGAN`, of which all four networks are taken; or anything else that `copyart.load` takes. A style has
            only the generator that paints: the other networks begin with the starter.
        say: Called with a line where networks begin anew and where blocks are left out. Defaults to `print`.

    Raises:
        ConfigError: if there is nothing of that kind, or its generators are of other shapes.
    """
    others = {} if source == STARTER else _networks(Path(source))
    _take_over(model, others, source, say)
    if others.keys() != set(NETWORKS):
        _begin_with_starter(model, NETWORKS[len(others) :], source, say)
    if model.ema_decay:
        model.photo_to_art_average.set_weights(model.photo_to_art.get_weights())
        model.art_to_photo_average.set_weights(model.art_to_photo.get_weights())


def _begin_with_starter(
    model: CycleGAN, names: Sequence[str], source: str | os.PathLike, say: Callable[[str], object]
) -> None:
    weights = load_starter()
    for name in names:
        if begin_with(getattr(model, name), weights[name]):
            continue
        if source == STARTER and not name.endswith("discriminator"):
            raise ConfigError(
                "the starter has light generators of 32 filters and 4 blocks. Received: a run whose generators differ. "
                "Add --generator light, or start without the starter."
            )
        say(f"The {name.replace('_', ' ')} begins anew: that of the starter is of another kind or size.")


def _take_over(
    model: CycleGAN, others: dict[str, keras.Model], source: str | os.PathLike, say: Callable[[str], object]
) -> None:
    for name, other in others.items():
        network = getattr(model, name)
        if _shapes(network) == _shapes(other):
            network.set_weights(other.get_weights())
        elif name.endswith("discriminator"):
            say(f"The {name.replace('_', ' ')} begins anew: that of {source} is of another kind or size.")
        elif (kept := keep_strongest_blocks(network, other)) is not None:
            which = f"block{'s' * (len(kept) > 1)} {', '.join(map(str, kept))}" if kept else "no block"
            say(f"The {name.replace('_', ' ')} generator keeps {which} of {source}.")
        else:
            raise ConfigError(
                f"start_from must name generators of this run's shape. Received: {str(source)!r}, whose {other.name} "
                "differs. Give its generator, filters and blocks (of a light one: or fewer), or start without it."
            )


def _networks(source: Path) -> dict[str, keras.Model]:
    """Return the networks by name; of generators, the averages, where they are kept."""
    model = _load_model(source)
    if model is None:
        return {"photo_to_art": _painters_network(source)}
    networks = {name: getattr(model, name) for name in NETWORKS}
    return {**networks, "photo_to_art": model.painter_network, "art_to_photo": model.unpainter_network}


def _load_model(source: Path) -> CycleGAN | None:
    """Return the `CycleGAN` of a workdir or a file, or None if it holds none."""
    if os.path.isfile(source / "model.keras"):
        source = source / "model.keras"
    elif os.path.isdir(source):
        written = checkpoints.written(Workdir(source).checkpoints)
        if not written:
            return None
        source = written[-1] / "model.keras"
    elif source.suffix.lower() != ".keras" or not os.path.isfile(source):
        return None
    try:
        model = keras.saving.load_model(source, compile=False)
    except Exception as error:  # a damaged file can make Keras raise any kind
        raise ConfigError(
            f"start_from must name a run that can be read. Received: {str(source)!r} ({one_line(error)}). Name another."
        ) from error
    return model if isinstance(model, CycleGAN) else None


def _painters_network(source: Path) -> keras.Model:
    from copyart.painting.loading import load

    try:
        return load(source).network
    except StyleError as error:
        raise ConfigError(f"start_from must name a workdir, a .keras file or a style. Received: {error}") from error


def _shapes(network: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in network.weights]
