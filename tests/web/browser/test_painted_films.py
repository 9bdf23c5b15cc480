"""Painted films are played by a browser, from their start to their end."""

import pytest

from copyart.video.paint_video import paint_video
from tests.video.films import painter, pictures, write_film
from tests.web.browser.chromium import PATIENCE, plain_host

#: What `write_film` is given: even frames, uneven ones, sound that starts late, a turned film, odd sides.
FILMS = {
    "even": {"sound": 0},
    "uneven": {"times": [0, 512, 700, 2000, 5000, 5600, 9000, 9100, 12000, 14000, 14500, 15000], "sound": 0},
    "late": {"sound": 0.3},
    "turned": {"rotation": 90},
    "odd": {"codec": "libvpx-vp9", "options": {}, "suffix": ".webm", "size": (49, 33)},
}
PLAY = """(address) => new Promise((resolve) => {
    const video = Object.assign(document.createElement('video'), { muted: true, playbackRate: 2, src: address });
    const told = (how) => resolve([how, video.videoWidth, video.videoHeight, video.duration - video.currentTime]);
    video.onended = () => told('ended');
    video.onerror = () => told(video.error.message);
    document.body.append(video);
    video.play();
})"""


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_painted_film_is_played_to_its_end(browser, tmp_path, suffix):
    for name, made in FILMS.items():
        made = dict(made)
        source = tmp_path / f"{name}{made.pop('suffix', '.mp4')}"
        write_film(source, pictures(12, made.pop("size", (48, 32))), **made)
        (tmp_path / "public").mkdir(exist_ok=True)
        paint_video(source, painter(), tmp_path / "public" / f"{name}{suffix}")
    (tmp_path / "public" / "index.html").write_text("<!doctype html><title>Films</title>")
    with plain_host(tmp_path / "public") as address:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        found = {name: page.evaluate(PLAY, f"{name}{suffix}") for name in FILMS}
        page.close()
    sizes = {name: [48, 32] for name in FILMS} | {"turned": [32, 48], "odd": [50, 34]}
    assert {name: (how, size) for name, (how, *size, _) in found.items()} == {
        name: ("ended", size) for name, size in sizes.items()
    }
    assert max(abs(left) for *_, left in found.values()) < 0.1
