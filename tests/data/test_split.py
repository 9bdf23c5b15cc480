"""The content of the files decides which pictures are held out."""

import shutil

import numpy as np
import pytest

from copyart.data.split import choose_held_out, content_digest, split_files

DIGESTS = [f"{number:016x}" + "0" * 16 for number in range(0, 16**16, 16**16 // 100)]


def test_about_the_share_is_held_out():
    assert choose_held_out(DIGESTS, 0.2).sum() == pytest.approx(20, abs=1)


def test_a_picture_stays_on_its_side_when_others_come_and_go():
    whole = choose_held_out(DIGESTS, 0.2)
    np.testing.assert_array_equal(choose_held_out(DIGESTS[::3], 0.2), whole[::3])


@pytest.mark.parametrize("digests", [DIGESTS[:3], DIGESTS[-3:]])
def test_at_least_one_is_held_out_and_one_is_left(digests):
    assert 0 < choose_held_out(digests, 0.2).sum() < 3


def test_of_four_two_are_held_out_however_small_the_share():
    assert choose_held_out(DIGESTS[:4], 0.001).sum() == choose_held_out(DIGESTS[-4:], 0.001).sum() == 2


def test_the_content_decides_not_the_place(tmp_path):
    files = [tmp_path / f"{number}.jpg" for number in range(40)]
    for number, path in enumerate(files):
        path.write_bytes(b"picture" * (number + 1))
    learnt, held = split_files(files)
    assert len(learnt) + len(held) == 40
    moved = shutil.copytree(tmp_path, tmp_path / "elsewhere")
    for path in moved.iterdir():
        path.rename(path.with_name(f"renamed {path.name}"))
    again = split_files(sorted(moved.iterdir()))[1]
    assert {content_digest(path) for path in again} == {content_digest(path) for path in held}
