"""The wall: every card paints the visitor's own photo; styles are found by name and movement."""

import pytest

from tests.web.browser.chromium import choose, downloaded, in_state, painted, picture, until, visit


def visible(page):
    return page.locator(".artist:visible .name").all_inner_texts()


def test_every_card_shows_the_photo_in_its_style(browser, site):
    with visit(browser, site, wall=True) as page:
        choose(page, picture(90, 60))
        until(
            page, "document.querySelectorAll('.artist canvas').length === document.querySelectorAll('.artist').length"
        )
        sizes = page.evaluate("[...document.querySelectorAll('.artist canvas')].map((c) => `${c.width}x${c.height}`)")
        pictures = page.evaluate("[...document.querySelectorAll('.artist canvas')].map((c) => c.toDataURL())")
        assert {*sizes} == {"90x60"}
        assert len({*pictures}) == len(pictures)


def test_a_style_that_cannot_be_fetched_keeps_its_sample_and_the_others_are_painted(browser, site):
    with visit(browser, site, wall=True) as page:
        page.route("**/models/turner-*", lambda route: route.abort())
        choose(page, picture(40, 30))
        until(
            page,
            "document.querySelectorAll('.artist canvas').length + 1 === document.querySelectorAll('.artist').length",
        )
        page.wait_for_timeout(200)
        assert page.locator(".artist:has(input[value=turner]) canvas").count() == 0


def test_nothing_is_fetched_for_visitors_who_save_data(browser, site):
    with visit(browser, site) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        choose(page, picture(40, 30))
        page.wait_for_timeout(300)
        assert not [url for url in asked if "/models/" in url]


@pytest.mark.parametrize(("language", "wanted", "found"), [("", "cezanne", "Paul Cezanne"), ("fr", "césannE", None)])
def test_styles_are_found_by_name_without_accents(browser, server, language, wanted, found):
    with visit(browser, f"{server}/{language}") as page:
        page.locator("#search").fill(wanted)
        assert visible(page) == ([found] if found else [])
        assert page.locator("#no-style").is_visible() == (not found)
        page.locator("#search").fill("CÉZANNE")
        assert visible(page) == ["Paul Cézanne" if language == "fr" else "Paul Cezanne"]


def test_a_movement_shows_its_painters_alone_and_all_shows_everybody(browser, server):
    with visit(browser, server) as page:
        everybody = len(visible(page))
        page.get_by_role("button", name="Baroque").click()
        assert "Rembrandt" in visible(page)
        assert "Claude Monet" not in visible(page)
        page.get_by_role("button", name="All", exact=True).click()
        assert len(visible(page)) == everybody


def test_the_small_painting_of_a_card_hangs_in_the_frame_as_soon_as_the_card_is_clicked(browser, site):
    with visit(browser, site, wall=True) as page:
        choose(page, picture(90, 60))
        until(page, "document.querySelector('.artist:has(input[value=monet]) canvas')")
        assert page.locator("#style-caption").inner_text() == "Your photo. Now pick a painter."
        same = """() => {
            document.querySelector('input[value=monet]').click();
            const small = document.querySelector('.artist:has(input[value=monet]) canvas');
            return document.getElementById('painting').toDataURL() === small.toDataURL();
        }"""
        assert page.evaluate(same)
        assert page.locator("#style-caption").inner_text().lower() == "in the style of claude monet"


def test_a_sample_photo_is_three_taps_from_its_painting(browser, site):
    with visit(browser, site) as page:
        page.get_by_role("button", name="Sample photo 2").click()
        in_state(page, "ready")
        painted(page)
        name, painting = downloaded(page)
        assert name == "Sample photo 2-monet.jpg"
        assert min(painting.size) > 100
