"""Every example runs, at a tiny size."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest
from PIL import Image

import copyart
from copyart.data.sample import sample_files
from copyart.models.generators import build_generator
from copyart.styles.networks import save_style

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTEBOOK = EXAMPLES / "colab.ipynb"
TINY = ["--size", "32", "--filters", "4", "--blocks", "1", "--epochs", "1"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    def run_example(name, *arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")

    return run_example


def test_every_example_is_run_here():
    """But for `rented.py`, which tests/test_rented_gpu.py runs, and `client.py`: tests/export/test_serving.py."""
    elsewhere = {"client.py", "rented.py"}
    names = {path.name for path in EXAMPLES.rglob("*") if path.suffix in (".py", ".ipynb")} - elsewhere
    here = {"train_with_fit.py", "paint_folder.py", "paint_with_ray.py", "train_on_several_devices.py", "colab.ipynb"}
    assert names == here


def test_train_with_fit_leaves_model_samples_and_saved_model(run, tmp_path):
    run("train_with_fit.py", *TINY, "--out", tmp_path / "out")
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert {"artist.keras", "samples/epoch-0001.png", "served/1/saved_model.pb"} <= written


def test_paint_folder_paints_each_picture_and_skips_a_broken_one(run, tmp_path, capsys):
    save_style(tmp_path / "style", build_generator("resnet", filters=4, blocks=1), {"name": "Somebody"})
    (tmp_path / "photos" / "below").mkdir(parents=True)
    with Image.open(sample_files()[0][0]) as photo:
        photo.resize((40, 30)).save(tmp_path / "photos" / "below" / "one.png")
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"no picture")
    run("paint_folder.py", tmp_path / "style", tmp_path / "photos", tmp_path / "painted")
    with Image.open(tmp_path / "painted" / "below" / "one.jpg") as painting:
        assert painting.size == (40, 30)
    assert "below/one.jpg" in (tmp_path / "painted" / "index.html").read_text()
    assert "skipped: 'broken.jpg'" in capsys.readouterr().out


@pytest.fixture
def paint_with_ray(tmp_path):
    """The example, painting in this process. Ray is 330 MB, too large for the test tools."""
    example = runpy.run_path(str(EXAMPLES / "paint_with_ray.py"))
    save_style(tmp_path / "style", build_generator("resnet", filters=4, blocks=1), {"name": "Somebody"})
    (tmp_path / "photos" / "below").mkdir(parents=True)
    with Image.open(sample_files()[0][0]) as photo:
        photo.resize((40, 30)).save(tmp_path / "photos" / "one.png")
        photo.resize((40, 30)).save(tmp_path / "photos" / "below" / "one.jpg")

    def paint_all(options):
        painter = example["PhotoPainter"](options.style, options.out, options.strength)
        return map(painter, example["list_photos"](options.photos, options.out))

    example["run"] = lambda photos, out: example["main"](
        [str(tmp_path / "style"), str(photos), str(out)], paint_all=paint_all
    )
    return example


def test_paint_with_ray_lists_failures_and_paints_only_what_is_missing(paint_with_ray, tmp_path, capsys):
    photos, out = tmp_path / "photos", tmp_path / "photos" / "painted"
    (photos / "broken.jpg").write_bytes(b"no picture")
    assert paint_with_ray["run"](photos, out) == 2
    assert "painted 2, there before 0, failed 1" in capsys.readouterr().out
    (failure,) = map(json.loads, (out / "failures.jsonl").read_text().splitlines())
    assert failure["photo"].endswith("photos/broken.jpg")
    with Image.open(out / "below" / "one.jpg.jpg") as painting:
        assert painting.size == (40, 30)
    (out / "one.png.jpg").unlink()
    (photos / "broken.jpg").unlink()
    assert paint_with_ray["run"](photos, out) == 0
    assert "painted 1, there before 1, failed 0" in capsys.readouterr().out
    assert not [*out.rglob("*.part")]


def test_paint_with_ray_paints_from_and_into_a_bucket(paint_with_ray, tmp_path):
    bucket = fsspec.filesystem("memory")
    bucket.put(str(tmp_path / "photos"), "/photos", recursive=True)
    assert paint_with_ray["run"]("memory://photos", "memory://painted") == 0
    assert {*bucket.find("/painted")} >= {"/painted/one.png.jpg", "/painted/below/one.jpg.jpg"}


def test_paint_with_ray_names_paintings_of_addresses_apart(paint_with_ray):
    addresses = ["https://a.org/x.jpg", "https://a.org/x.jpg?id=2", "https://b.org/x.jpg", "https://a.org/../x.jpg"]
    names = [paint_with_ray["name_painting"](address)["painting"] for address in addresses]
    assert len({*names}) == 4
    assert not any("/" in name or name.startswith(".") or len(name) > 120 for name in names)


def test_train_on_several_devices_uses_two(tmp_path):
    command = [sys.executable, EXAMPLES / "train_on_several_devices.py", *TINY]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "CUDA_VISIBLE_DEVICES": ""}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "2 devices, 2 pairs per step" in result.stdout


def notebook_cells():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_the_notebook_is_of_format_4_and_holds_no_output():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        assert cell["cell_type"] in ("markdown", "code")
        assert isinstance(cell["metadata"], dict)
        assert cell["cell_type"] == "markdown" or (cell["outputs"], cell["execution_count"]) == ([], None)


def run_notebook(names, only=""):
    for cell in notebook_cells():
        source, tags = "".join(cell["source"]), {*cell["metadata"].get("tags", ())}
        if cell["cell_type"] == "code" and not tags & {"colab", "settings"} and only in source:
            exec(compile(source, NOTEBOOK.name, "exec"), names)


def test_the_notebook_trains_goes_on_paints_and_exports(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tiny = {
        "image_size": 32,
        "blocks": 1,
        "filters": 4,
        "discriminator_filters": 4,
        "steps_per_epoch": 2,
        "evaluation_epochs": 0,
    }
    names = {"WORKDIR": str(tmp_path / "run"), "ARTIST": None, "SOURCE": "sample", "RECIPE": "article"}
    names["SETTINGS"] = {**tiny, "epochs": 1}
    run_notebook({"copyart": copyart, **names}, only="copyart.train(")
    names["SETTINGS"] = {**tiny, "epochs": 2}
    run_notebook(names)
    assert "Resuming from step-000000002" in capsys.readouterr().err
    assert (tmp_path / "run" / "served" / "1" / "saved_model.pb").exists()
    assert (tmp_path / "run" / "painting.jpg").exists()
    (packed,) = (tmp_path / "run").glob("*.copyart")
    assert copyart.load(packed).paint(sample_files()[0][0]).size == names["painting"].size


def test_the_settings_of_the_notebook_are_settings():
    from copyart.config import TrainingConfig

    (cell,) = [cell for cell in notebook_cells() if "settings" in cell["metadata"].get("tags", ())]
    names = {}
    exec("".join(cell["source"]), names)
    assert TrainingConfig.from_recipe(names["RECIPE"], **names["SETTINGS"]).minutes == 15
