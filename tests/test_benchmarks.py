"""The benchmarks run both sides in turn, require equal losses, and print the ratio."""

import json
import subprocess
import sys
import urllib.request

import pytest

from benchmarks import light, memory, paint, run, throughput, train_step
from benchmarks.duel import ROOT, Worker, WorkerError, alternate_rounds
from benchmarks.pictures import random_picture
from benchmarks.report import HEADER, Comparison, machine_facts, memory_rows, table
from benchmarks.web_server import watch_server
from benchmarks.worker import time_repeats
from tests.jax_process import environment

TINY = {"threads": 1, "image_size": 24, "blocks": 1, "identity_weight": 5.0, "filters": 2}


class Side:
    """A worker that takes no time, and writes down when it was asked."""

    def __init__(self, name, diary, seconds):
        self.name, self.diary, self.seconds = name, diary, seconds

    def ask(self, do, count):
        self.diary.append((self.name, do, count))
        return [self.seconds] * (count - 1) + [100.0]


def test_copyart_trains_a_round_in_a_process_of_its_own(tmp_path):
    with Worker("benchmarks.copyart_side:Training", folder=str(tmp_path), **TINY) as worker:
        worker.ask("write_start")
        losses = worker.ask("step")
        worker.ask("fill_pools")
        seconds = worker.ask("time_round", count=2)
        memory = worker.ask("memory")
    assert {"art_identity", "generator_loss", "photo_discriminator"} <= losses.keys()
    assert len(seconds) == 2
    assert min(seconds) > 0
    assert memory["peak"] > memory["imports"] > 10 * 2**20
    assert {path.stem for path in tmp_path.glob("*.npz")} == {"batch", *_networks()}


def test_copyart_paints_a_round_in_a_process_of_its_own(tmp_path):
    random_picture(16, 16, seed=0).save(tmp_path / "photo.png")
    with Worker("benchmarks.copyart_side:NetworkWriter", folder=str(tmp_path), threads=1) as worker:
        worker.ask("write_weights", blocks=1, filters=2)
        worker.ask("write_light", blocks=1, filters=2)
    with Worker("benchmarks.copyart_painting:Painting", folder=str(tmp_path), threads=1, style="light") as worker:
        worker.ask("load_and_paint")
        (tmp_path / "copyart.png").unlink()
        worker.ask("save_painting")
        assert len(worker.ask("time_round", count=2)) == 2
    assert (tmp_path / "copyart.png").exists()


def test_the_pipeline_is_compared_with_what_a_step_takes_in():
    row, without_tensorflow = run.input_pipeline.run({24: 4.0}, rounds=2, pairs=20, pictures=4)
    assert row.theirs == [4.0, 4.0]
    assert row.ratios == [delivered / 4.0 for delivered in row.ours]
    assert row.target == 20
    assert without_tensorflow.theirs == [1000, 1000]
    assert without_tensorflow.unit == "images/s"


def test_copyart_trains_under_jax_as_on_an_accelerator(tmp_path, monkeypatch):
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    sizes = {"batch": 2, "image_size": 32, "blocks": 1, "filters": 2, "precision": "mixed_bfloat16"}
    with Worker("benchmarks.copyart_throughput:Throughput", "jax", folder=str(tmp_path), **sizes) as worker:
        worker.ask("write_start")
        losses = worker.ask("step")
        worker.ask("fill_pools")
        assert worker.ask("time_round", count=2) > 0
        chip = worker.ask("chip")
    assert min(losses.values()) > 0
    assert chip["name"] == "CPU"
    assert chip["measured"] > 0


def test_the_share_of_the_peak_is_the_arithmetic_of_the_step_over_the_data_sheet():
    rows = [Comparison("x", "pairs/s", [100.0, 200.0, 300.0], [1.0] * 3)]
    chip = {"name": "NVIDIA H100 80GB HBM3", "measured": 1.0}
    (row,) = throughput.share_of_peak("x", rows, chip, throughput.PAPER)
    assert row.ratio == pytest.approx(200 * 1.29e12 / 989e12, rel=0.01)
    (row,) = throughput.share_of_peak("x", rows, {"name": "Another", "measured": 500.0}, throughput.PAPER)
    assert row.theirs == [500.0]
    assert throughput.share_of_peak("x", rows, chip, {**throughput.PAPER, "blocks": 1}) == []


def test_a_worker_that_fails_says_why():
    with (
        Worker("benchmarks.pictures:random_picture", width=1, height=1, seed=0) as worker,
        pytest.raises(WorkerError, match="round_about"),
    ):
        worker.ask("round_about")


def test_a_worker_that_cannot_start_says_why():
    with (
        Worker("benchmarks.no_such_module:Task") as worker,
        pytest.raises(WorkerError, match="no_such_module"),
    ):
        worker.ask("time_round", count=1)


def test_rounds_alternate_after_a_warm_up():
    diary = []
    alternate_rounds(Side("A", diary, 1.0), Side("B", diary, 2.0), rounds=2, steps=3)
    assert diary[:2] == [("A", "time_round", 1), ("B", "time_round", 1)]
    assert diary[2:] == [("A", "time_round", 3), ("B", "time_round", 3)] * 2


def test_a_round_counts_with_the_median_of_its_steps():
    assert alternate_rounds(Side("A", [], 1.0), Side("B", [], 2.0), rounds=2, steps=3) == ([1.0, 1.0], [2.0, 2.0])


@pytest.mark.parametrize(
    ("unit", "ours", "theirs", "ratio"), [("s", 1, 2, 2), ("MiB", 4, 2, 0.5), ("pairs/s", 40, 2, 20)]
)
def test_a_ratio_above_one_is_in_our_favour(unit, ours, theirs, ratio):
    assert Comparison("", unit, [ours], [theirs]).ratio == ratio


def test_ratios_are_formed_pair_by_pair():
    row = Comparison("a step", "s", [1.0, 2.0, 4.0], [3.0, 4.0, 4.0])
    assert row.ratios == [3.0, 2.0, 1.0]
    assert row.ratio == 2.0


def test_the_table_has_a_row_for_each_comparison():
    rows = [
        Comparison("a step", "s", [1.0, 2.0], [1.5, 2.0]),
        Comparison("memory", "MiB", [1000.0], [1500.0]),
        Comparison("pipeline", "pairs/s", [10.0], [1.0], rival="our training step", target=20),
    ]
    lines = table(rows).splitlines()
    assert [line.count("|") for line in lines] == [len(HEADER) + 1] * 5
    assert lines[2].endswith(
        "| a step | 1.500 s | PyTorch 1.750 s | **1.25** | 1.00–1.50 | Copyart is faster | ≥ 1 | met |"
    )
    assert "| 1,000 MiB | PyTorch 1,500 MiB | **1.50** | – | Copyart needs less |" in lines[3]
    assert "our training step 1 pairs/s | **10.00** |" in lines[4]
    assert lines[4].endswith("| ≥ 20 | missed |")


def test_memory_is_compared_as_a_whole_and_above_the_imports():
    mebi = 2**20
    whole, above, imports = memory_rows(
        "x", {"imports": 5 * mebi, "peak": 9 * mebi}, {"imports": mebi, "peak": 9 * mebi}
    )
    assert whole.ratio == 1
    assert above.ratio == 2
    assert (imports.ours, imports.theirs, imports.met) == ([5], [1], None)


def test_the_peak_of_memory_is_the_process_s_own_and_remembers():
    script = "from benchmarks.worker import peak_memory; held = b'1' * 2**27; del held; print(peak_memory())"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 2**27 < int(answer.stdout) < 2**28


def test_every_step_is_timed():
    calls = []
    assert len(time_repeats(lambda: calls.append(1), 3)) == len(calls) == 3


@pytest.mark.parametrize("theirs", [1.0011, 0.9989, float("nan")])
def test_different_losses_are_not_timed(theirs):
    with pytest.raises(train_step.DifferentLossesError, match="art_cycle"):
        train_step.require_same_losses({"art_cycle": 1.0}, {"art_cycle": theirs})


def test_losses_of_other_names_are_not_timed():
    with pytest.raises(train_step.DifferentLossesError, match="same terms"):
        train_step.require_same_losses({"art_cycle": 1.0}, {"cycle_art": 1.0})


def test_nearly_the_same_losses_are_timed():
    train_step.require_same_losses({"art_cycle": 1.0}, {"art_cycle": 1.0009})


def test_different_paintings_are_not_timed(tmp_path):
    random_picture(16, 16, seed=0).save(tmp_path / "copyart.png")
    random_picture(16, 16, seed=1).save(tmp_path / "pytorch.png")
    with pytest.raises(paint.DifferentPaintingsError):
        paint.require_same_paintings(tmp_path)


def test_the_fastest_step_of_each_size_sets_what_the_pipeline_must_feed():
    rows = [
        Comparison("training step, 128 px, identity off", "s", [0.5, 0.25, 0.5], [1, 1, 1]),
        Comparison("training step, 128 px, identity on", "s", [1.0], [1]),
        Comparison("training step, 128 px, identity off, peak memory of the process", "MiB", [1], [1]),
        Comparison("painting, 512 px", "s", [0.1], [1]),
        Comparison("training, 256 px, batch 4, eager", "pairs/s", [30.0], [1]),
    ]
    assert run.fastest_training(rows) == {128: 2.0, 256: 30.0}


ROUNDS = {("light", "small.png"): 0.5, ("light", "large.png"): 2.0, (None, "small.png"): 10, (None, "large.png"): 80}


class Paintings:
    """In a worker's place: seconds by style and photo, without painting anything."""

    diary = []  # noqa: RUF012 - of all of them

    def __init__(self, target, style=None, **settings):
        self.target, self.style = target, style

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, do, photo=None, count=1, brush=None, **_):
        self.diary.append((self.target, self.style, do, photo, count))
        if do == "time_round":
            return [ROUNDS[self.style, photo] * (0.8 if brush == 1 else 1)] * count
        return {"peak": (300 if self.style else 9000) * 2**20} if do == "memory" else None


def test_light_is_compared_with_full_on_each_photo_and_from_the_start(monkeypatch):
    monkeypatch.setattr(light, "Worker", Paintings)
    monkeypatch.setattr(light.paint, "Worker", Paintings)
    seconds = {light.OURS: 1.0, light.THEIRS: 4.0}
    monkeypatch.setattr(light.paint, "time_first_painting", lambda side, settings: seconds[side])
    rows = light.run(rounds=2, starts=3, sizes={"small": (16, 8), "large": (32, 16)}, cold_size=8)
    assert [(row.ratio, row.target) for row in rows] == [
        (20.0, 20.0),
        (25.0, 20.0),
        (40.0, 20.0),
        (30.0, None),
        (pytest.approx(1024 / 300), 1.0),
        (4.0, 3.0),
    ]
    assert [len(row.ours) for row in rows] == [2, 2, 1, 1, 1, 3]
    rounds = [(style, photo) for _, style, do, photo, _ in Paintings.diary if do == "time_round"]
    both = [("light", "small.png"), (None, "small.png")]
    assert rounds[: len(both) * 3] == both * 3, "a warm-up, and two rounds"


def test_memory_is_told_as_a_whole_and_beyond_the_pictures_themselves():
    rows = memory.run({1: (48, 32), 2: (512, 4096)}, light={"filters": 2, "blocks": 1})
    (first, beyond_first, second, beyond_second) = (row.ours[0] for row in rows)
    assert [row.theirs[0] for row in rows] == [1024, beyond_first, 1024, beyond_first]
    assert first > beyond_first > 20
    assert second - beyond_second == 16


def test_a_missing_rival_is_named_with_the_remedy():
    with pytest.raises(SystemExit, match=r'no_such_rival must be installed.*"\.\[benchmark\]"'):
        run.require_pytorch("no_such_rival")


def test_a_busy_machine_is_warned_of():
    assert "not to be trusted" in run.busy_machine_warning({"load": 3.0, "threads": 2})
    assert run.busy_machine_warning({"load": 0.1, "threads": 2}) == ""


def test_the_output_names_the_machine_and_the_versions():
    facts = {**machine_facts(packages=("tensorflow", "keras")), "torch": "9.9"}
    line = run.describe_machine(facts)
    assert f"{facts['threads']} processors" in line
    assert all(facts[name] in line for name in ("cpu", "tensorflow", "keras", "torch"))


def test_raw_figures_are_kept_as_json(tmp_path):
    path = tmp_path / "figures.json"
    run.write_json(path, {"cpu": "x"}, [Comparison("a step", "s", [1.0, 2.0], [2.0, 2.0])])
    kept = json.loads(path.read_text())
    assert kept["machine"] == {"cpu": "x"}
    assert kept["comparisons"][0]["ours"] == [1.0, 2.0]
    assert kept["comparisons"][0]["ratios"] == [2.0, 1.0]
    assert [file.name for file in tmp_path.iterdir()] == ["figures.json"]


def _networks():
    return {"photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator"}


def test_the_watched_server_is_found_by_what_it_says():
    with watch_server() as server, urllib.request.urlopen(f"{server.url}/healthz", timeout=60) as answer:
        assert answer.status == 200
