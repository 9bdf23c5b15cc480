"""Begin a run with what another one has learnt."""

import os
from pathlib import Path

import keras

from copyart.errors import ConfigError, StyleError
from copyart.models.cyclegan import NETWORKS, CycleGAN
from copyart.models.fewer_blocks import keep_strongest_blocks
from copyart.training import checkpoints
from copyart.training.workdir import Workdir


def start_from(model, source, say=print):
    """Give a model the weights of another run, or of a style.

    Discriminators of another kind or size begin anew: they learn in some hundred steps what the generators took
    thousands for. A light generator of fewer blocks takes those that matter most (`keep_strongest_blocks`).

    Args:
        model: A `CycleGAN`, new.
        source: The workdir of a run, the best of one (`<workdir>/best`) or a `.keras` file of a `CycleGAN`: all four
            networks are taken. Or anything else that `copyart.load` takes: a style knows only how to turn photos into
            art.
        say: Called with a line where discriminators begin anew and where blocks are left out. Defaults to `print`.

    Raises:
        ConfigError: if there is nothing of that kind, or its generators are of other shapes.
    """
    for name, other in _networks(Path(source)).items():
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
    if model.ema_decay:
        model.photo_to_art_average.set_weights(model.photo_to_art.get_weights())
        model.art_to_photo_average.set_weights(model.art_to_photo.get_weights())


def _networks(source):
    """Return the networks by name; of generators, the averages, where they are kept."""
    model = _load_model(source)
    if model is None:
        return {"photo_to_art": _painters_network(source)}
    networks = {name: getattr(model, name) for name in NETWORKS}
    return {**networks, "photo_to_art": model.painter_network, "art_to_photo": model.unpainter_network}


def _load_model(source):
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
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise ConfigError(
            f"start_from must name a run that can be read. Received: {str(source)!r} ({reason}). Name another."
        ) from error
    return model if isinstance(model, CycleGAN) else None


def _painters_network(source):
    from copyart.painting.loading import load

    try:
        return load(source).network
    except StyleError as error:
        raise ConfigError(f"start_from must name a workdir, a .keras file or a style. Received: {error}") from error


def _shapes(network):
    return [tuple(weight.shape) for weight in network.weights]
