"""Looking closely: zoom, moving the picture, the divider, the photo for comparison, the full screen."""

import pytest

from tests.web.browser.chromium import choose, in_state, painted, picture, until, upload, violations, visit
from tests.web.browser.test_interruptions import without_painter

_ZOOM = "() => Number(getComputedStyle(document.getElementById('panes')).getPropertyValue('--zoom'))"
_LEFT = "() => parseFloat(getComputedStyle(document.getElementById('panes')).getPropertyValue('--left'))"
_CUT = "() => Number(document.querySelector('.comparison').style.getPropertyValue('--split'))"
_SEEN = "() => getComputedStyle(document.getElementById('painting')).visibility"


@pytest.fixture
def page(browser, site):
    """A page in which a photo of 1,600 by 1,200 pixels hangs, painted."""
    with visit(browser, site, viewport={"width": 1280, "height": 900}) as opened:
        without_painter(opened)
        choose(opened, picture(1600, 1200))
        painted(opened)
        yield opened


def place_in(page, across, down=0.5):
    box = page.locator("#panes").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def drag(page, start, end):
    page.mouse.move(*place_in(page, start))
    page.mouse.down()
    page.mouse.move(*place_in(page, end), steps=4)
    page.mouse.up()


def test_buttons_zoom_to_the_pixels_and_back(page):
    page.get_by_role("button", name="1:1").click()
    size = page.evaluate("document.getElementById('painting').getBoundingClientRect().width * devicePixelRatio")
    assert size == pytest.approx(1600, abs=1)
    assert page.locator("#zoom-value").inner_text() == "100 %"
    assert violations(page) == []
    page.get_by_role("button", name="Larger").click()
    assert page.locator("#zoom-value").inner_text() == "150 %"
    for _ in range(4):
        page.get_by_role("button", name="Smaller").click()
    assert page.locator("#zoom-value").inner_text() == "All"
    assert page.evaluate(_ZOOM) == 1


def test_the_keyboard_zooms_and_moves_the_picture(page):
    page.get_by_role("group", name="The picture").focus()
    page.keyboard.press("+")
    assert page.evaluate(_ZOOM) == 1.5
    before = page.evaluate(_LEFT)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(_LEFT) < before < 0
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate(_LEFT) == 0  # not beyond its edge
    page.keyboard.press("0")
    assert page.evaluate(_ZOOM) == 1


def test_the_hand_moves_the_divider_and_the_picture_where_it_is_larger_than_its_frame(page):
    drag(page, 0.2, 0.5)
    assert page.locator("#split").input_value() == "50"
    page.get_by_role("button", name="1:1").click()
    drag(page, 0.9, 0.7)
    assert page.locator("#split").input_value() == "50"
    assert page.evaluate(_LEFT) < 0
    drag(page, 0.5, 0.25)
    assert page.locator("#split").input_value() == "25"


def test_the_divider_cuts_the_picture_where_it_lies_over_it_at_any_zoom(page):
    page.locator("#split").fill("50")
    assert page.evaluate(_CUT) == pytest.approx(50, abs=0.1)
    page.locator("#panes").focus()
    page.keyboard.press("+")
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate(_CUT) == pytest.approx(50 / 1.5, abs=0.1)


def test_a_double_click_shows_the_pixels_and_all_again(page):
    page.mouse.dblclick(*place_in(page, 0.5))
    assert page.locator("#zoom-value").inner_text() == "100 %"
    page.mouse.dblclick(*place_in(page, 0.5))
    assert page.evaluate(_ZOOM) == 1


def test_the_photo_shows_as_long_as_the_button_is_held(page):
    hold = page.get_by_role("button", name="Photo: hold to see it")
    box = hold.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    assert page.evaluate(_SEEN) == "hidden"
    page.mouse.up()
    assert page.evaluate(_SEEN) == "visible"
    hold.focus()
    page.keyboard.down("Space")
    assert page.evaluate(_SEEN) == "hidden"
    page.keyboard.up("Space")
    assert page.evaluate(_SEEN) == "visible"
    hold.evaluate("button => button.click()")  # a screen reader's
    assert hold.get_attribute("aria-pressed") == "true"
    hold.evaluate("button => button.click()")
    assert hold.get_attribute("aria-pressed") == "false"


def test_the_frame_fills_the_screen_and_leaves_it(page):
    page.get_by_role("button", name="Full screen").click()
    until(page, "document.fullscreenElement?.matches('.frame')")
    page.get_by_role("button", name="Leave full screen").click()
    until(page, "!document.fullscreenElement")


def test_the_divider_stays_where_it_was_put_for_the_next_painting(page):
    page.locator("#split").fill("30")
    page.get_by_role("radio", name="Vincent van Gogh").click()
    until(page, "document.getElementById('painting').ariaLabel?.includes('Gogh')")
    assert page.locator("#split").input_value() == "30"


@pytest.mark.parametrize(("size", "shown"), [((200, 160), (480, 384)), ((100, 50), (300, 150)), ((2000, 100), None)])
def test_a_small_photo_is_shown_enlarged_and_every_photo_in_its_shape(page, size, shown):
    page.locator("#photo").set_input_files([upload(picture(*size))])
    until(page, "width => document.getElementById('original').width === width", size[0])
    box = page.locator("#original").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(size[0] / size[1], rel=0.03)
    assert shown is None or (box["width"], box["height"]) == pytest.approx(shown, abs=1)


_WATCHED = """() => {
    window.places = [];
    const split = document.getElementById("split");
    new MutationObserver(() => places.push(Number(split.value))).observe(split, { attributes: true });
}"""


def test_the_divider_sweeps_over_the_whole_picture_as_the_painting_appears(browser, site):
    with visit(browser, site, reduced_motion="no-preference") as page:
        without_painter(page)
        choose(page, picture())
        page.evaluate(_WATCHED)
        painted(page)
        until(page, "document.getElementById('split').value === '0'")
        places = page.evaluate("places")
        assert places[0] > 90
        assert any(20 < place < 80 for place in places)


def test_a_photo_and_its_painting_move_before_a_photo_is_chosen_and_come_to_rest(browser, site):
    style = "getComputedStyle(document.querySelector('.sweep'))"
    with visit(browser, site, reduced_motion="no-preference") as page:
        assert page.evaluate(f"{style}.animationName") == "sweep"
        seconds = page.evaluate(f"parseFloat({style}.animationDuration) + parseFloat({style}.animationDelay)")
        assert 2 < seconds < 5  # WCAG 2.2.2
        until(page, "[...document.querySelectorAll('.sweep img')].every((image) => image.naturalWidth > 100)")
        until(page, f"{style}.getPropertyValue('--at') === '50%'")
    with visit(browser, site) as page:
        assert page.evaluate(f"{style}.animationName") == "none"
        assert page.locator(".sweep").is_visible()


@pytest.mark.parametrize("size", [(320, 640), (360, 740), (740, 360)])
def test_a_telephone_shows_the_whole_picture_the_slider_and_the_download_at_once(browser, site, size):
    options = {"viewport": {"width": size[0], "height": size[1]}, "has_touch": True, "is_mobile": True}
    with visit(browser, site, **options) as page:
        without_painter(page)
        choose(page, picture(300, 400))
        painted(page)
        in_state(page, "painted")
        card = page.locator(".artist:has(:checked)").bounding_box()
        assert 0 <= card["y"] < page.locator("#download").bounding_box()["y"]
        page.evaluate("document.getElementById('strength').scrollIntoView({ block: 'end' })")
        for part in ("#panes", "#strength", "#download"):
            box = page.locator(part).bounding_box()
            assert box["y"] >= -1
            assert box["y"] + box["height"] <= size[1] + 1
        seen = "(id) => { const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();"
        seen += " return document.elementFromPoint(x + width / 2, y + height / 2).id === id; }"
        assert page.evaluate(seen, "strength")
        assert page.evaluate(seen, "download")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert violations(page) == []


def test_the_divider_is_seen_in_forced_colours(browser, site):
    with visit(browser, site, forced_colors="active") as page:
        without_painter(page)
        choose(page, picture())
        painted(page)
        assert violations(page) == []
        assert page.evaluate("getComputedStyle(document.getElementById('split')).forcedColorAdjust") == "none"
