"""Paint millions of photos with Ray Data, with one painter per worker, on this machine or a cluster.

pip install "ray[data]"
python examples/paint_with_ray.py monet holiday/ painted/ --workers 2
python examples/paint_with_ray.py monet s3://photos/2026 s3://paintings/2026    # with s3fs; gs:// with gcsfs
python examples/paint_with_ray.py monet addresses.parquet painted/ --column url  # https:// with aiohttp
When called again, it paints the missing photos. Photos that cannot be read are listed in OUT/failures.jsonl.
"""

import argparse
import hashlib
import io
import json
import os
import re
import sys
from pathlib import PurePosixPath

import fsspec

import copyart


class PhotoPainter:
    """Paints the rows of a data set. Each Ray worker creates one of these and reuses it.

    Args:
        style: Source for `copyart.load`, readable by each worker.
        out: Folder or bucket for the paintings, writable by each worker.
        strength: From 0 (the photo) to 1 (the painting).
    """

    def __init__(self, style, out, strength):
        self._painter, self._strength = copyart.load(style), strength
        self._files, self._out = fsspec.url_to_fs(out)

    def __call__(self, row):
        """Paint the photo at `row["photo"]`, unless its painting exists. Return photo, painting, status and error."""
        target = f"{self._out}/{row['painting']}"
        if self._files.exists(target):
            return {**row, "status": "there", "error": ""}
        try:
            with fsspec.open(row["photo"], "rb") as file:
                painting = self._painter.paint(file.read(), strength=self._strength)
        except Exception as error:  # from Copyart or any storage; one bad photo must not stop the others
            return {**row, "status": "failed", "error": f"{type(error).__name__}: {error}"}
        encoded = io.BytesIO()
        copyart.images.save_image(painting, encoded, format="jpeg", mark=True)
        # On a disk, half-written files are visible, so a file is renamed when complete; a bucket shows only complete
        # files. A full disk ends the run.
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        part = f"{target}.part" if "file" in self._files.protocol else target
        self._files.pipe_file(part, encoded.getvalue())
        if part != target:
            os.replace(part, target)
        return {**row, "status": "painted", "error": ""}


def list_photos(folder, out):
    """Return a row for each picture below a folder or bucket, without those below `out`.

    A painting's name is its photo's path below `folder` plus `.jpg`, so names are unique.
    """
    (files, root), (_, out) = fsspec.url_to_fs(folder), fsspec.url_to_fs(out)
    root, out = root.rstrip("/"), out.rstrip("/")
    found = [path for path in files.find(root) if PurePosixPath(path).suffix.lower() in copyart.images.PICTURE_SUFFIXES]
    found = [path for path in found if not path.startswith(f"{out}/")]
    return [{"photo": files.unstrip_protocol(path), "painting": f"{path[len(root) + 1 :]}.jpg"} for path in found]


def name_painting(address):
    """Return a row for a URL. The painting's name has the end of the URL in safe characters, and a digest of the whole
    URL."""
    readable = re.sub(r"[^A-Za-z0-9.-]+", "_", address)[-80:].lstrip(".")
    return {"photo": address, "painting": f"{readable}-{hashlib.sha256(address.encode()).hexdigest()[:16]}.jpg"}


def map_with_ray(options):
    """Yield the painted rows in any order. If a worker dies, Ray replaces it and its rows are painted again."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # otherwise Ray sends usage statistics to its developers
    import ray

    if options.photos.endswith(".parquet"):
        addresses = ray.data.read_parquet(options.photos, columns=[options.column])
        rows = addresses.map(lambda row, column=options.column: name_painting(row[column]))
        rows = rows.repartition(target_num_rows_per_block=8)  # small batches, so that no worker waits for another
    else:
        rows = ray.data.from_items(list_photos(options.photos, options.out))
    arguments = {"style": options.style, "out": options.out, "strength": options.strength}
    workers = ray.data.ActorPoolStrategy(size=options.workers)
    # Half a core is reserved for each worker. If it were a whole one, none might be left for the task that reads the
    # URLs, and the run would hang.
    yield from rows.map(PhotoPainter, fn_constructor_kwargs=arguments, compute=workers, num_cpus=0.5).iter_rows()


def main(arguments=None, paint_all=map_with_ray):
    """Paint, count, and list the failures. Return the exit status: 2 if a photo failed or there were none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("style", help="a bundled style, a workdir, a style folder, a packed style")
    parser.add_argument("photos", help="a folder, a bucket, or a .parquet file (or folder) of addresses")
    parser.add_argument("out", help="a folder that all workers share, or a bucket")
    parser.add_argument("--column", default="url", help="of the Parquet file (default: url)")
    parser.add_argument("--workers", type=int, default=1, help="painters, at most one for each core (default: 1)")
    parser.add_argument("--strength", type=float, default=1.0)
    options = parser.parse_args(arguments)
    files, out = fsspec.url_to_fs(options.out)
    options.out = files.unstrip_protocol(out)  # absolute, because each worker has its own current folder
    counts, failures = {"painted": 0, "there": 0, "failed": 0}, []
    for row in paint_all(options):
        counts[row["status"]] += 1
        if row["status"] == "failed":
            failures.append({"photo": row["photo"], "error": row["error"]})
            print("failed: {photo}: {error}".format(**row), file=sys.stderr)
    files.makedirs(out, exist_ok=True)
    files.pipe_file(f"{out}/failures.jsonl", "".join(json.dumps(failure) + "\n" for failure in failures).encode())
    print("painted {painted}, there before {there}, failed {failed}".format(**counts))
    return 2 if failures or not sum(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
