"""Pictures of unusual kinds, made with NumPy, for tests of reading, training and painting."""

import hashlib
import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")


def scene(width=48, height=32, seed=0):
    """A small landscape, uint8 (height, width, 3): sky, land and a sun, another one for each seed."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    sky, land, sun = random.integers(0, 256, (3, 3))
    skyline = height * (0.55 + 0.15 * np.sin(columns / max(1, width) * 6 + seed))
    image = sky + (255 - sky) * (rows / max(1, height))[..., None]
    image = np.where((rows > skyline)[..., None], land * (0.5 + 0.5 * rows / max(1, height))[..., None], image)
    distance = np.hypot(rows - height * 0.25, columns - width * random.uniform(0.2, 0.8))
    image = np.where((distance < min(width, height) / 8)[..., None], sun, image)
    return image.astype(np.uint8)


def photo(width=48, height=32, seed=0):
    """The scene as an RGB picture."""
    return Image.fromarray(scene(width, height, seed))


def translucent(width=48, height=32):
    """The scene as RGBA, from transparent at the left to opaque at the right."""
    image = photo(width, height)
    image.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))))
    return image


def pixels(image):
    """The picture's values as integers that can be subtracted."""
    return np.asarray(image).astype(int)


def encode(image, format="PNG", **options):
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def store(path, image, **options):
    """Write a picture at the path, in the format of its suffix, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def exif(orientation):
    """EXIF data that say how the picture must be turned."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def png(width, height, bit_depth, colour_type, rows=b"", *, transparent=None):
    """A PNG put together by hand: any header over any (also no) pixel data."""
    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header)]
    if transparent is not None:
        chunks.append(_chunk(b"tRNS", transparent))
    chunks += [_chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width=20_000, height=10_000):
    """A tiny PNG whose header claims 200 megapixels, and whose data would unpack to a part of them."""
    return png(width, height, 8, 2, bytes(1_000_000))


def deep_grey_png(values, transparent=None):
    """A 16-bit grey PNG of the given rows of values; `transparent` is the value that is see-through."""
    values = np.asarray(values, ">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    key = None if transparent is None else struct.pack(">H", transparent)
    return png(values.shape[1], values.shape[0], 16, 0, rows, transparent=key)


def palette_with_alpha(width=48, height=32):
    """A palette PNG whose first colour is transparent and whose second is half so."""
    image = photo(width, height).quantize(16)
    return encode(image, "PNG", transparency=bytes([0, 128]) + bytes([255] * 14))


def animation(format="GIF", frames=3):
    """A moving picture whose first frame is `photo()` and whose others are other scenes."""
    images = [photo(seed=seed) for seed in range(frames)]
    return encode(images[0], format, save_all=True, append_images=images[1:], duration=50)


def red_blue_profile():
    """An ICC profile in which red stands for blue: sRGB with two primaries exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    swapped = bytearray(profile)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(swapped).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


def store_split(folder, learnt, held_out, fraction=0.2, seed=0, width=48, height=40):
    """Write scenes into a folder, so many of which are held out by their content, and so many not."""
    wanted, number = {True: held_out, False: learnt}, 0
    while any(wanted.values()):
        picture = encode(photo(width, height, seed=seed + number))
        side = int(hashlib.blake2b(picture, digest_size=16).hexdigest()[:16], 16) / 16**16 < fraction
        if wanted[side]:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{folder.name}-{seed + number}.png").write_bytes(picture)
            wanted[side] -= 1
        number += 1
