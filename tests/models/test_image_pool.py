import keras
import numpy as np
import pytest

from copyart.models.image_pool import ImagePool


def numbered(*numbers):
    """Images that are told apart by their value."""
    return np.stack([np.full((4, 4, 3), number, "float32") for number in numbers])


def numbers_of(images):
    return [int(value) for value in keras.ops.convert_to_numpy(images)[:, 0, 0, 0]]


def test_a_filling_pool_stores_and_returns_the_new_images():
    pool = ImagePool(4, 4, seed=1)
    assert numbers_of(pool(numbered(1, 2))) == [1, 2]
    assert numbers_of(pool(numbered(3))) == [3]
    assert numbers_of(pool.images) == [1, 2, 3, 0]
    assert int(pool.count) == 3


def test_a_full_pool_returns_half_of_the_time_a_stored_image_and_keeps_the_new_one_instead():
    pool = ImagePool(5, 4, seed=2)
    pool(numbered(*range(1, 6)))
    swapped = 0
    for number in range(6, 406):
        before = numbers_of(pool.images)
        (answer,) = numbers_of(pool(numbered(number)))
        after = numbers_of(pool.images)
        if answer == number:
            assert after == before
        else:
            place = before.index(answer)
            assert after == [*before[:place], number, *before[place + 1 :]]
            swapped += 1
    assert 160 <= swapped <= 240  # 4 standard deviations around 200


def test_every_place_of_the_pool_is_drawn():
    pool = ImagePool(5, 4, seed=3)
    pool(numbered(*range(5)))
    drawn = set()
    for number in range(5, 105):
        before = numbers_of(pool.images)
        (answer,) = numbers_of(pool(numbered(number)))
        if answer != number:
            drawn.add(before.index(answer))
    assert drawn == set(range(5))


def one_by_one(size, batches, draws):
    """The paper's pool, image by image, with the given draws."""
    held, answers = [], []
    for batch, pairs in zip(batches, draws, strict=True):
        answers.append([])
        for image, (swap, place) in zip(batch, pairs, strict=True):
            if len(held) < size:
                held.append(image)
                answers[-1].append(image)
            elif swap < 0.5:
                where = int(place * size)
                answers[-1].append(held[where])
                held[where] = image
            else:
                answers[-1].append(image)
    return held, answers


def test_a_batch_is_exchanged_image_by_image(monkeypatch):
    rng = np.random.default_rng(5)
    batches = np.arange(1, 61).reshape(10, 6)
    draws = rng.random((10, 6, 2)).astype("float32")
    given = iter(draws)
    monkeypatch.setattr(keras.random, "uniform", lambda shape, seed: keras.ops.convert_to_tensor(next(given)))
    pool = ImagePool(4, 4)
    answers = [numbers_of(pool(numbered(*batch))) for batch in batches]
    held, expected = one_by_one(4, batches.tolist(), draws)
    assert answers == expected
    assert numbers_of(pool.images) == held


def test_the_same_seed_makes_the_same_draws():
    def run(seed):
        pool = ImagePool(3, 4, seed=seed)
        return [numbers_of(pool(numbered(number))) for number in range(60)]

    assert run(7) == run(7)
    assert run(7) != run(8)


def test_saving_keeps_images_count_and_draws(tmp_path):
    first = keras.Sequential([keras.Input((4, 4, 3)), ImagePool(3, 4, seed=1, name="pool")])
    for number in range(10):
        first(numbered(number))
    first.save(tmp_path / "pool.keras")
    second = keras.saving.load_model(tmp_path / "pool.keras")
    pools = first.get_layer("pool"), second.get_layer("pool")
    assert numbers_of(pools[0].images) == numbers_of(pools[1].images)
    assert int(pools[0].count) == int(pools[1].count) == 3
    answers = [[numbers_of(pool(numbered(number))) for number in range(10, 60)] for pool in pools]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_images_are_pooled_in_float32(dtype):
    pool = ImagePool(3, 4)
    answer = pool(keras.ops.cast(numbered(1, 2), dtype))
    assert keras.backend.standardize_dtype(answer.dtype) == "float32"
