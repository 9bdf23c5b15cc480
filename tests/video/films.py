"""Films for tests, made with PyAV."""

from fractions import Fraction

import av
import numpy as np
from PIL import Image

from copyart.painting.painter import Painter


class Engine:
    """Paints by a function from uint8 pixels to uint8 pixels, and counts its paintings."""

    sides = (None, None)
    plan = ()

    def __init__(self, function=lambda pixels: pixels):
        self.function, self.count = function, 0

    def paint(self, photo, progress=None):
        self.count += 1
        return Image.fromarray(self.function(np.asarray(photo)))


def painter(function=lambda pixels: pixels):
    """Return a painter that applies a function; by default it changes nothing."""
    return Painter(Engine(function), {"name": "test"})


def pictures(count, size=(48, 32)):
    """Return smooth frames in which something moves, uint8 (height, width, 3)."""
    y, x = np.mgrid[: size[1], : size[0]].astype(float)
    waves = [np.stack([np.sin(x / 5 - n / 4), np.cos(y / 4 + n / 6), np.sin((x + y) / 7)], -1) for n in range(count)]
    return [np.rint(127.5 + 90 * wave).astype(np.uint8) for wave in waves]


def write_film(path, frames, *, codec="libx264", times=None, time_base=Fraction(1, 12800), rate=25, **more):
    """Write a film.

    Args:
        path: Its suffix says the container.
        frames: uint8 (height, width, 3) each.
        codec: Of the pictures.
        times: Of the frames, in units of `time_base`. Defaults to None: evenly, by the rate.
        time_base: Seconds in a unit.
        rate: Frames in a second.
        more: `pix_fmt`; `options` of the codec; `rotation` in degrees; `sound`: seconds at which a tone starts;
            `title`; `comment`; `chapters`; `prepare`, called with the stream; `mark`, called with each frame.
    """
    with av.open(str(path), "w") as container:
        container.metadata.update({name: more[name] for name in ("title", "comment") if name in more})
        if "chapters" in more:
            container.set_chapters(more["chapters"])
        stream = container.add_stream(codec, rate=rate, options=more.get("options", {"crf": "4"}))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = more.get("pix_fmt", "yuv420p")
        stream.time_base = stream.codec_context.time_base = time_base
        if "rotation" in more:
            stream.set_display_rotation(more["rotation"])
        if "prepare" in more:
            more["prepare"](stream)
        sound = container.add_stream("aac", rate=48000, layout="mono") if "sound" in more else None
        step = round(1 / (rate * time_base))
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            frame.pts, frame.time_base = (times[number] if times else number * step), time_base
            if "mark" in more:
                frame = more["mark"](frame)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            write_tone(container, sound, more["sound"], len(frames) / rate)


def write_tone(container, stream, start, end):
    """Encode a tone from a second to another."""
    for number in range(int((end - start) * 48000) // 1024):
        tone = np.sin((number * 1024 + np.arange(1024)) * 440 * 2 * np.pi / 48000).astype(np.float32) / 3
        frame = av.AudioFrame.from_ndarray(tone[None], "fltp", "mono")
        frame.sample_rate, frame.time_base = 48000, Fraction(1, 48000)
        frame.pts = int(start * 48000) + number * 1024
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def times_of(path):
    """Return the time of each frame, in seconds, exactly."""
    with av.open(str(path)) as container:
        return [frame.pts * frame.time_base for frame in container.decode(video=0)]


def frames_of(path):
    """Return the frames as PyAV reads them."""
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def sound_of(path):
    """Return time and bytes of each packet of sound."""
    with av.open(str(path)) as container:
        return [(p.pts * p.time_base, bytes(p)) for p in container.demux(container.streams.audio[0]) if p.size]
