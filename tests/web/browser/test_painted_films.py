"""Painted films and animations are played by a browser, from their start to their end."""

import pytest

from copyart.video.paint_video import paint_video
from tests.video.films import painter, pictures, write_film
from tests.video.test_animations import TIMES, write_animation
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
    const video = Object.assign(document.createElement('video'), { muted: true, defaultPlaybackRate: 2, src: address });
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


#: Read by the browser: how often an animation is repeated, and of each frame the duration in ms and a corner's alpha.
DECODE = """async ([address, type]) => {
    const decoder = new ImageDecoder({ data: (await fetch(address)).body, type });
    await decoder.completed;
    const track = decoder.tracks.selectedTrack;
    const canvas = new OffscreenCanvas(31, 17).getContext('2d');
    const frames = [];
    for (let frameIndex = 0; frameIndex < track.frameCount; frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        canvas.clearRect(0, 0, 31, 17);
        canvas.drawImage(image, 0, 0);
        frames.push([image.duration / 1000, ...[2, 20].map((x) => canvas.getImageData(x, 2, 1, 1).data[3])]);
    }
    return [String(track.repetitionCount), frames];
}"""


def test_a_painted_animation_is_played_with_its_times_and_its_transparency(browser, tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("<!doctype html><title>Animations</title>")
    names = {f"{loop}.{kind}": f"image/{kind}" for kind in ("gif", "png", "webp") for loop in (0, 3)}
    for name in names:
        write_animation(tmp_path / name, alpha=True, loop=int(name[0]))
        paint_video(tmp_path / name, painter(), tmp_path / "public" / name)
    with plain_host(tmp_path / "public") as address:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        found = {name: page.evaluate(DECODE, [name, kind]) for name, kind in names.items()}
        page.close()
    frames = [[time, 0, 255] for time in TIMES]
    times = {"0.gif": "Infinity", "3.gif": "3", "0.png": "Infinity", "3.png": "2", "0.webp": "Infinity", "3.webp": "2"}
    assert found == {name: [repeated, frames] for name, repeated in times.items()}
