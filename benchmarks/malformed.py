"""Mutate valid pictures of every format. `python -m benchmarks.malformed` sends 1,000 of them to a server.

It prints the server's answers, and its memory and open files before and after. No answer may be a 5xx.
"""

import argparse
import collections
import io
import json
import random
import sys
import time

import numpy as np
from PIL import Image, features

from benchmarks.web_server import megabytes, post_photo, watch_server
from copyart.data.sample import sample_files

#: Width and height of the mutated pictures. They are small, so that little time goes into painting.
SIZE = (96, 72)
STYLES = ("monet", "vangogh", "ukiyoe")


def undamaged_pictures():
    """Return encoded pictures of all formats and many kinds, made from the bundled sample."""
    first, second, third = (Image.open(path).convert("RGB").resize(SIZE) for path in sample_files()[0][:3])
    tags = Image.Exif()
    tags[0x0112], tags[0x010F] = 6, "camera"
    kinds = [
        (first, "JPEG", {"exif": tags, "comment": b"comment", "icc_profile": bytes(200)}),
        (second, "JPEG", {"progressive": True, "quality": 60}),
        (third.convert("CMYK"), "JPEG", {}),
        (third.convert("L"), "JPEG", {}),
        (first, "PNG", {"exif": tags}),
        (second.convert("RGBA"), "PNG", {}),
        (third.quantize(17), "PNG", {"transparency": 3}),
        (Image.fromarray(np.asarray(first.convert("L")).astype(np.uint16) * 257), "PNG", {}),
        (first, "PNG", {"save_all": True, "append_images": [second]}),
        (first, "WEBP", {"quality": 70, "exif": tags}),
        (second, "WEBP", {"lossless": True}),
        (first, "WEBP", {"save_all": True, "append_images": [second]}),
        (first, "GIF", {}),
        (first, "GIF", {"save_all": True, "append_images": [second, third]}),
        (second, "BMP", {}),
        (third.quantize(16), "BMP", {}),
        (first, "TIFF", {}),
        (second, "TIFF", {"compression": "tiff_lzw"}),
        (third, "TIFF", {"compression": "jpeg"}),
        (first, "TIFF", {"save_all": True, "append_images": [second]}),
        (first, "PPM", {}),
        (second.convert("1"), "PPM", {}),
    ]
    if features.check("avif"):
        kinds.append((first, "AVIF", {"quality": 60}))
    return [_encode_picture(*kind) for kind in kinds]


def _encode_picture(image, format, options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def damaged_pictures(count, seed=0):
    """Yield damaged pictures, reproducible by the seed.

    Args:
        count: Number of pictures.
        seed: Seed of the mutations. Defaults to 0.
    """
    chance, undamaged = random.Random(seed), undamaged_pictures()
    for number in range(count):
        data = bytearray(undamaged[number % len(undamaged)])
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            chance.choice(_MUTATIONS)(data, chance, undamaged)
        yield bytes(data)


def _flip_bits(data, chance, undamaged):
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _break_header(data, chance, undamaged):
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(min(64, len(data)))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))


def _truncate(data, chance, undamaged):
    del data[max(1, chance.randrange(len(data))) :]


def _delete_piece(data, chance, undamaged):
    start = chance.randrange(len(data))
    del data[start : start + chance.randint(1, 64)]
    data += b"" if data else b"\0"


def _repeat_piece(data, chance, undamaged):
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randint(1, 256)]
    data[start:start] = piece * chance.randint(1, 8)


def _overwrite_with_noise(data, chance, undamaged):
    start = chance.randrange(len(data))
    piece = chance.randbytes(chance.randint(1, 128))
    data[start : start + len(piece)] = piece


def _write_extreme_number(data, chance, undamaged):
    start = chance.randrange(min(128, len(data)))
    data[start : start + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\0\0"))


def _splice_with_other_file(data, chance, undamaged):
    other = chance.choice(undamaged)
    data[chance.randrange(len(data)) :] = other[chance.randrange(len(other)) :]
    data += b"" if data else b"\0"


_MUTATIONS = (
    _flip_bits,
    _break_header,
    _truncate,
    _delete_piece,
    _repeat_piece,
    _overwrite_with_noise,
    _write_extreme_number,
    _splice_with_other_file,
)


def main():
    """Send the corpus to a server and print the results. The exit status is 1 if a requirement fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with watch_server() as server:
        for style in STYLES:  # warm-up: a large photo takes memory that is kept for the next one
            _send_picture(server.url, _encode_picture(Image.new("RGB", (2600, 2000)), "PNG", {}), style)
        memory, held = [server.memory()], server.descriptors()
        answers, start = collections.Counter(), time.monotonic()
        for number, data in enumerate(damaged_pictures(arguments.count, arguments.seed), start=1):
            answers[_send_picture(server.url, data, STYLES[number % len(STYLES)])] += 1
            if number % max(1, arguments.count // 4) == 0:
                memory.append(server.memory())
        seconds = time.monotonic() - start
        print(f"{arguments.count} damaged pictures in {seconds:.0f} s")
        for (status, code), count in sorted(answers.items()):
            print(f"  {status} {code:<15} {count}")
        print(f"memory of server and worker, before and after each quarter: {', '.join(map(megabytes, memory))}")
        print(f"descriptors: {held} before, {server.descriptors()} after")
        print(f"files written: {len(server.files())}; server starts: {server.starts}")
        return int(any(status >= 500 for status, _ in answers) or bool(server.files()))


def _send_picture(url, data, style):
    status, _, body = post_photo(url, data, style)
    return status, "painted" if status == 200 else json.loads(body)["code"]


if __name__ == "__main__":
    sys.exit(main())
