"""The page in the folder that `copyart export --to web` writes: it paints, and says what does not work."""

import pytest

from copyart import export
from tests.engine.plans import network_of
from tests.web.browser.chromium import PATIENCE, picture, plain_host, upload, violations

#: In the place of onnxruntime-web: what it is fed with is checked, and every painting is a negative.
_RUNTIME = """
export class Tensor {
  constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
}
export const InferenceSession = { create: async (name) => ({ run: async ({ photo }) => {
  const [height, width, channels] = photo.dims;
  if (name !== "model.onnx" || photo.type !== "uint8" || photo.data.length !== height * width * channels) throw name;
  return { painting: { data: photo.data.map((value) => 255 - value) } };
} }) };
"""
_CORNER = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a plain host with the folder, which lacks the runtime."""
    folder = export.web(network_of("light"), tmp_path_factory.mktemp("web") / "folder").path
    with plain_host(folder) as url:
        yield url


@pytest.fixture
def page(browser):
    """A page in a profile of its own."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def says(page, words):
    page.locator("output", has_text=words).wait_for()


def test_without_the_runtime_it_says_what_is_missing(page, address):
    page.goto(address)
    says(page, "That did not work: ")
    assert "ort.wasm.min.mjs" in page.inner_text("output")
    assert page.get_by_label("Photo:").is_disabled()


def test_it_paints_and_a_file_that_is_no_picture_is_told(page, address):
    page.route("**/ort/ort.wasm.min.mjs", lambda route: route.fulfill(content_type="text/javascript", body=_RUNTIME))
    page.goto(address)
    says(page, "Ready: ")
    chosen = page.get_by_label("Photo:")
    chosen.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"})
    says(page, "That did not work: ")
    photo = picture()
    chosen.set_input_files(upload(photo))
    says(page, "Painted in ")
    assert page.evaluate(_CORNER) == [*(255 - value for value in photo.getpixel((0, 0))), 255]
    assert violations(page) == []
