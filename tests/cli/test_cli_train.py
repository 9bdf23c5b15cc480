"""`copyart train` is killed, resumed and interrupted. It prints only our own lines, and its style paints and
exports."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest

import copyart as package
from copyart.training.checkpoints import checkpoint_folders
from tests.pictures import photo, store

TINY = (
    *("--image-size", "32", "--load-size", "36", "--filters", "2", "--discriminator-filters", "2", "--blocks", "1"),
    *("--pool-size", "4", "--samples", "1", "--devices", "cpu"),
)
#: Far more than a test waits for, and a checkpoint after every step.
ENDLESS = ("--source", "sample", *TINY, "--steps-per-epoch", "100000", "--checkpoint-minutes", "1e-9")
#: Seconds in which a busy machine takes its first steps.
PATIENCE = 200


@dataclass(frozen=True)
class Ended:
    """A process that was ended by a signal: its status, what it wrote, and the last checkpoint then."""

    status: int
    out: str
    err: str
    checkpoint: str


def last_checkpoint(workdir):
    return max((path.name for path in checkpoint_folders(workdir / "checkpoints")), default="")


def train_until(workdir, environment, number, reached):
    """Run `copyart train`, and send it a signal when the last checkpoint's name is the one waited for, or later."""
    command = [sys.executable, "-m", "copyart", "train", "-w", str(workdir), *ENDLESS]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while last_checkpoint(workdir) < reached and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(number)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    return Ended(process.returncode, out, err, last_checkpoint(workdir))


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "tiny"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT")}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(Path(package.__file__).parents[1])}


@pytest.fixture(scope="module")
def killed(workdir, environment):
    """The run, killed with no warning after a few steps."""
    return train_until(workdir, environment, signal.SIGKILL, "step-000000003")


@pytest.fixture(scope="module")
def interrupted(workdir, environment, killed):
    """The same command, which goes on, interrupted with Ctrl-C a few steps later."""
    step = int(killed.checkpoint.removeprefix("step-"))
    return train_until(workdir, environment, signal.SIGINT, f"step-{step + 2:09d}")


def test_a_killed_run_leaves_a_checkpoint_and_goes_on_from_it(killed, interrupted):
    assert killed.status == -signal.SIGKILL
    assert killed.checkpoint >= "step-000000003"
    (line,) = [line for line in interrupted.err.splitlines() if line.startswith("Resuming from ")]
    restored = "weights, optimizer, pools, averages and the position in the data are restored"
    assert re.fullmatch(rf"Resuming from {killed.checkpoint}, written \d+ min ago: {restored}\.", line)
    assert interrupted.checkpoint > killed.checkpoint


def test_ctrl_c_keeps_the_step_under_way_and_has_status_130(interrupted):
    assert interrupted.status == 130
    step = int(interrupted.checkpoint.removeprefix("step-"))
    assert interrupted.err.rstrip().splitlines()[-2:] == [
        "Stopping after this step. Press Ctrl-C again to stop at once.",
        f"Stopped and saved at step {step}. The same command resumes from there.",
    ]


def test_standard_error_holds_our_lines_only_and_standard_output_none(killed, interrupted):
    ours = (
        r"(photo|art)  +32 of 32 files kept",
        r"epoch 1/100, step \d+/100000( |$)",
        r"Resuming from step-\d{9}, ",
        r"Stopp(ing|ed) ",
    )
    assert killed.out == interrupted.out == ""
    for line in filter(None, (killed.err + interrupted.err).splitlines()):
        assert re.match("|".join(ours), line), line


def test_nothing_half_written_is_left(workdir, interrupted):
    names = [path.name for path in workdir.rglob("*")]
    assert [name for name in names if name.startswith(".") and name != ".lock"] == []
    assert len(checkpoint_folders(workdir / "checkpoints")) == 2


def test_the_style_paints_after_all_that(copyart, workdir, interrupted, tmp_path):
    picture = store(tmp_path / "sea.png", photo(26, 18))
    assert copyart("paint", picture, "-a", workdir).status == 0
    assert (tmp_path / "sea-tiny.png").exists()


def test_the_style_is_exported_and_compared(copyart, workdir, interrupted, tmp_path):
    result = copyart("export", workdir, "--to", "saved-model", tmp_path / "served", "--json")
    assert result.status == 0
    report = json.loads(result.out)
    assert report["path"] == str(tmp_path / "served" / "1")
    assert 0 <= report["max_painting_difference"] < 1.001 / 255
    assert (tmp_path / "served" / "1" / "saved_model.pb").exists()


@pytest.fixture
def learned(monkeypatch):
    """The arguments of `train`, which trains nothing."""
    from copyart.training import train

    calls = []

    def learn(*positional, **named):
        calls.append((positional, named))
        return SimpleNamespace(optimizer=SimpleNamespace(iterations=keras.Variable(7, dtype="int64")))

    monkeypatch.setattr(train, "train", learn)
    return calls


def test_options_that_are_not_given_leave_the_recipes_values(copyart, learned):
    assert copyart("train", "-w", "runs/x").status == 0
    ((artist, workdir), named) = learned[0]
    assert (artist, workdir, named["source"], named["photos"], named["art"]) == (None, "runs/x", None, None, None)
    assert {named[name] for name in ("epochs", "image_size", "precision", "learning_rate")} == {None}


def test_options_reach_the_run(copyart, learned):
    folders = ("--photos", "a", "--photos", "b", "--art", "c")
    options = ("--recipe", "paper", "--epochs", "7", "--learning-rate", "1e-4", "--precision", "mixed_bfloat16")
    options += ("--judge-epochs", "3", "--evaluation-pictures", "8")
    result = copyart("train", "Grandma", "-w", "runs/x", *folders, *options, "--json")
    assert json.loads(result.out) == {"event": "done", "workdir": "runs/x", "steps": 7, "style": "runs/x/style"}
    ((artist, _), named) = learned[0]
    assert (artist, named["photos"], named["art"], named["recipe"]) == ("Grandma", ["a", "b"], ["c"], "paper")
    assert (named["epochs"], named["learning_rate"], named["precision"]) == (7, 1e-4, "mixed_bfloat16")
    assert (named["evaluation_epochs"], named["evaluation_pictures"]) == (3, 8)


def test_json_tells_what_the_run_will_take_before_it_ends(copyart, monkeypatch):
    from copyart.training import train as training

    def train(*_, estimated, **named):
        estimated({"seconds": 60, "steps": 600})
        return SimpleNamespace(optimizer=SimpleNamespace(iterations=keras.Variable(600)))

    monkeypatch.setattr(training, "train", train)
    lines = copyart("train", "Grandma", "-w", "runs/x", "--json").out.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["estimate", "done"]
    assert json.loads(lines[0])["seconds"] == 60


def test_quiet_trains_without_a_word(copyart, learned):
    result = copyart("-q", "train", "-w", "runs/x")
    assert (result.out, result.err) == ("", "")
    assert learned[0][1]["verbose"] is False


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        (["vangoh"], "Received: 'vangoh'"),
        (["--source", "sample", "--image-size", "30"], "Received: image_size=30"),
        (["--photos", "nowhere"], "Received: photos="),
        (["Grandma", "--photos", "nowhere", "--art", "nowhere"], "'.*nowhere' must be a folder of pictures"),
        ([], "Received: none of them"),
    ],
)
def test_a_wrong_start_is_one_line(copyart, tmp_path, monkeypatch, arguments, received):
    monkeypatch.chdir(tmp_path)
    assert re.search(received, copyart("train", "-w", "run", "--devices", "cpu", *arguments).complaint)


def test_a_workdir_is_needed(copyart):
    result = copyart("train", "vangogh")
    assert result.status == 2
    assert "--workdir" in result.err


def test_a_backend_is_refused_once_keras_runs_on_another(copyart, tmp_path):
    line = copyart("train", "-w", tmp_path / "run", "--source", "sample", "--backend", "jax").complaint
    assert "Received: jax, while Keras uses tensorflow." in line
