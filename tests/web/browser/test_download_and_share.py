"""A painting is taken away: as a file in three formats, to another app, to the clipboard, several as a zip."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.web.browser.chromium import (
    begin,
    choose,
    downloaded,
    encoded,
    in_state,
    painted,
    picture,
    until,
    upload,
    violations,
    visit,
)
from tests.web.browser.test_interruptions import without_painter

#: Chromium on this machine can share nothing: what is asked of it is written down.
SHARES = """
    window.shared = [];
    navigator.canShare = () => true;
    navigator.share = async ({ files }) => { shared.push(files.map(({ name, type }) => ({ name, type }))); };
"""


@pytest.fixture
def page(browser, server):
    with visit(browser, server, permissions=["clipboard-read", "clipboard-write"], before=SHARES) as opened:
        without_painter(opened)
        yield opened


def choose_several(page, images):
    page.locator("#photo").set_input_files([upload(image, f"{name}.png") for name, image in images.items()])
    in_state(page, "ready")


@pytest.mark.parametrize(
    ("label", "kind", "suffix"), [("JPEG", "JPEG", "jpg"), ("PNG", "PNG", "png"), ("WebP", "WEBP", "webp")]
)
def test_it_is_downloaded_in_full_size_in_the_format_that_is_chosen(page, label, kind, suffix):
    photo = picture(96, 64)
    choose(page, photo)
    painted(page)
    page.get_by_label("Format of the file").select_option(label)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the painting").click()
    with Image.open(download.value.path()) as painting:
        assert (painting.format, painting.size) == (kind, photo.size)
        assert np.abs(np.asarray(painting.convert("RGB"), int) - np.asarray(photo, int)).mean() < 3
    assert download.value.suggested_filename == f"holiday-monet.{suffix}"


def test_the_format_is_that_of_the_photo_unless_another_is_chosen(page):
    choose(page, picture(), name="beach.jpg", format="JPEG")
    painted(page)
    assert downloaded(page)[0] == "beach-monet.jpg"


def test_transparency_becomes_white_in_a_jpeg(page):
    choose(page, picture(mode="RGBA"))
    painted(page)
    page.get_by_label("Format of the file").select_option("JPEG")
    _, painting = downloaded(page)
    assert np.asarray(painting)[:, 0].min() > 245  # the left edge is transparent


def test_a_sample_photo_is_painted_and_downloaded_with_three_clicks(page):
    page.get_by_role("button", name="Sample photo 1").click()
    in_state(page, "ready")
    begin(page)
    assert downloaded(page)[0] == "Sample photo 1-monet.jpg"


def test_it_is_shared_as_a_file(page):
    choose(page, picture())
    painted(page)
    page.get_by_role("button", name="Share").click()
    until(page, "shared.length > 0")
    assert page.evaluate("shared[0].map(({ name, type }) => [name, type])") == [["holiday-monet.png", "image/png"]]


def test_a_browser_that_cannot_share_shows_no_button_for_it(browser, server):
    with visit(browser, server) as page:
        without_painter(page)
        choose(page, picture())
        painted(page)
        assert page.get_by_role("button", name="Download the painting").is_visible()
        assert not page.get_by_role("button", name="Share").is_visible()


def test_what_cannot_be_shared_is_told_and_a_visitor_who_turns_back_is_not(page):
    choose(page, picture())
    painted(page)
    for name, told in (("AbortError", False), ("NotAllowedError", True)):
        page.evaluate("name => { navigator.share = async () => { throw new DOMException('', name); }; }", name)
        page.get_by_role("button", name="Share").click()
        page.wait_for_timeout(300)
        assert page.get_by_text("It could not be shared").is_visible() is told


def test_it_is_copied_to_the_clipboard(page):
    photo = picture()
    choose(page, photo)
    painted(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    until(page, "document.getElementById('copy').textContent === 'Copied'")
    size = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const bitmap = await createImageBitmap(await item.getType("image/png"));
            return [bitmap.width, bitmap.height];
        }"""
    )
    assert tuple(size) == photo.size


def test_several_photos_are_painted_and_come_as_a_zip(page):
    images = {"été": picture(40, 30), "b": picture(50, 20, seed=1)}
    choose_several(page, images)
    assert "2 photos" in page.locator("#note").inner_text()
    painted(page)
    page.get_by_role("slider", name="Strength").fill("0.5")
    with page.expect_download() as download:
        page.get_by_role("button", name="Paint all 2, as a zip").click()
    assert download.value.suggested_filename == "copyart-monet.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["été-monet.png", "b-monet.png"]
        for name, photo in zip(archive.namelist(), images.values(), strict=True):
            painting = Image.open(io.BytesIO(archive.read(name)))
            assert np.array_equal(np.asarray(painting.convert("RGB")), np.asarray(photo))
    assert "2 photos painted" in page.locator("#note").inner_text()
    in_state(page, "painted")
    assert violations(page) == []


def test_one_of_several_photos_that_is_none_is_named_and_the_others_are_painted(page):
    files = [upload(picture(40, 30), "a.png"), {"name": "b.png", "mimeType": "image/png", "buffer": b"no"}]
    files.append(upload(picture(40, 30), "a.png"))
    page.locator("#photo").set_input_files(files)
    in_state(page, "ready")
    painted(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Paint all 3, as a zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == ["a-monet.png", "a-monet-2.png"]
    assert page.locator("#note").inner_text() == "2 photos painted. Not painted: b.png."


def test_painting_several_photos_can_be_cancelled(page):
    choose_several(page, {"a": picture(40, 30), "b": picture(50, 20)})
    painted(page)
    page.evaluate("Worker.prototype.postMessage = () => {}")
    page.get_by_role("button", name="Paint all 2, as a zip").click()
    in_state(page, "painting")
    page.get_by_role("button", name="Cancel").click()
    in_state(page, "painted")
    assert page.get_by_role("button", name="Download the painting").is_visible()


def test_a_photo_that_cannot_be_read_is_told_below_the_frame_where_it_was_chosen(page):
    page.locator("#photo").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": encoded(picture())[:99]}
    )
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert page.locator(".picture-column").get_by_role("alert").count() == 1
    assert alert.bounding_box()["y"] < page.locator(".artists").bounding_box()["y"] + page.viewport_size["height"]
