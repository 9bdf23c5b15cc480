"""`RunSpec`: a run resumes only with the same fixed settings."""

import json
from dataclasses import fields

import pytest

from copyart.config import TrainingConfig
from copyart.errors import ConfigError, WorkdirError
from copyart.training.run_spec import CHANGEABLE, RunSpec, name_of_run

SPEC = RunSpec.new("Claude Monet", "kaggle", image_size=128)
OWN = RunSpec.new("Grandma", photos="/drive/photos", art="/drive/art")
#: `config.json` as it was before `RunSpec`, without the settings that have their defaults.
OLD = {"artist": "Claude Monet", "source": "kaggle", "photos": None, "art": None, "recipe": "article"}


def test_json_gives_the_same_run_back():
    for spec in (SPEC, OWN):
        assert RunSpec.from_json(spec.to_json()) == spec


def test_the_file_is_the_one_that_earlier_versions_wrote():
    settings = TrainingConfig(image_size=128).to_dict()
    assert json.loads(SPEC.to_json()) == {**OLD, "settings": settings}
    own = {"artist": "Grandma", "source": "folders", "photos": ["/drive/photos"], "art": ["/drive/art"]}
    assert json.loads(OWN.to_json()).items() >= own.items()


def test_settings_that_are_newer_than_the_file_have_their_defaults():
    assert RunSpec.from_json(json.dumps({**OLD, "settings": {"image_size": 128}})) == SPEC


@pytest.mark.parametrize("setting", CHANGEABLE)
def test_changeable_settings_are_taken_over_and_told(setting):
    value = (getattr(TrainingConfig(), setting) or 0) + 1
    resumed = SPEC.with_changes(**{setting: value})
    assert getattr(resumed.settings, setting) == value
    (line,) = resumed.changes_since(SPEC)
    assert line.startswith(f"{setting}: ")


def test_what_is_not_given_stays():
    settings = {field.name: None for field in fields(TrainingConfig)}
    changed = RunSpec.new("Monet", "kaggle", recipe="quick", epochs=7)
    assert changed.with_changes("monet", **settings) == changed
    assert changed.with_changes(recipe="quick") == changed


@pytest.mark.parametrize(
    "other",
    [
        {"artist": "Paul Cezanne"},
        {"recipe": "paper"},
        {"filters": 32},
        {"identity_weight": 5.0},
        {"seed": 1},
        {"start_from": "starter"},
    ],
)
def test_another_run_is_refused(other):
    with pytest.raises(WorkdirError, match=r"a workdir holds one run. Received: \w+=.* started with \w+=") as caught:
        SPEC.with_changes(**other)
    assert "\n" not in str(caught.value)


def test_a_value_out_of_range_is_refused():
    with pytest.raises(ConfigError, match="Received: epochs=0"):
        SPEC.with_changes(epochs=0)


def test_pictures_may_lie_elsewhere_and_the_artist_keeps_the_name():
    moved = OWN.with_changes(photos=["/mnt/photos"], art="/mnt/paintings")
    assert (moved.artist, moved.photos, moved.art) == ("Grandma", ("/mnt/photos",), ("/mnt/paintings",))
    assert moved.has_other_pictures_than(OWN)
    assert moved.changes_since(OWN) == [
        "photos: /drive/photos before, /mnt/photos now",
        "art: /drive/art before, /mnt/paintings now",
    ]


def test_one_folder_may_have_moved_alone():
    moved = OWN.with_changes(art="/mnt/art")
    assert (moved.photos, moved.art) == (("/drive/photos",), ("/mnt/art",))


def test_pictures_of_a_source_may_lie_in_folders_now():
    moved = SPEC.with_changes(photos="/photos", art="/art")
    assert (moved.artist, moved.source, moved.photos) == ("Claude Monet", "folders", ("/photos",))


def test_what_a_run_starts_from_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    for given, kept in (("other", str(tmp_path / "other")), ("monet", "monet")):
        assert RunSpec.new(source="sample", start_from=given).settings.start_from == kept


def test_what_a_run_started_from_may_have_moved():
    begun = RunSpec.new(source="sample", start_from="/old/runs/monet/best")
    assert begun.with_changes(start_from="/new/runs/monet/best") == begun
    with pytest.raises(WorkdirError, match="start_from='cezanne/best'"):
        begun.with_changes(start_from="/old/runs/cezanne/best")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/home/anna/monet", "monet"),
        ("/home/anna/runs/monet/best", "monet/best"),
        ("starts/monet.keras", "monet.keras"),
        ("/monet", "monet"),
        ("best", "best"),
        (None, None),
    ],
)
def test_a_run_is_named_without_the_folders_above_it(path, told):
    assert name_of_run(path) == told
