"""A static site is written atomically."""

import re
import shutil

import pytest

from copyart.errors import ConfigError, StyleError
from copyart.web.page.runtime import RUNTIMES, installed_runtimes
from copyart.web.site import write_site


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    """Files that are called as onnxruntime-web's are."""
    folder = tmp_path_factory.mktemp("vendor")
    for name in {file for files in RUNTIMES.values() for file in files}:
        (folder / name).write_text(name)
    return folder


def test_it_holds_all_that_its_pages_name(tmp_path, vendor):
    out = tmp_path / "public"
    size = write_site(out, vendor=vendor)
    assert size == sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    for page in ("index.html", "fr.html"):
        html = (out / page).read_text(encoding="utf-8")
        named = re.findall(r'(?:href|src)="([^"#?]+)', html) + re.findall(r'"((?:models|static)/[^"]+)"', html)
        assert len(named) > 12
        assert [name for name in named if not (out / name).is_file()] == []
        assert "http" not in re.sub(r"http-equiv", "", html)
    assert list(tmp_path.iterdir()) == [out]


def test_its_pages_carry_the_security_policy_of_the_server(tmp_path, vendor):
    write_site(tmp_path / "public", vendor=vendor)
    html = (tmp_path / "public" / "fr.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert "default-src &#39;none&#39;" in policy
    assert "frame-ancestors" not in policy  # browsers heed it in headers only


def test_other_sites_find_its_picture_where_the_url_says(tmp_path, vendor):
    write_site(tmp_path / "public", vendor=vendor, url="https://example.org/copyart")
    html = (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    address = re.search(r'property="og:image" content="https://example.org/copyart/([^"]+)"', html)[1]
    assert (tmp_path / "public" / address).is_file()


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org/", "https://example.org/?a", 'https://a" b/'])
def test_a_url_that_is_none_is_refused(tmp_path, vendor, url):
    with pytest.raises(ConfigError, match=r"https://.*Received: .*Give one like"):
        write_site(tmp_path / "public", vendor=vendor, url=url)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path, vendor):
    (tmp_path / "public").mkdir()
    write_site(tmp_path / "public", vendor=vendor)
    assert (tmp_path / "public" / "index.html").is_file()


@pytest.mark.parametrize("name", ["public/old.html", "public"])
def test_what_is_there_already_is_left_alone(tmp_path, vendor, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("old")
    with pytest.raises(ConfigError, match=r"new or empty folder\. Received: .*Choose another"):
        write_site(tmp_path / "public", vendor=vendor)
    assert (tmp_path / name).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_nothing_is_left_of_a_site_that_could_not_be_written(tmp_path, vendor, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(ConfigError, match="No space left"):
        write_site(tmp_path / "public", vendor=vendor)
    assert list(tmp_path.iterdir()) == []


def test_without_the_runtime_it_says_how_to_fetch_it(tmp_path):
    with pytest.raises(ConfigError, match="Download them in a clone of Copyart: make web"):
        write_site(tmp_path / "public", vendor=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_style_that_no_browser_can_paint_with_is_refused(tmp_path, vendor):
    import keras

    from copyart.styles.networks import save_style

    network = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Conv2D(3, 3, padding="same", name="only")])
    save_style(tmp_path / "other", network, {"name": "Other"})
    with pytest.raises(StyleError, match=r"a browser must be able to paint.*Received: .*other"):
        write_site(tmp_path / "public", [tmp_path / "other"], vendor)
    assert not (tmp_path / "public").exists()


def test_a_runtime_counts_only_with_all_its_files(vendor, tmp_path):
    shutil.copytree(vendor, tmp_path / "some")
    (tmp_path / "some" / RUNTIMES["webgpu"][0]).unlink()
    assert list(installed_runtimes(vendor)) == ["webgpu", "wasm"]
    assert list(installed_runtimes(tmp_path / "some")) == ["wasm"]
