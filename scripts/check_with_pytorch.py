"""Check conversion against PyTorch: send generators from PyTorch through Copyart and back, and paint with both.

python scripts/check_with_pytorch.py      # needs PyTorch: the extra `benchmark`

For each architecture and each file format of PyTorch: convert the file to a style, export the style with
`--to torch`, load that with `torch.load` and `load_state_dict` (strict), compare every tensor bit for bit, and compare
three paintings: by PyTorch before and after, and by Copyart.
"""

import collections
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch_networks import Generator, make_generator

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
TOLERANCE = 1e-4
ARCHITECTURES = {
    "resnet, 9 blocks of 64": {"filters": 64, "blocks": 9},
    "resnet, 6 blocks": {"filters": 8, "blocks": 6},
    "resnet, dropout": {"filters": 5, "blocks": 2, "dropout": True},
    "CUT": {"filters": 8, "blocks": 9, "antialias": ("down", "up")},
    "CUT, down": {"filters": 6, "blocks": 1, "antialias": ("down",), "dropout": True},
    "CUT, up": {"filters": 6, "blocks": 1, "antialias": ("up",)},
}


def save_plain(network, path):
    torch.save(network.state_dict(), path)


def save_legacy(network, path):
    torch.save(network.state_dict(), path, _use_new_zipfile_serialization=False)


def save_parallel(network, path):
    torch.save(torch.nn.DataParallel(network).state_dict(), path)


def save_with_statistics(network, path):
    """Add the running statistics that PyTorch before 0.4 saved."""
    states = network.state_dict()
    stale = {}
    for key, value in states.items():
        stale[key] = value
        if key.endswith(".bias"):
            before, _, number = key.removesuffix(".bias").rpartition(".")
            norm = f"{before}.{int(number) + 1}"
            stale |= {f"{norm}.running_mean": torch.ones_like(value), f"{norm}.running_var": torch.ones_like(value)}
    torch.save(collections.OrderedDict(stale), path)


def save_in_checkpoint(network, path):
    torch.save({"epoch": 200, "state_dict": network.state_dict()}, path)


def save_compiled(network, path):
    torch.save(torch.nn.DataParallel(torch.compile(network)).state_dict(), path)


def save_averaged(network, path):
    torch.save(torch.optim.swa_utils.AveragedModel(network).state_dict(), path)


WAYS = (save_plain, save_legacy, save_parallel, save_with_statistics, save_in_checkpoint, save_compiled, save_averaged)


def main():
    failed = 0
    for seed, (name, arguments) in enumerate(ARCHITECTURES.items()):
        network = make_generator(seed, **arguments)
        for way in WAYS:
            with tempfile.TemporaryDirectory() as folder:
                same, back, ours = round_trip(network, arguments, way, Path(folder))
            good = same and back == 0 and ours < TOLERANCE
            failed += not good
            verdict = "identical" if same else "DIFFERENT"
            print(
                f"{name:24} {way.__name__:20} tensors {verdict}; PyTorch paints within {back:.1e} of before, "
                f"Copyart within {ours:.1e}{'' if good else '  FAILED'}",
                flush=True,
            )
    print(f"{failed} failed")
    return 1 if failed else 0


def round_trip(network, arguments, way, folder):
    """Return whether all tensors are unchanged, and the largest differences of PyTorch's painting and of Copyart's."""
    from copyart.export import torch_weights
    from copyart.painting.loading import load
    from copyart.weights import convert_weights

    way(network, folder / "latest_net_G_A.pth")
    convert_weights(folder / "latest_net_G_A.pth", folder / "style")
    painter = load(folder / "style")
    torch_weights(painter, folder / "latest_net_G.pth")
    came = torch.load(folder / "latest_net_G.pth", weights_only=True)
    again = Generator(**arguments).eval()
    again.load_state_dict(came, strict=True)
    went = network.state_dict()
    same = list(came) == list(went) and all(
        came[key].numpy().tobytes() == went[key].contiguous().numpy().tobytes() for key in went
    )
    photo = np.random.default_rng(0).uniform(-1, 1, (1, 64, 96, 3)).astype(np.float32)
    with torch.no_grad():
        x = torch.from_numpy(photo.transpose(0, 3, 1, 2).copy())
        before, after = network(x), again(x)
    painted = np.asarray(painter.network(photo)).transpose(0, 3, 1, 2)
    return same, (before - after).abs().max().item(), abs(before.numpy() - painted).max()


if __name__ == "__main__":
    sys.exit(main())
