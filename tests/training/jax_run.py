"""Train, stop, resume and paint without TensorFlow: `python -m tests.training.jax_run WHAT FOLDER`.

Prints its results as JSON for `test_jax.py`.
"""

import json
import sys
from pathlib import Path


class NoTensorFlow:
    """An import hook that behaves as if TensorFlow were not installed."""

    def find_spec(self, name, path=None, target=None):
        """Refuse TensorFlow, and what comes with it; with etils, JAX would look for files through TensorFlow."""
        if name.partition(".")[0] in ("tensorflow", "tensorflow_datasets", "tensorboard", "etils"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, NoTensorFlow())

import copyart  # noqa: E402, I001 - before Keras, for which it chooses the backend
import keras  # noqa: E402
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from copyart.data.sample import sample_files  # noqa: E402
from copyart.models.light import LightSpec  # noqa: E402
from copyart.models.steps import compile_network  # noqa: E402
from copyart.training import evaluation_callback  # noqa: E402
from copyart.engine.keras_engine import KerasEngine  # noqa: E402
from copyart.training.checkpoints import restore  # noqa: E402
from tests.training.jax_settings import TINY  # noqa: E402

QUICK = {
    "epochs": 1,
    "steps_per_epoch": 2,
    "batch_size": 2,
    "devices": "all",
    "decay_epochs": 0,
    "identity_weight": 0.0,
    "ema_decay": 0.0,
    "pool_size": 0,
}


class StopAfter(keras.callbacks.Callback):
    """Ctrl-C after so many steps of this start."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch, logs=None):
        """Count."""
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


class Spoil(keras.callbacks.Callback):
    """Break a weight, so that the next step has no number for a loss."""

    def on_train_batch_end(self, batch, logs=None):
        """Break it."""
        kernel = self.model.photo_to_art.trainable_variables[0]
        kernel.assign(np.full(kernel.shape, np.nan))


def learn(workdir, **changes):
    """Train on the bundled sample; return the lines that were said."""
    lines = []
    settings = {**TINY, "epochs": 2, **changes}
    copyart.train(workdir=workdir, source="sample", verbose=False, say=lines.append, **settings)
    return lines


def state(workdir):
    """Everything in the last checkpoint of a run, as arrays."""
    model = restore(Path(workdir) / "checkpoints").model
    draws = [pool.seed_generator.state for pool in (model.photo_pool, model.art_pool)]
    return [np.asarray(variable.numpy()) for variable in (*model.weights, *model.optimizer.variables, *draws)]


def broken(workdir):
    """How many numbers in the style of a run are none."""
    network = copyart.load(workdir).network
    return sum(int(np.sum(~np.isfinite(weight.numpy().astype("float32")))) for weight in network.weights)


def largest_difference(one, other):
    """The largest difference of two lists of arrays."""
    pairs = zip(one, other, strict=True)
    return max(float(np.abs(np.subtract(a, b, dtype="float64")).max()) for a, b in pairs)


def compare_engines(painter, size):
    """The size of what the Keras network paints, and how far its pixels are from those of the style's own engine."""
    with Image.open(sample_files()[0][0]) as photo:
        small = photo.convert("RGB").resize(size)
    painted = KerasEngine(painter.network).paint(small)
    far = np.abs(np.subtract(painted, painter.paint(small), dtype="int16")).max()
    return [*painted.size, int(far)]


def compare_compiled():
    """How far a compiled network is from the network, before and after its weights changed, and how much that did."""
    network = LightSpec(filters=2, blocks=1).build()
    photos = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3)).astype("float32")
    paint, painted, differences = compile_network(network), [], []
    for _ in range(2):
        painted.append(np.asarray(paint(photos)))
        differences.append(float(np.abs(painted[-1] - np.asarray(network(photos, training=False))).max()))
        network.set_weights([weight + 0.1 for weight in network.get_weights()])
    return max(differences), float(np.abs(painted[1] - painted[0]).max())


def error_of(action):
    """What an action is refused with."""
    try:
        action()
    except copyart.CopyartError as error:
        return str(error)
    return None


def in_float32(folder):
    """Train on one device, stop and go on; paint; be refused."""
    found = {"backend": keras.backend.backend()}
    learn(folder / "whole", evaluation_epochs=2)
    found["figures"] = (folder / "whole" / "figures.csv").read_text()
    try:
        learn(folder / "stopped", callbacks=[StopAfter(4)])
    except KeyboardInterrupt:
        found["stopped"] = True
    found["kept"] = sorted(path.name for path in (folder / "stopped" / "checkpoints").iterdir())
    found["lines"] = learn(folder / "stopped")
    whole = state(folder / "whole")
    found["difference"] = largest_difference(whole, state(folder / "stopped"))
    found["moved"] = float(np.abs(whole[0]).max())
    np.savez(folder / "whole.npz", *whole)
    np.savez(folder / "begun.npz", *state(folder / "begun"))
    found["compiled"] = restore(folder / "begun" / "checkpoints").model.jit_compile
    found["begun"] = learn(folder / "begun")
    found["histories"] = [(folder / name / "history.csv").read_text() for name in ("whole", "stopped")]
    found["files"] = sorted(path.relative_to(folder).as_posix() for path in (folder / "whole").rglob("*.*"))
    painting = copyart.load(folder / "whole").paint(sample_files()[0][0])
    found["painting"] = painting.size
    found["sizes"] = [compare_engines(copyart.load(folder / "whole"), size) for size in ((40, 32), (27, 50))]
    found["applied"], found["apart"] = compare_compiled()
    sample, sizes = Path(sample_files()[0][0]).parent, {"image_size": 32, "filters": 2, "blocks": 0, "batch_size": 1}
    distilled = copyart.distill(folder / "whole", sample, folder / "light", steps=3, cache_dir=folder, **sizes)
    found["distilled"] = [distilled.difference, *copyart.load(distilled.path).paint(sample_files()[0][0]).size]
    found["spoilt"] = error_of(lambda: learn(folder / "spoilt", callbacks=[Spoil()], checkpoint_minutes=1000.0))
    found["tfds"] = error_of(lambda: copyart.train("monet", folder / "tfds", source="tfds", cache_dir=folder, **TINY))
    found["batch"] = error_of(lambda: learn(folder / "batch", devices="all", batch_size=3))
    found["gpu"] = error_of(lambda: learn(folder / "gpu", devices="gpu"))
    return found


def mixed(folder):
    """Train in half precision on two devices."""
    found = {}
    for precision in ("mixed_bfloat16", "mixed_float16"):
        learn(folder / precision, precision=precision, evaluation_epochs=int(precision == "mixed_bfloat16"), **QUICK)
        found[precision] = broken(folder / precision)
    found["mixed_bfloat16 figures"] = (folder / "mixed_bfloat16" / "figures.csv").read_text()
    return found


def main(what, folder):
    """Run one of both."""
    evaluation_callback.feature_networks = tuple  # XLA would compile them for longer than all the rest takes
    print(json.dumps({"float32": in_float32, "mixed": mixed}[what](Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
