"""Styles are trained one after the other, each by `copyart train`; finished runs are skipped."""

import subprocess
import sys

import pytest

from copyart.data.split import split_files
from scripts import train_styles
from scripts.artist_folders import SCHOOLS, art_folders, artist_name
from tests.pictures import photo, store


@pytest.fixture
def train(tmp_path, monkeypatch):
    """Run the script; `copyart train` only writes down its arguments, and fails for Klee."""
    calls = []

    def run(command, stdout, stderr):
        calls.append(command[2:])
        return subprocess.CompletedProcess(command, int("Paul Klee" in command))

    monkeypatch.setattr(train_styles.subprocess, "run", run)
    for folder in ("Claude_Monet", "Paul_Klee", "Ukiyo-e", "Katsushika_Hokusai"):
        for number in range(12):
            store(tmp_path / "paintings" / folder / f"{number}.png", photo(16, 16, seed=number))

    def train(*arguments):
        places = ["--paintings", tmp_path / "paintings", "--runs", tmp_path / "runs", "--photos", "photos"]
        monkeypatch.setattr(sys, "argv", ["train_styles", *map(str, places), *arguments])
        with pytest.raises(SystemExit) as ended:
            train_styles.main()
        return ended.value.code, calls

    return train


def test_each_folder_is_trained_once_and_a_failed_one_again(train):
    status, calls = train()
    assert (status, len(calls)) == (True, 4)
    train()
    assert len(calls) == 5
    assert "Paul Klee" in calls[-1]


def test_further_options_reach_copyart_train(train):
    _, (call,) = train("--artists", "monet", "--minutes", "3", "--", "--blocks", "6")
    assert call[:3] == ["copyart", "train", "Claude Monet"]
    assert call[call.index("--minutes") + 1] == "3.00"
    assert call[-2:] == ["--blocks", "6"]


def test_a_deadline_is_shared_out(train):
    _, calls = train("--artists", "monet", "ukiyoe", "--deadline", "8", "--minutes", "10")
    assert [call[call.index("--minutes") + 1] for call in calls] == ["4.00", "8.00"]


def test_a_school_learns_from_its_artists(tmp_path, train):
    _, (call,) = train("--artists", "Ukiyo-e")
    art = [call[place + 1] for place, word in enumerate(call) if word == "--art"]
    assert art == [str(tmp_path / "paintings" / name) for name in ("Katsushika_Hokusai", "Ukiyo-e")]


def test_some_paintings_are_drawn_by_seed_from_the_training_part(tmp_path, train):
    train("--artists", "monet", "--limit", "4", "--seed", "1")
    chosen = {path.name for path in (tmp_path / "runs" / "monet.art").iterdir()}
    training, held_out = split_files(sorted((tmp_path / "paintings" / "Claude_Monet").iterdir()))
    assert len(chosen) == min(4, len(training))
    assert not chosen & {path.name for path in held_out}


def test_an_artist_without_paintings_is_told(train, capsys):
    assert train("--artists", "monet", "Titian")[0] == 2
    assert "Received: Titian" in capsys.readouterr().err


def test_a_folder_is_found_by_any_spelling_of_the_artist(tmp_path):
    (tmp_path / "Albrecht_Duerer").mkdir()
    assert art_folders(tmp_path, "Dürer") == [tmp_path / "Albrecht_Duerer"]
    assert artist_name("Nobody_Known") == "Nobody Known"
    assert all(school in members for school, members in SCHOOLS.items())
