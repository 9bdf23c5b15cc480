"""Find the networks in a PyTorch weights file, even if they were wrapped or nested when they were saved.

{"model.1.weight": …}                          a state dict
{"epoch": 3, "models": {"G": {…}, "D": {…}}}   a checkpoint of several networks: models.G and models.D
{"G.model.1.weight": …, "D.model.0.weight": …} one module with several networks: G and D
{"module._orig_mod.model.1.weight": …}         a network inside DataParallel, AveragedModel or torch.compile
"""

import re

import numpy as np

from copyart.errors import StyleError
from copyart.formats import WeightsFile
from copyart.formats.weights_file import Weight
from copyart.weights.network_files import find_network, first_weight_names

Tensors = dict[str, np.ndarray]

#: Prefixes that DataParallel, AveragedModel and torch.compile add to the tensor names of the network inside them.
_WRAPPER = re.compile(r"(?:^|(?<=\.))(?:module|_orig_mod)\.")
#: Matches a name in a module that holds several networks: the network's name, then the tensor's.
_KEY = re.compile(r"(?P<network>.+?)\.(?P<key>model\.\d+\..+)")
#: Prefix of tensor names in a pix2pix U-Net, whose first `model` must not be taken for the name of a network.
U_NET = "model.model.0."


def choose_network(file: WeightsFile, wanted: str | None, name: str) -> Tensors:
    """Return the tensors of one network by name, without prefixes such as `module.` that wrappers add to the names.

    Args:
        file: Result of `copyart.formats.read_torch`.
        wanted: Name of the network; None if the file holds only one.
        name: Name of the file, for messages.

    Raises:
        StyleError: if there are several networks and `wanted` is None, or the wanted one is missing.
    """
    found = _find_networks(file, name)
    likely = {key: tensors for key, tensors in found.items() if name_of_first_kernel(tensors)} or found
    if wanted is None and len(likely) == 1:
        return next(iter(likely.values()))
    chosen = (find_network([*likely], wanted) or find_network([*found], wanted)) if wanted else None
    if chosen is None:
        names = first_weight_names([key for key in likely if key]) or "one without a name"
        received = f"{len(likely)} networks ({names})" if wanted is None else f"{wanted!r}, and {names} in the file"
        raise StyleError(
            f"one network of a PyTorch file must be chosen by its name in the file. Received: {name!r}, {received}. "
            "Choose with --network NAME (network= in Python)."
        )
    return found[chosen]


def name_of_first_kernel(tensors: Tensors) -> str | None:
    """Return the name of the first kernel of a generator or a discriminator, or None for another kind of network."""
    first = next((key for key in ("model.0.weight", "model.1.weight") if key in tensors), None)
    return first if first and tensors[first].ndim == 4 and tensors[first].size else None


def _find_networks(file: WeightsFile, name: str) -> dict[str, Tensors]:
    networks: dict[str, Tensors] = {}
    for path, weights in file.networks.items():
        tensors = _strip_wrapper_prefixes(weights, name)
        split = not any(key.startswith(U_NET) for key in tensors)
        for key, tensor in tensors.items():
            match = _KEY.fullmatch(key) if split else None
            network = ".".join(filter(None, (path, match["network"] if match else "")))
            networks.setdefault(network, {})[match["key"] if match else key] = tensor
    return networks


def _strip_wrapper_prefixes(weights: list[Weight], name: str) -> Tensors:
    tensors: Tensors = {}
    for key, tensor in weights:
        short = _WRAPPER.sub("", key)
        if short in tensors:
            raise StyleError(
                f"a PyTorch file must hold each tensor once. Received: {name!r}, {short[:60]!r} with and without the "
                "prefix of a wrapper. Save network.state_dict() again."
            )
        tensors[short] = tensor
    return tensors
