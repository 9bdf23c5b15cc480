"""The painted part of a film is kept after an interruption, a full disk, or a damaged or truncated file."""

import errno

import av
import pytest

from copyart.errors import VideoError
from copyart.video.paint_video import paint_video
from copyart.video.segments import SegmentWriter, kept_frames
from tests.video.films import frames_of, painter, pictures, write_film, write_tone

COUNT = 150


@pytest.fixture
def film(tmp_path):
    """A film of two segments."""
    write_film(tmp_path / "film.mp4", pictures(COUNT, (32, 32)))
    return tmp_path / "film.mp4"


def interrupt_at(frame):
    def progress(done, total):
        if done == frame:
            raise KeyboardInterrupt

    return progress


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_film_that_was_interrupted_goes_on_and_ends_as_if_it_had_not_been(tmp_path, film):
    paint_video(film, painter(), tmp_path / "whole.mp4")
    target, style = tmp_path / "painted.mp4", painter()
    with pytest.raises(KeyboardInterrupt):
        paint_video(film, style, target, progress=interrupt_at(130))
    assert not target.exists()
    assert kept_frames(target) == 120
    before = style.engine.count
    video = paint_video(film, style, target, resume=True)
    assert (video.frames, video.resumed) == (COUNT, 120)
    assert style.engine.count - before == COUNT - 120
    assert target.read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert names_in(tmp_path) == ["film.mp4", "painted.mp4", "whole.mp4"]


def test_segments_of_another_order_are_painted_anew(tmp_path, film):
    with pytest.raises(KeyboardInterrupt):
        paint_video(film, painter(), tmp_path / "painted.mp4", progress=interrupt_at(130))
    assert paint_video(film, painter(), tmp_path / "painted.mp4", resume=True, strength=0.5).resumed == 0


def test_an_interruption_before_the_first_segment_leaves_nothing(tmp_path, film):
    with pytest.raises(KeyboardInterrupt):
        paint_video(film, painter(), tmp_path / "painted.mp4", progress=interrupt_at(5))
    assert names_in(tmp_path) == ["film.mp4"]


def test_on_a_full_disk_what_is_painted_can_be_played_and_goes_on(tmp_path, film, monkeypatch):
    write = SegmentWriter.write

    def full(self, picture, time):
        if self._path.name == "000001.mp4" and len(self.times) == 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, picture, time)

    target = tmp_path / "painted.mp4"
    with monkeypatch.context() as patched:
        patched.setattr(SegmentWriter, "write", full)
        with pytest.raises(VideoError, match=r"No space left.*first 120 frames are kept and playable"):
            paint_video(film, painter(), target)
    assert len(frames_of(target)) == 120
    assert paint_video(film, painter(), target, resume=True).resumed == 120
    assert len(frames_of(target)) == COUNT


def test_where_there_is_no_room_to_join_the_segments_stay_and_the_line_says_so(tmp_path, film, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = tmp_path / "painted.mp4"
    with monkeypatch.context() as patched:
        patched.setattr("copyart.video.paint_video.join_segments", full)
        with pytest.raises(VideoError, match=rf"No space left.*first {COUNT} frames are in .*--resume"):
            paint_video(film, painter(), target)
    assert names_in(tmp_path) == [".painted.mp4.segments", "film.mp4"]
    assert paint_video(film, painter(), target, resume=True).resumed == COUNT


def test_a_folder_that_is_missing_is_one_clear_line(tmp_path, film):
    with pytest.raises(VideoError, match=r"painted.mp4' must be writable.*No such file"):
        paint_video(film, painter(), tmp_path / "missing" / "painted.mp4")


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_film_that_ends_early_is_painted_as_far_as_it_goes(tmp_path, suffix):
    whole = tmp_path / f"whole{suffix}"
    noisy = {"options": {"crf": "10", "movflags": "faststart", "g": "10"}}
    write_film(whole, pictures(60), sound=0, **noisy)
    data = whole.read_bytes()
    if suffix == ".mp4":  # its index must stand in front
        paint_video(whole, painter(), tmp_path / "fast.mp4")
        data = (tmp_path / "fast.mp4").read_bytes()
    (tmp_path / f"film{suffix}").write_bytes(data[: len(data) * 6 // 10])
    video = paint_video(tmp_path / f"film{suffix}", painter(), tmp_path / "painted.mp4")
    assert 10 < video.frames < 55
    assert "must be complete. Received: a film that ends early, after" in video.problems[-1]
    assert len(frames_of(tmp_path / "painted.mp4")) == video.frames


def test_damage_in_the_middle_costs_only_the_frames_it_lies_in(tmp_path):
    write_film(tmp_path / "film.mov", pictures(60), codec="png", pix_fmt="rgb24", options={})
    data = bytearray((tmp_path / "film.mov").read_bytes())
    middle = data.index(b"IDAT", len(data) // 2)
    data[middle : middle + 40] = bytes(40)
    (tmp_path / "film.mov").write_bytes(data)
    video = paint_video(tmp_path / "film.mov", painter(), tmp_path / "painted.mp4")
    assert 55 <= video.frames <= 60
    assert "damaged places" in video.problems[0]


@pytest.mark.parametrize("data", [b"", b"no film", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"])
def test_what_is_no_film_is_refused_in_one_line(tmp_path, data):
    (tmp_path / "film.mp4").write_bytes(data)
    with pytest.raises(VideoError, match=r"'film\.mp4' must be a film"):
        paint_video(tmp_path / "film.mp4", painter(), tmp_path / "painted.mp4")
    assert names_in(tmp_path) == ["film.mp4"]


def test_a_file_with_sound_alone_is_refused(tmp_path):
    with av.open(str(tmp_path / "film.mp4"), "w") as container:
        write_tone(container, container.add_stream("aac", rate=48000, layout="mono"), 0, 1)
    with pytest.raises(VideoError, match="must have moving pictures"):
        paint_video(tmp_path / "film.mp4", painter(), tmp_path / "painted.mp4")
