"""The example for a rented GPU, from packing to the result archives, at a tiny size under JAX."""

import os
import runpy
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.jax_process import environment
from tests.pictures import photo, store

SCRIPT = Path(__file__).parent.parent / "examples" / "rented_gpu" / "rented.py"
TINY = [
    "--image-size",
    "32",
    "--load-size",
    "36",
    "--generator",
    "resnet",
    "--filters",
    "2",
    "--blocks",
    "0",
    "--discriminator",
    "patch",
    "--samples",
    "1",
    "--discriminator-filters",
    "2",
    "--pool-size",
    "0",
    "--start-from",
    "none",
    "--no-augment",
    "--steps-per-epoch",
    "2",
    "--evaluation-epochs",
    "1",
    "--epochs",
    "1",
]


@pytest.fixture(scope="module")
def rented():
    return runpy.run_path(os.fspath(SCRIPT))


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """The names in the archive that goes and in the one that comes back, and the folder there."""
    folder = tmp_path_factory.mktemp("rented")
    for number, name in enumerate(("photos", "paintings/Claude_Monet", "paintings/Paul_Klee")):
        for seed in range(12):
            store(folder / name / f"{seed}.png", photo(48, 40, seed=100 * number + seed))
    (folder / "paintings" / "Paul_Klee" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    places = ["--paintings", folder / "paintings", "--photos", folder / "photos", "--most", "6"]
    here, there = environment(), {**environment(), "PYTHONPATH": ""}
    subprocess.run([sys.executable, SCRIPT, "pack", folder / "pack.tar", *places], env=here, check=True, cwd=folder)
    with tarfile.open(folder / "pack.tar") as archive:
        packed = archive.getnames()
        archive.extractall(folder / "there", filter="data")
    command = [sys.executable, "rented.py", "train", "--minutes", "30", "--jobs", "2", "--", *TINY]
    result = subprocess.run(command, env=there, cwd=folder / "there", capture_output=True, text=True)
    logs = "".join(path.read_text() for path in folder.glob("there/runs/*/log.txt"))
    assert result.returncode == 0, result.stderr[-2000:] + logs[-4000:]
    with tarfile.open(folder / "there" / "result-1.tar") as archive:
        return packed, archive.getnames(), folder / "there"


def test_the_pack_holds_code_and_small_pictures(brought):
    packed, _, _ = brought
    assert {"rented.py", "scripts/train_styles.py", "copyart/models/cyclegan.py"} <= {*packed}
    assert sum(name.startswith("paintings/Paul_Klee/") for name in packed) == 6
    assert not [name for name in packed if "__pycache__" in name or name.startswith("copyart/styles/data/")]


@pytest.mark.parametrize("artist", ["Claude_Monet", "Paul_Klee"])
def test_every_style_comes_back_with_its_figures_and_without_checkpoints(brought, artist):
    _, names, _ = brought
    assert {f"runs/{artist}/{name}" for name in ("figures.csv", "log.txt", "done")} <= {*names}
    assert not [name for name in names if "checkpoints" in name or name.endswith(".keras")]


def test_one_step_of_one_style_compiles_before_the_others_start(brought):
    there = brought[2]
    assert [run.name for run in (there / "first").iterdir()] == ["Claude_Monet"]
    assert (there / "first" / "Claude_Monet" / "history.csv").read_text().splitlines()[1].startswith("1,1,")
    programs = [path for path in (there / "compiled").iterdir() if path.name.startswith("jit_train_step")]
    assert len(programs) == 1
    assert programs[0].stat().st_mtime < (there / "runs" / "Claude_Monet" / "config.json").stat().st_mtime


def test_compiled_programs_come_back(brought):
    assert [name for name in brought[1] if name.startswith("compiled/")]


def test_results_are_at_most_eight_archives_of_sixteen_mebibytes(tmp_path, rented):
    for number in range(12):
        (tmp_path / "runs" / str(number) / "best").mkdir(parents=True)
        (tmp_path / "runs" / str(number) / "best" / "weights.safetensors").write_bytes(bytes(3 << 20))
    (tmp_path / "compiled").mkdir()
    for number in range(9):
        (tmp_path / "compiled" / str(number)).write_bytes(bytes(15 << 20))
    rented["collect"](tmp_path, tmp_path / "out")
    archives = sorted((tmp_path / "out").iterdir())
    assert len(archives) == 8
    assert max(path.stat().st_size for path in archives) <= 16 << 20
    kept = 0
    for path in archives:
        with tarfile.open(path) as archive:
            kept += sum(name.startswith("runs/") for name in archive.getnames())
    assert kept == 12


def test_a_pack_that_is_too_large_is_refused_and_removed(tmp_path, monkeypatch, rented):
    monkeypatch.setitem(rented["pack"].__globals__, "MOST", 0.001)
    monkeypatch.setitem(rented["pack"].__globals__, "PACKAGES", ())
    for name in ("photos", "paintings/Claude_Monet"):
        for seed in range(3):
            store(tmp_path / name / f"{seed}.png", photo(20, 20, seed=seed))
    places = ["--paintings", str(tmp_path / "paintings"), "--photos", str(tmp_path / "photos")]
    monkeypatch.setattr(sys, "argv", ["rented.py", "pack", str(tmp_path / "pack.tar"), *places])
    with pytest.raises(SystemExit, match=r"at most 0\.001 MiB"):
        rented["main"]()
    assert not (tmp_path / "pack.tar").exists()
