"""Paint photos of any sizes with TensorFlow Serving, in one request, using only Python's standard library.

python client.py http://localhost:8501/v1/models/monet one.jpg two.png -o painted/
"""

import argparse
import base64
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="URL of the model: http://HOST:8501/v1/models/NAME")
    parser.add_argument("photos", nargs="+", type=Path, help="JPEG, PNG, GIF or BMP files")
    parser.add_argument("-o", "--out", type=Path, default=Path("painted"), help="folder of the paintings")
    arguments = parser.parse_args()
    if len({photo.stem for photo in arguments.photos}) < len(arguments.photos):
        parser.error("photos must have different names, because paintings are named after them")
    try:
        paintings = paint(arguments.model, [photo.read_bytes() for photo in arguments.photos])
    except (OSError, ValueError) as error:
        return f"client.py: {reason(error)}"
    arguments.out.mkdir(parents=True, exist_ok=True)
    for photo, painting in zip(arguments.photos, paintings, strict=True):
        place = arguments.out / f"{photo.stem}.png"
        place.write_bytes(painting)
        print(place)
    return 0


def paint(model, photos, seconds=300):
    """Return the paintings of photos, as PNG bytes. Photos are the bytes of picture files."""
    instances = [{"image_bytes": {"b64": base64.b64encode(photo).decode()}} for photo in photos]
    request = urllib.request.Request(
        f"{model}:predict",
        json.dumps({"instances": instances}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        predictions = json.load(answer)["predictions"]
    return [base64.b64decode(prediction["b64"]) for prediction in predictions]


def reason(error):
    """Return the server's error message if there is one, else a description of the error."""
    if isinstance(error, urllib.error.HTTPError):
        try:
            return f"{error.code}: {json.load(error)['error']}"
        except (ValueError, KeyError):
            return f"{error.code}: {error.reason}"
    return str(getattr(error, "reason", error))


if __name__ == "__main__":
    sys.exit(main())
