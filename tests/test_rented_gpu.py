"""The recipe for a rented accelerator, from packing to the archive that is brought back, at tiny size under JAX."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from copyart.config import TrainingConfig
from tests.jax_process import environment
from tests.pictures import photo, store

RECIPE = Path(__file__).parent.parent / "examples" / "rented_gpu"
TINY = {
    "image_size": 32,
    "load_size": 36,
    "filters": 2,
    "discriminator_filters": 2,
    "blocks": 0,
    "pool_size": 0,
    "samples": 1,
    "steps_per_epoch": 2,
    "judge_epochs": 0,
    "epochs": 1,
}


def config():
    return json.loads((RECIPE / "config.json").read_text())


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """The folder in which the archive was unpacked, and what lies in both archives."""
    folder = tmp_path_factory.mktemp("rented")
    groups = {}
    for number, name in enumerate(("photos", "one", "other")):
        for seed in range(5):
            store(folder / name / f"{seed}.png", photo(48, 40, seed=10 * number + seed))
        groups[name] = {"folders": [str(folder / name)], "most": 4}
    (folder / "one" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    styles = {"one": {"art": groups["one"]}, "other": {"art": groups["other"], "settings": {"cycle_weight": 5.0}}}
    changes = {"settings": TINY, "photos": groups["photos"], "styles": styles, "turns": 1, "minutes_to_spare": 0}
    (folder / "config.json").write_text(json.dumps({**config(), **changes}))
    here, there = environment(), environment(PYTHONPATH="", COPYART_CACHE=str(folder / "cache"))
    command = [sys.executable, RECIPE / "rented.py", "pack", folder / "config.json", folder / "pack.tar"]
    subprocess.run(command, env=here, check=True, capture_output=True, cwd=folder)
    with tarfile.open(folder / "pack.tar") as archive:
        packed = archive.getnames()
        archive.extractall(folder / "there", filter="data")
    command = [sys.executable, "rented.py", "train", "--minutes", "30", "--out", folder / "result.tar"]
    result = subprocess.run(command, env=there, cwd=folder / "there", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-4000:]
    with tarfile.open(folder / "result.tar") as archive:
        return packed, archive.getnames()


def test_the_pack_holds_code_and_small_pictures(brought):
    packed, _ = brought
    assert {"rented.py", "config.json", "copyart/models/cyclegan.py"} <= {*packed}
    assert sum(name.startswith("data/one/") for name in packed) == 4
    assert not [name for name in packed if "__pycache__" in name]


@pytest.mark.parametrize("style", ["one", "other"])
def test_every_style_comes_back_with_weights_figures_and_grids(brought, style):
    _, names = brought
    files = ("style/weights.safetensors", "history.csv", "report.html", "samples/epoch-0001.png")
    assert {f"runs/{style}/{name}" for name in files} <= {*names}
    assert not [name for name in names if "checkpoints" in name]


def test_the_settings_of_the_recipe_are_settings():
    recipe = config()
    for style in recipe["styles"].values():
        TrainingConfig.from_dict({**recipe["settings"], **style.get("settings", {})})


def test_a_turn_ends_at_its_deadline():
    sys.path.insert(0, os.fspath(RECIPE))
    try:
        import rented
    finally:
        sys.path.remove(os.fspath(RECIPE))
    rented._until(float("inf")).on_train_batch_end(0, {})
    with pytest.raises(KeyboardInterrupt):
        rented._until(0.0).on_train_batch_end(0, {})
