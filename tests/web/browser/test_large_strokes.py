"""Large strokes: the strips that appear while a photo is painted have them, as they are when it is finished."""

import numpy as np
from PIL import Image

from copyart.painting.strokes import add_large_strokes
from tests.web.browser.chromium import choose, painted, picture, visit

#: Collects the strips that hang in the frame, by the row at which they begin.
_STRIPS = """() => {
    window.strips = [];
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (pixels, x, y) {
        if (this.canvas.id === "painting") strips.push([y, pixels.height, pixels.data.slice()]);
        return put.call(this, pixels, x, y);
    };
}"""
#: Tells of all strips but the last, which is the whole painting, whether they are part of it, and their rows.
_COMPARED = """() => {
    const whole = strips.at(-1)[2];
    const width = document.getElementById("painting").width * 4;
    return strips.slice(0, -1).map(([top, rows, data]) =>
        ({ top, rows, same: data.every((value, at) => value === whole[top * width + at]) }));
}"""


def test_strips_hang_with_their_large_strokes_one_below_the_other(browser, site):
    with visit(browser, site) as page:
        page.evaluate(_STRIPS)
        choose(page, picture(1400, 1100))
        page.evaluate("() => { strips.length = 0; }")
        painted(page)
        strips = page.evaluate(_COMPARED)
        assert len(strips) > 1
        assert all(strip["same"] for strip in strips)
        assert [strip["top"] for strip in strips[1:]] == [strip["top"] + strip["rows"] for strip in strips[:-1]]
        assert strips[-1]["top"] + strips[-1]["rows"] == 1100


def test_a_painting_that_comes_in_pieces_gets_pythons_large_strokes(browser, site):
    rng = np.random.default_rng(1)
    painting, coarse = (rng.integers(0, 256, (rows, columns, 3), np.uint8) for rows, columns in ((90, 61), (32, 20)))
    wanted = Image.fromarray(painting)
    add_large_strokes(wanted, Image.fromarray(coarse))
    with visit(browser, site) as page:
        found = page.evaluate(
            """async ([painting, coarse]) => {
                const { src } = document.querySelector("script[type=module]");
                const { LargeStrokes } = await import(new URL("large_strokes.js", src));
                const strokes = new LargeStrokes({ data: Uint8Array.from(coarse), width: 20, height: 32 }, 61, 90);
                const rows = Uint8Array.from(painting);
                const finished = [7, 8, 50, 90].map((received) => strokes.finishRows(rows, received));
                return { rows: [...rows], finished };
            }""",
            [painting.ravel().tolist(), coarse.ravel().tolist()],
        )
    assert np.abs(np.array(found["rows"]) - np.asarray(wanted, int).ravel()).max() <= 1
    assert found["finished"][-1][1] == 90
    assert all(before[1] == after[0] for before, after in zip(found["finished"], found["finished"][1:], strict=False))
