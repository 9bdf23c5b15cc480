"""The input pipeline alone, against what the training step eats."""

import tempfile

from benchmarks.duel import Worker
from benchmarks.report import Comparison

#: The pipeline must never be what training waits for.
TARGET = 20


def run(steps_a_second, rounds=3, pairs=2000, pictures=100):
    """Measure the pipeline.

    Args:
        steps_a_second: `{image_size: steps}` of Copyart's training step at batch 1, the fastest of its settings.
        rounds: Measurements of each size.
        pairs: Pairs of pictures in each.
        pictures: Files of each domain.
    """
    return [compare(size, eaten, rounds, pairs, pictures) for size, eaten in steps_a_second.items()]


def compare(image_size, eaten, rounds, pairs, pictures):
    """Compare pairs a second at one size with the pairs a second that a training step takes in."""
    settings = {"image_size": image_size, "pictures": pictures}
    with (
        tempfile.TemporaryDirectory() as folder,
        Worker("benchmarks.copyart_side:InputPipeline", folder=folder, **settings) as worker,
    ):
        worker.ask("round", count=pairs // 10)
        delivered = [worker.ask("round", count=pairs) for _ in range(rounds)]
    what = f"input pipeline, {image_size} px"
    return Comparison(what, "pairs/s", delivered, [eaten] * rounds, rival="our training step", target=TARGET)
