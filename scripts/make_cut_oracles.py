"""Write oracles for the tests: small generators of the CUT project, with their weights and their outputs in PyTorch.

python scripts/make_cut_oracles.py      # needs PyTorch: the extra `benchmark`
"""

from pathlib import Path

import numpy as np
import torch
from torch_networks import make_generator

ORACLES = Path(__file__).parent.parent / "tests" / "oracles"
#: File → the anti-aliased directions; the second file also has dropout.
WAYS = {"both": ("down", "up"), "down": ("down",), "up": ("up",)}


def main():
    for seed, (name, ways) in enumerate(WAYS.items()):
        network = make_generator(seed, filters=3, blocks=2 - seed % 2, antialias=ways, dropout=name == "down")
        x = torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, (2, 3, 24, 36)).astype(np.float32))
        with torch.no_grad():
            y = network(x)
        torch.save(network.state_dict(), ORACLES / f"cut_{name}_filters3.pth")
        pictures = {key: value.numpy().transpose(0, 2, 3, 1) for key, value in (("x", x), ("y", y))}
        np.savez_compressed(ORACLES / f"cut_{name}_filters3.npz", **pictures)


if __name__ == "__main__":
    main()
