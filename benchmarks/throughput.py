"""Measure training on an accelerator: pairs per second at several batch sizes, and the share of the chip's peak.

Copyart trains by `fit`, in mixed precision. PyTorch trains in each of its usual modes.
"""

import contextlib
import statistics
import tempfile

from benchmarks.duel import Worker
from benchmarks.report import Comparison
from benchmarks.train_step import require_same_losses

#: PyTorch's mode → the target ratio. None: no target.
RIVALS = {"eager": 2.0, "channels_last": None, "amp": None, "compile": None, "compile+amp": 1.2}
#: The paper's networks at 256 px.
PAPER = {"image_size": 256, "blocks": 9, "filters": 64, "precision": "mixed_bfloat16"}
BATCHES = (1, 4, 16)
#: Largest difference in a loss that half precision may cause, relative to the larger of 1 and the loss.
TOLERANCE = 5e-2

#: Part of a chip's name → its peak in dense bfloat16 products, 10¹² operations per second (float16 for the V100 SXM2,
#: which has no bfloat16). The first key that a chip's name contains counts. Peaks are NVIDIA's, as third parties and
#: NVIDIA's developer pages quote them; where only a figure "with sparsity" is quoted, the peak is half of it. We could
#: not check those of the two NVL (half of 1,671) and of the H100 PCIe (half of 1,513).
PEAKS = {
    "H200 NVL": 835,
    "H200": 989,
    "H100 NVL": 835,
    "H100 PCIe": 756,
    "H100": 989,
    "A100": 312,
    "L40S": 362,
    "L40": 181,
    "L4": 121,
    "RTX 4090": 165,
    "V100": 125,
}
#: 10⁹ multiply-adds of the forward pass of one 256 px image through the paper's networks, counted layer by layer.
GENERATOR, DISCRIMINATOR = 49.55, 3.15


def run(rounds=5, steps=20, batches=BATCHES, rivals=tuple(RIVALS), **network):
    """Compare all batch sizes and return the rows.

    Args:
        rounds: Rounds of each side.
        steps: Steps of a round.
        batches: Batch sizes, in pairs per step.
        rivals: Keys of `RIVALS`.
        **network: Values of `image_size`, `blocks`, `filters` and `precision` that replace those of `PAPER`.
    """
    return [row for batch in batches for row in compare(batch, rounds, steps, rivals, {**PAPER, **network})]


def compare(batch, rounds, steps, rivals, network):
    """Compare one batch size with each rival, after checking that all compute the same losses."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        settings = {"folder": folder, "batch": batch, **network}
        ours = stack.enter_context(Worker("benchmarks.copyart_throughput:Throughput", **settings))
        ours.ask("write_start")
        first = ours.ask("step")
        what = f"training, {network['image_size']} px, batch {batch}"
        rows = [alternate_with_rival(ours, first, rival, what, rounds, steps, settings) for rival in rivals]
        return [*rows, *share_of_peak(what, rows, ours.ask("chip"), network)]


def alternate_with_rival(ours, first, rival, what, rounds, steps, settings):
    """Measure one rival and Copyart in turns. The rival's process ends afterwards, which frees its memory."""
    with Worker("benchmarks.pytorch_throughput:Throughput", variant=rival, **settings) as theirs:
        theirs.ask("read_start")
        require_same_losses(first, theirs.ask("step"), TOLERANCE)
        for side in (ours, theirs):
            side.ask("fill_pools")
            side.ask("time_round", count=max(2, steps // 4))
        speeds = [
            [settings["batch"] / side.ask("time_round", count=steps) for side in (ours, theirs)] for _ in range(rounds)
        ]
    mine, others = (list(side) for side in zip(*speeds, strict=True))
    return Comparison(f"{what}, {rival}", "pairs/s", mine, others, target=RIVALS[rival])


def share_of_peak(what, rows, chip, network):
    """Compare Copyart's operations per second with the chip's peak or, if it is unknown, with those of a large product.

    Return a list of one row, or an empty list for networks other than the paper's, whose operations are not counted.
    """
    if any(network[name] != PAPER[name] for name in ("image_size", "blocks", "filters")):
        return []
    known = next((peak for name, peak in PEAKS.items() if name.lower() in chip["name"].lower()), None)
    pairs = statistics.median(speed for row in rows for speed in row.ours)
    what = f"{what}, share of the peak of {chip['name']} ({'data sheet' if known else 'a large product, measured'})"
    return [
        Comparison(what, "TFLOP/s", [pairs * operations_per_pair() / 1e12], [known or chip["measured"]], "peak", None)
    ]


def operations_per_pair():
    """Return the floating-point operations of a training step for one pair, without identity loss.

    Four images pass through generators, with gradients for weights and inputs: 3 times the forward pass. Two pass
    through discriminators for the generators' loss, with gradients for inputs only: 2 times. Four pass through
    discriminators for the discriminators' loss: 3 times.
    """
    return 2e9 * (4 * 3 * GENERATOR + (2 * 2 + 4 * 3) * DISCRIMINATOR)
