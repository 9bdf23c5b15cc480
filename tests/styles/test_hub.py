"""Handles hf:// and kaggle:// use the official clients (replaced by stand-ins here), and downloads are not trusted."""

import sys
import types

import pytest

from copyart.errors import StyleError
from copyart.painting.loading import load
from copyart.styles.hub import fetch_style
from copyart.styles.networks import save_style
from copyart.styles.opening import is_hub_handle, open_style
from copyart.styles.packing import pack_style
from tests.painting.networks import negative, small_generator


@pytest.fixture
def client(monkeypatch):
    """Put a stand-in in the place of a client; returns what it was asked for."""

    def put(package, function, answer):
        asked = []

        def download(*arguments, **options):
            asked.append((arguments, options))
            if isinstance(answer, Exception):
                raise answer
            return str(answer)

        monkeypatch.setitem(sys.modules, package, types.SimpleNamespace(**{function: download}))
        return asked

    return put


@pytest.fixture
def folder(tmp_path):
    save_style(tmp_path / "style", small_generator(), {"name": "Afar"})
    return tmp_path / "style"


def refuse(handle, match):
    with pytest.raises(StyleError, match=match) as raised:
        load(handle)
    assert "\n" not in str(raised.value)


def test_hugging_face_is_asked_for_the_files_of_a_style_only(client, folder):
    asked = client("huggingface_hub", "snapshot_download", folder)
    assert load("hf://jane/monet").name == "Afar"
    assert load("hf://jane/monet@v1.0").name == "Afar"
    (first, options), (second, _) = asked
    assert (first, second) == (("jane/monet",), ("jane/monet",))
    assert [options["revision"] for _, options in asked] == [None, "v1.0"]
    assert options["allow_patterns"] == [
        "config.json",
        "metadata.json",
        "weights.safetensors",
        "preview.jpg",
        "*.copyart",
    ]


@pytest.mark.parametrize("version", ["", "/3"])
def test_kaggle_is_asked_for_the_variation(client, folder, version):
    asked = client("kagglehub", "model_download", folder)
    assert load(f"kaggle://jane/monet/other/light{version}").name == "Afar"
    assert asked == [((f"jane/monet/other/light{version}",), {})]


def test_a_packed_style_there_is_opened_too(client, folder, tmp_path):
    (tmp_path / "repo").mkdir()
    pack_style(folder, tmp_path / "repo" / "afar.copyart")
    client("huggingface_hub", "snapshot_download", tmp_path / "repo")
    assert open_style("hf://jane/monet").place == tmp_path / "repo" / "afar.copyart"
    assert load("hf://jane/monet").name == "Afar"


@pytest.mark.parametrize("count", [0, 2])
def test_none_or_several_packed_styles_are_refused(client, folder, tmp_path, count):
    (tmp_path / "repo").mkdir()
    for number in range(count):
        pack_style(folder, tmp_path / "repo" / f"{number}.copyart")
    client("huggingface_hub", "snapshot_download", tmp_path / "repo")
    refuse("hf://jane/monet", "a style folder or one .copyart file. Received: " + ("0.copyart, 1" if count else "none"))


def test_a_network_that_names_layers_to_build_is_refused(client, tmp_path):
    save_style(tmp_path / "style", negative(), {})
    client("huggingface_hub", "snapshot_download", tmp_path / "style")
    refuse("hf://jane/evil", "have one of Copyart's own generators, as every shared style must")


def test_what_lies_beside_a_sound_style_is_not_opened(client, folder):
    """A folder that is a style and holds another would be taken for a workdir, whose own style counts."""
    save_style(folder / "style", negative(), {"name": "Evil"})
    client("kagglehub", "model_download", folder)
    assert load("kaggle://jane/monet/other/light").name == "Afar"
    assert open_style("kaggle://jane/monet/other/light").place == folder


def test_a_folder_that_is_called_as_a_packed_style_is_refused(client, tmp_path):
    save_style(tmp_path / "repo" / "evil.copyart", negative(), {})
    client("kagglehub", "model_download", tmp_path / "repo")
    refuse("kaggle://jane/monet/other/light", "a style folder or one .copyart file. Received: none")


@pytest.mark.parametrize("name", ["weights.safetensors", "metadata.json", "config.json"])
def test_a_file_without_bounds_is_refused_before_it_is_read(client, folder, name):
    with open(folder / name, "r+b") as file:
        file.truncate(1 << 36)  # a hole: it takes no room on the disk
    client("huggingface_hub", "snapshot_download", folder)
    refuse("hf://jane/monet", f"{name}' has more than [0-9,]+ bytes")


@pytest.mark.parametrize(
    ("handle", "package"), [("hf://jane/monet", "huggingface_hub"), ("kaggle://a/b/c/d", "kagglehub")]
)
def test_a_missing_client_is_named_with_the_remedy(monkeypatch, handle, package):
    monkeypatch.setitem(sys.modules, package, None)
    refuse(handle, f"need {package}.*pip install {package}")


def test_what_the_client_complains_of_is_one_line(client):
    client("huggingface_hub", "snapshot_download", ValueError("404\n\nnot found\nfor url"))
    refuse("hf://jane/nothing", "Received: ValueError: 404 not found for url")


@pytest.mark.parametrize(
    "handle",
    [
        "hf://",
        "hf://jane",
        "hf://jane/../x",
        "hf://../../etc",
        "hf://jane/a/b",
        "kaggle://a/b",
        "kaggle://a/b/c/d/e",
        "hf://a/b\n",
    ],
)
def test_a_malformed_handle_is_refused_before_anyone_is_asked(client, folder, handle):
    asked = [client("huggingface_hub", "snapshot_download", folder), client("kagglehub", "model_download", folder)]
    refuse(handle, "a handle must be")
    assert asked == [[], []]


def test_other_texts_are_no_handles(tmp_path):
    assert not is_hub_handle("monet")
    assert not is_hub_handle(tmp_path / "hf:")
    assert is_hub_handle("hf://anything")
    with pytest.raises(StyleError):
        fetch_style("hf://.hidden/x")
