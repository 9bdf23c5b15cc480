"""Compare the training step of Copyart and PyTorch: seconds and peak memory."""

import os
import tempfile

from benchmarks.duel import Worker, alternate_rounds
from benchmarks.report import Comparison, memory_rows

#: The paper's sizes: sides in pixels and numbers of blocks, with and without the identity loss.
CASES = (
    {"image_size": 128, "blocks": 6, "identity_weight": 0.0},
    {"image_size": 128, "blocks": 6, "identity_weight": 5.0},
    {"image_size": 256, "blocks": 9, "identity_weight": 0.0},
)

#: Largest allowed difference of losses between both sides, relative to the larger of 1 and the loss.
TOLERANCE = 1e-3


class DifferentLossesError(AssertionError):
    """The two sides compute different losses, so comparing their speed would be meaningless."""


def run(rounds=5, steps=3, cases=CASES):
    """Compare the training steps of all cases and return the rows."""
    return [row for case in cases for row in compare(rounds, steps, **case)]


def compare(rounds, steps, **case):
    """Compare one case, at batch 1, after checking that both sides compute the same losses."""
    identity = "on" if case["identity_weight"] else "off"
    what = f"training step, {case['image_size']} px, identity {identity}"
    threads = os.cpu_count()
    with (
        tempfile.TemporaryDirectory() as folder,
        Worker("benchmarks.copyart_side:Training", folder=folder, threads=threads, **case) as ours,
        Worker("benchmarks.pytorch_side:Training", folder=folder, threads=threads, **case) as theirs,
    ):
        ours.ask("write_start")
        theirs.ask("read_start")
        require_same_losses(ours.ask("step"), theirs.ask("step"))
        for side in (ours, theirs):
            side.ask("fill_pools")
        seconds = alternate_rounds(ours, theirs, rounds, steps)
        return [
            Comparison(what, "s", *seconds),
            *memory_rows(what, ours.ask("memory"), theirs.ask("memory")),
        ]


def require_same_losses(ours, theirs, tolerance=TOLERANCE):
    """Raise an error if a loss differs by more than the tolerance."""
    if ours.keys() != theirs.keys():
        raise DifferentLossesError(f"both sides must log the same terms. Received: {sorted(ours)} and {sorted(theirs)}")
    for name, loss in ours.items():
        difference = abs(loss - theirs[name])
        # Written as "not … <=", so that NaN does not pass.
        if not difference <= tolerance * max(1.0, abs(theirs[name])):
            raise DifferentLossesError(f"{name} must agree within {tolerance}. Received: {loss} and {theirs[name]}")
