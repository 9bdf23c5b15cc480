"""Chromium without a window, and what the tests do with a page in it."""

import contextlib
import http.server
import io
import shutil
import threading
import time

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from copyart.web.page.runtime import FETCH, installed_runtimes
from scripts.fetch_browser_runtime import AXE

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
#: Width and height of the film that stands before the camera.
CAMERA_SIZE = 160, 120
#: Milliseconds that a page may take for anything at all.
PATIENCE = 60_000
#: Keeps the tracks of cameras that are opened, in `tracks`.
WATCHED = """
    window.tracks = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await open(wish);
        tracks.push(...stream.getTracks());
        return stream;
    };
"""


@contextlib.contextmanager
def chromium(*flags):
    """Start the browser, with more flags; it must be there, and so must what it paints with."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the tests of the page need Chromium. Install it: apt-get install chromium"
    assert installed_runtimes(), f"the tests of the page need onnxruntime-web. Fetch it: {FETCH}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def visit(browser, address, before=None, wall=False, **options):
    """Open a page in a profile of its own, after a script; an error in it, or against its policy, fails the test."""
    context = browser.new_context(
        **{"locale": "en-GB", "reduced_motion": "reduce", "service_workers": "block", **options}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    if not wall:  # the wall paints every style: most tests are quicker without it
        page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    if before:
        page.add_init_script(before)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if _is_refusal(line) else None)
    try:
        page.goto(address)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("[data-awake]", state="attached")
        yield page
        assert errors == []
    finally:
        context.close()


def _is_refusal(line):
    return line.type == "error" and "Content Security Policy" in line.text


def picture(width=96, height=64, seed=0, mode="RGB"):
    """Return a photo: a smooth one, so that JPEG keeps it."""
    down, across = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [np.sin(6 * (across * (1 + band) + down * (2 - band) + seed)) for band in range(3)]
    array = np.rint(127.5 + 100 * np.stack(waves, axis=-1)).astype(np.uint8)
    image = Image.fromarray(array)
    if mode == "RGBA":
        image.putalpha(Image.fromarray(np.rint(255 * across / across.max()).astype(np.uint8)))
    return image


def y4m(pictures):
    """Return a film without compression, 4:2:0 at 20 frames a second."""
    width, height = pictures[0].size
    film = [b"YUV4MPEG2 W%d H%d F20:1 Ip A1:1 C420jpeg\n" % (width, height)]
    for image in pictures:
        bands = image.convert("YCbCr").split()
        half = [band.resize((width // 2, height // 2)) for band in bands[1:]]
        film += [b"FRAME\n", *(band.tobytes() for band in (bands[0], *half))]
    return b"".join(film)


def encoded(image, format="PNG"):
    """Return the bytes of a picture."""
    buffer = io.BytesIO()
    options = {"quality": 95, "exif": image.getexif()} if format == "JPEG" else {}
    image.save(buffer, format, **options)
    return buffer.getvalue()


def upload(image, name="holiday.png", format="PNG"):
    """Return a picture as a file for Playwright to choose."""
    return {"name": name, "mimeType": f"image/{format.lower()}", "buffer": encoded(image, format)}


def choose(page, image, **options):
    """Choose a photo as a visitor does: with the button, in the library."""
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose a photo", exact=True).click()
    chooser.value.set_files(upload(image, **options))
    in_state(page, "ready")


def in_state(page, state):
    """Wait until the page is in a state."""
    page.wait_for_selector(f'.painting-form[data-state="{state}"]')


def until(page, script, argument=None):
    """Wait until a script says yes; Playwright's own way to wait for one is not allowed by the page's policy."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(script, argument):
        assert time.monotonic() < deadline, f"still not so: {script}"
        page.wait_for_timeout(20)


def begin(page, style="Claude Monet"):
    """Click on the card of a style, as a visitor does; wait for nothing."""
    page.get_by_role("radio", name=style).click()


def painted(page, style="Claude Monet", button=None):
    """Let the photo be painted: by a click on a card, or with a button."""
    if button:
        page.get_by_role("button", name=button).click()
    else:
        begin(page, style)
    in_state(page, "painted")


def downloaded(page, label="Download the painting"):
    """Download the painting; returns its name and the picture."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).click()
    return download.value.suggested_filename, Image.open(download.value.path()).copy()


def violations(page):
    """Return what axe-core finds to be in anybody's way, by rule and place."""
    page.evaluate((AXE / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert found["passes"], "axe looked at nothing"
    return [(rule["id"], node["html"][:120]) for rule in found["violations"] for node in rule["nodes"]]


@contextlib.contextmanager
def plain_host(folder):
    """Serve a folder as a host of plain files does; yields its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *arguments):
            pass

    with hosting(Handler) as address:
        yield address


@contextlib.contextmanager
def hosting(handler):
    """Serve on a free port with such a handler; yields the address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
