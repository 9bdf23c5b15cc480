"""Compare how many pairs per second the input pipeline alone delivers with how many the training step consumes."""

import tempfile

from benchmarks.duel import Worker
from benchmarks.report import Comparison

#: Minimum ratio of delivered pairs to trained pairs, because training must never wait for the pipeline.
TARGET = 20
#: Images of 256 px that training on an H100 would consume per second at two thirds of the chip's peak performance.
PLENTY = 1000


def run(steps_a_second, rounds=3, pairs=2000, pictures=100):
    """Measure the pipeline.

    Args:
        steps_a_second: Image size → pairs per second of Copyart's fastest training at this size.
        rounds: Measurements of each size.
        pairs: Pairs of pictures in each measurement.
        pictures: Number of files of each domain.
    """
    rows = [compare(size, eaten, rounds, pairs, pictures) for size, eaten in steps_a_second.items()]
    return rows + [compare_without_tensorflow(size, rounds, pairs, pictures) for size in steps_a_second]


def compare_without_tensorflow(image_size, rounds, pairs, pictures):
    """Compare the images per second of the pipeline for JAX with the number that an H100 would consume."""
    delivered = [2 * count for count in measure_pipeline(image_size, rounds, pairs, pictures, backend="jax")]
    what = f"input pipeline without TensorFlow, {image_size} px"
    return Comparison(what, "images/s", delivered, [PLENTY] * rounds, rival="plenty:", target=1)


def compare(image_size, eaten, rounds, pairs, pictures):
    """Compare the pipeline's pairs per second at one size with those of a training step."""
    delivered = measure_pipeline(image_size, rounds, pairs, pictures)
    what = f"input pipeline, {image_size} px"
    return Comparison(what, "pairs/s", delivered, [eaten] * rounds, rival="our training step", target=TARGET)


def measure_pipeline(image_size, rounds, pairs, pictures, backend=None):
    """Return the pairs per second of each round."""
    settings = {"image_size": image_size, "pictures": pictures, "backend": backend}
    with (
        tempfile.TemporaryDirectory() as folder,
        Worker("benchmarks.copyart_side:InputPipeline", folder=folder, **settings) as worker,
    ):
        worker.ask("time_round", count=pairs // 10)
        return [worker.ask("time_round", count=pairs) for _ in range(rounds)]
