"""The sliders: a second style, the brush, and previews that follow them."""

import numpy as np
import pytest

from copyart.painting.loading import load
from copyart.styles.mixing import LEAST_CORRELATION
from tests.web.browser.chromium import begin, choose, downloaded, in_state, painted, picture, until, violations, visit
from tests.web.browser.test_interruptions import without_painter
from tests.web.browser.test_static_site import TOLERANCE


@pytest.fixture
def page(browser, site):
    with visit(browser, site) as opened:
        yield opened


def mixed(page, other, share):
    """Mix the painting with another style, and wait until it is painted."""
    page.get_by_label("Mixed with").first.select_option(label=other)
    page.get_by_label("How much of the second").first.fill(str(share))
    until(page, "name => document.getElementById('painting').ariaLabel?.includes(name)", other)
    in_state(page, "painted")


def pixels_of(page):
    return page.evaluate("document.getElementById('painting').toDataURL()")


def test_a_mixture_is_pythons(page):
    photo = picture(160, 120)
    choose(page, photo)
    painted(page)
    mixed(page, "Vincent van Gogh", 0.4)
    assert page.locator("#share-value").inner_text() == "40 %"
    assert "Monet and Vincent" in page.locator("#style-caption").inner_text()
    assert violations(page) == []
    name, painting = downloaded(page)
    assert name == "holiday-monet-vangogh.png"
    found = np.asarray(painting.convert("RGB"), int)
    wanted = np.asarray(load({"monet": 0.6, "vangogh": 0.4}).paint(photo), int)
    assert np.abs(found - wanted).max() <= TOLERANCE
    assert np.abs(found - np.asarray(load("monet").paint(photo), int)).max() > 10 * TOLERANCE


def test_a_brush_is_pythons(page):
    photo = picture(400, 300)
    choose(page, photo)
    painted(page)
    assert page.locator("#brush-value").inner_text() == "× 1, as usual"
    page.get_by_label("Brush size").fill("3")
    until(page, "document.getElementById('brush-value').textContent === '× 3'")
    in_state(page, "painted")
    _, painting = downloaded(page)
    wanted = np.asarray(load("monet").paint(photo, brush=3), int)
    assert np.abs(np.asarray(painting.convert("RGB"), int) - wanted).max() <= TOLERANCE


def test_a_small_painting_follows_the_slider_and_the_large_one_comes_when_it_is_let_go(page):
    choose(page, picture(300, 200))
    painted(page)
    before = pixels_of(page)
    page.evaluate("""() => {
        const slider = document.getElementById("brush");
        slider.value = 2;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    until(page, "before => document.getElementById('painting').toDataURL() !== before", before)
    in_state(page, "painted")
    preview = pixels_of(page)
    page.evaluate("document.getElementById('brush').dispatchEvent(new Event('change', { bubbles: true }))")
    until(page, "before => document.getElementById('painting').toDataURL() !== before", preview)
    in_state(page, "painted")


def test_a_slider_that_is_let_go_where_it_was_taken_brings_the_painting_back(page):
    without_painter(page)
    choose(page, picture(300, 200))
    painted(page)
    page.evaluate("""() => {
        window.before = document.getElementById("painting").toDataURL();
        document.getElementById("painting").getContext("2d").fillRect(0, 0, 300, 200); // in place of a preview
        document.getElementById("brush").dispatchEvent(new Event("pointerup", { bubbles: true }));
    }""")
    assert page.evaluate("before === document.getElementById('painting').toDataURL()")


def test_strength_follows_its_slider_at_once_in_a_large_painting_and_is_exact_when_it_is_let_go(page):
    without_painter(page)
    photo = picture(1400, 1000)
    choose(page, photo)
    painted(page)
    page.evaluate("""() => {
        document.getElementById("painting").getContext("2d").fillRect(0, 0, 1400, 1000);
        const slider = document.getElementById("strength");
        slider.value = 0;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    black = "document.getElementById('painting').getContext('2d').getImageData(700, 500, 1, 1).data[0] === 0"
    until(page, f"!({black})")
    page.evaluate("document.getElementById('strength').dispatchEvent(new Event('change', { bubbles: true }))")
    _, painting = downloaded(page)
    assert np.array_equal(np.asarray(painting.convert("RGB")), np.asarray(photo))


def test_another_card_is_painted_alone(page):
    without_painter(page)
    choose(page, picture())
    painted(page)
    mixed(page, "Vincent van Gogh", 0.5)
    painted(page, "Paul Cezanne")
    until(page, "document.getElementById('painting').ariaLabel.endsWith('in the style of Paul Cezanne')")
    assert page.get_by_label("Mixed with").first.input_value() == ""


_MIXED = """async ([one, other]) => {
    const { mixWeights } = await import(new URL("style_file.js", document.querySelector("script[type=module]").src));
    const weightsOf = (data) => ({ kernel: { data: Float32Array.from(data), dims: [data.length] } });
    const parts = [{ weights: weightsOf(one), share: 0.75 }, { weights: weightsOf(other), share: 0.25 }];
    try { return [...mixWeights(parts).kernel.data]; } catch (problem) { return problem.constructor.name; }
}"""


@pytest.mark.parametrize("above", [True, False])
def test_styles_mix_if_their_weights_correlate_as_python_asks(page, above):
    rng = np.random.default_rng(0)
    one, noise = rng.normal(size=(2, 4000))
    wanted = LEAST_CORRELATION + (0.1 if above else -0.1)
    other = wanted * one + (1 - wanted**2) ** 0.5 * noise
    found = page.evaluate(_MIXED, [one.tolist(), other.tolist()])
    if above:
        assert np.allclose(found, 0.75 * one + 0.25 * other, atol=1e-5)
    else:
        assert found == "StylesTooDifferentError"


def test_the_server_is_not_asked_to_mix(browser, server):
    with visit(browser, server, before="Object.defineProperty(window, 'WebAssembly', { value: undefined })") as page:
        choose(page, picture())
        painted(page)
        assert not page.locator("#second").is_visible()
        assert not page.locator("#brush").is_visible()
        begin(page, "Vincent van Gogh")
        in_state(page, "painted")
