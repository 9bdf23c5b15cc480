"""Measure the web page in headless Chromium: `python -m benchmarks.page [--beside URL] [--json FILE]`.

It serves this checkout's page, and opens it each time as a new visitor, with nothing cached. `--beside` also measures
another page, such as an older checkout's, alternating with it. Needs Chromium, and `pip install -e ".[dev,web]"`.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import sync_playwright

from benchmarks.pictures import random_picture
from benchmarks.report import machine_facts
from benchmarks.run import describe_machine
from benchmarks.web_server import watch_server
from copyart.data.atomic_files import write_atomically
from copyart.painting.loading import load

#: Megapixels → width and height of the photos.
SIZES = {2: (1632, 1224), 12: (4000, 3000)}
TINY_SIZES = {2: (320, 240), 12: (640, 480)}
#: The style that is painted, and by how much its paintings may differ from the library's, in grey levels (0 to 255).
STYLE, TOLERANCE = "monet", 2
#: Time limit of a measurement in milliseconds: an older page may lack the part that is measured.
PATIENCE = 150_000
#: A telephone's network: bytes per second, and milliseconds of latency.
PHONE = {"offline": False, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8, "latency": 150}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
#: A script that records when a worker sends its first coarse painting and its first rows.
WATCH_WORKERS = """
    window.firsts = {};
    window.Worker = class extends Worker {
        constructor(...all) {
            super(...all);
            this.addEventListener("message", ({ data }) => {
                for (const part of ["coarse", "rows"]) if (data[part]) firsts[part] ??= Date.now();
            });
        }
    };
"""
SAVE_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"


class Visit:
    """A page that a new visitor opens and uses, with methods that measure it."""

    def __init__(self, page, address, folder, throttled=False):
        self.page, self.address, self.folder = page, address, folder
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        if throttled:
            self.session.send("Network.emulateNetworkConditions", PHONE)
        self.requests = []
        page.context.on("requestfinished", lambda request: self.requests.append(request))

    def open(self):
        """Open the page, and return the seconds until it answers."""
        start = time.time()
        self.page.goto(self.address)
        self.page.wait_for_selector("[data-awake]", state="attached", timeout=PATIENCE)
        return time.time() - start

    def received_bytes(self):
        """Return how many bytes the browser has received."""
        sizes = [request.sizes() for request in self.requests if not request.url.startswith(("blob:", "data:"))]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)

    def choose_photo(self, megapixels):
        """Choose a photo, wait until it is ready to be painted, and return the time at which it was chosen."""
        self.page.locator("#photo").set_input_files(self.folder / f"{megapixels}.png")
        start = time.time()
        self.page.wait_for_selector('.painting-form[data-state="ready"]', timeout=PATIENCE)
        return start

    def wait_until(self, script):
        """Wait until a script returns true, and return the time, or None if it took too long."""
        deadline = time.time() + PATIENCE / 1000  # Playwright's own way to wait needs eval, which the page forbids
        while time.time() < deadline:
            if self.page.evaluate(script):
                return time.time()
            self.page.wait_for_timeout(20)
        return None

    def paint(self):
        """Click on a card, and return the seconds until the coarse painting, the first strip, and the whole painting.

        Each is None if it did not appear.
        """
        start = time.time()
        self.page.locator(f'.artist input[value="{STYLE}"]').click(force=True)
        try:
            self.page.wait_for_selector('.painting-form[data-state="painted"]', timeout=PATIENCE)
        except Late:
            return None, None, None
        end = time.time()
        firsts = self.page.evaluate("firsts")
        return (*(firsts[part] / 1000 - start if part in firsts else None for part in ("coarse", "rows")), end - start)

    def difference_from_library(self, megapixels):
        """Return the largest difference from the library's painting, in grey levels, or None if the sizes differ."""
        self.page.locator("#format").select_option("image/png")
        with self.page.expect_download(timeout=PATIENCE) as download:
            self.page.locator("#download").click()
        with Image.open(download.value.path()) as image:
            found = np.asarray(image.convert("RGB"), np.int16)
        wanted = load(STYLE).paint(self.folder / f"{megapixels}.png")
        return int(np.abs(found - np.asarray(wanted, np.int16)).max()) if found.shape == np.shape(wanted) else None


class Memory:
    """Measures a browser's peak memory while the context lasts, in bytes; shared pages are counted once."""

    def __init__(self):
        self.peak, self._done = 0, threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._watch_memory, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()

    def _watch_memory(self):
        while not self._done.wait(1):
            self.peak = max(self.peak, sum(map(_memory_of_browser_process, psutil.Process().children(recursive=True))))


def _memory_of_browser_process(process):
    try:
        return process.memory_full_info().pss if "chrom" in process.name() else 0
    except psutil.Error:  # the process has just ended
        return 0


@contextlib.contextmanager
def open_visit(playwright, address, folder, before="", **options):
    """Open a new browser, and yield a `Visit` to a page in it that is not loaded yet."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    try:
        page = browser.new_context(service_workers="block", locale="en-GB").new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH_WORKERS + before)
        yield Visit(page, address, folder, **options)
    finally:
        browser.close()


def measure(playwright, address, folder, throttled):
    """Visit a page in several ways, and return what was measured: name → number, or None if the page lacks it."""
    found = {}
    with open_visit(playwright, address, folder) as visit:
        found["page answers, s"] = visit.open()
        visit.page.wait_for_load_state("networkidle")
        found["first view, kB"] = visit.received_bytes() / 1000
        start = visit.choose_photo(2)
        first = visit.wait_until("Boolean(document.querySelector('.artist canvas'))")
        found["first painted card, s"] = first and first - start
        cards = "document.querySelectorAll('.artist').length === document.querySelectorAll('.artist canvas').length"
        last = visit.wait_until(cards) if first else None
        found["all cards, s"] = last and last - start
        found["cards"] = visit.page.locator(".artist").count()
    for megapixels in SIZES:
        with open_visit(playwright, address, folder, SAVE_DATA) as visit, Memory() as memory:
            visit.open()
            visit.choose_photo(megapixels)
            coarse, rows, whole = visit.paint()
            name = f"{megapixels} megapixels"
            found.update({f"{name}, coarse, s": coarse, f"{name}, first strip, s": rows, f"{name}, painted, s": whole})
            found[f"{name}, browser's memory, MB"] = memory.peak / 1e6
            if megapixels == 2:
                found["first painting, bytes with the first view, MB"] = visit.received_bytes() / 1e6
            if whole:
                found[f"{name}, largest difference from the library's, of 255 (wanted: {TOLERANCE})"] = (
                    visit.difference_from_library(megapixels)
                )
    if throttled:
        with open_visit(playwright, address, folder, SAVE_DATA, throttled=True) as visit:
            found["telephone's network: page answers, s"] = visit.open()
            visit.choose_photo(2)
            found["telephone's network: painted after the click, s"] = visit.paint()[2]
    return found


def table(ours, theirs):
    """Return a Markdown table: each page's medians, and the ratios of the other page's figures to this page's."""
    names = list(dict.fromkeys(name for each in ours for name in each))
    rows = [["", "this page", "min–max"], ["---", "---:", "---:"]]
    if theirs:
        rows = [[*rows[0], "other page", "other ÷ this", "min–max"], [*rows[1], "---:", "---:", "---:"]]
    for name in names:
        own = [each[name] for each in ours if each.get(name) is not None]
        row = [name, *_format_median_and_range(own)]
        if theirs:
            pairs = [(one[name], other[name]) for one, other in zip(ours, theirs, strict=True) if name in one]
            pairs = [(one, other) for one, other in pairs if one and other]
            row += [
                _format_median_and_range([other for _, other in pairs])[0],
                *_format_median_and_range([other / one for one, other in pairs]),
            ]
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _format_median_and_range(numbers):
    if not numbers:
        return "–", "–"
    return f"{statistics.median(numbers):.2f}", f"{min(numbers):.2f}–{max(numbers):.2f}"


def run(rounds, beside=None, sizes=None):
    """Measure both pages in turns, and return each page's list of rounds, as `measure` returns them."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, watch_server() as server, sync_playwright() as playwright:
        for megapixels, size in (sizes or SIZES).items():
            smooth = np.asarray(random_picture(*size, seed=megapixels), int)
            rough = smooth + np.random.default_rng(megapixels).integers(-30, 31, smooth.shape)
            Image.fromarray(rough.clip(0, 255).astype(np.uint8)).save(
                Path(folder) / f"{megapixels}.png", compress_level=1
            )
        for number in range(rounds):
            for address, figures in ((server.url, ours), (beside, theirs)):
                if address:
                    figures.append(measure(playwright, address, Path(folder), throttled=number == 0))
    return ours, theirs


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--beside", metavar="URL", help="another page, to be measured in turns with this one")
    parser.add_argument("--rounds", type=int, default=2, help="how often each page is measured; default: 2")
    parser.add_argument("--tiny", action="store_true", help="small photos, to check that everything works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the raw figures")
    options = parser.parse_args(arguments)
    facts = machine_facts(packages=())
    print(f"{describe_machine(facts).partition(';')[0]}, load average {facts['load']:.1f} before.\n", flush=True)
    ours, theirs = run(options.rounds, options.beside, TINY_SIZES if options.tiny else SIZES)
    print(table(ours, theirs))
    if options.json:
        write_atomically(options.json, json.dumps({"machine": facts, "this": ours, "other": theirs}, indent=2).encode())


if __name__ == "__main__":
    main()
