"""What was painted stays on the device until the visitor forgets it, and nothing is lost without being asked."""

import pytest

from tests.web.browser.chromium import begin, choose, downloaded, in_state, painted, picture, until, violations, visit
from tests.web.browser.test_interruptions import paste, without_painter


@pytest.fixture
def page(browser, server):
    with visit(browser, server) as opened:
        without_painter(opened)
        yield opened


def kept(page, count):
    """Wait until so many paintings are in the gallery."""
    until(page, "count => document.querySelectorAll('#gallery-list button').length === count", count)


def awake(page):
    page.wait_for_selector("[data-awake]", state="attached")


def test_what_was_painted_is_in_the_gallery_and_can_be_downloaded_from_there(page):
    choose(page, picture(96, 64))
    painted(page)
    painted(page, "Vincent van Gogh")
    kept(page, 2)
    page.get_by_role("button", name="holiday, painted in the style of Claude Monet").click()
    assert violations(page) == []
    name, painting = downloaded(page, "Download")
    assert (name, painting.size) == ("holiday-monet.png", (96, 64))
    page.get_by_role("button", name="Close").click()
    assert not page.locator("#gallery-shown").is_visible()


def test_photo_and_paintings_outlive_a_reload_a_change_of_language_and_the_way_back(page):
    choose(page, picture(96, 64))
    painted(page)
    kept(page, 1)
    for move in (
        page.reload,
        page.get_by_role("link", name="Français").click,
        page.go_back,
        lambda: (page.goto("about:blank"), page.go_back()),
    ):
        move()
        awake(page)
        in_state(page, "ready")
        kept(page, 1)
        assert "96" in page.locator("#original").get_attribute("aria-label")


def test_the_gallery_speaks_the_language_of_the_page(page):
    choose(page, picture())
    painted(page)
    kept(page, 1)
    page.get_by_role("link", name="Français").click()
    page.get_by_role("button", name="holiday, peinte à la manière de Claude Monet").wait_for()


def test_a_painting_that_is_changed_is_kept_as_it_was_changed(page):
    photo = picture()
    choose(page, photo)
    painted(page)
    kept(page, 1)
    before = page.evaluate(LATEST)
    page.get_by_role("checkbox", name="Keep the colours").check()
    until(page, f"async (before) => (await ({LATEST})()).when > before.when", before)
    assert page.locator("#gallery-list button").count() == 1


#: When the latest painting was kept.
LATEST = """async () => {
    const opened = indexedDB.open("copyart");
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const all = opened.result.transaction("paintings").objectStore("paintings").getAll();
    await new Promise((resolve) => (all.onsuccess = resolve));
    opened.result.close();
    return { when: Math.max(...all.result.map(({ when }) => when)) };
}"""


def test_one_painting_is_forgotten_or_all_after_a_question(page):
    choose(page, picture())
    for style in ("Claude Monet", "Vincent van Gogh", "Paul Cezanne"):
        painted(page, style)
    kept(page, 3)
    page.get_by_role("button", name="painted in the style of Paul Cezanne").click()
    page.get_by_role("button", name="Forget this one").click()
    kept(page, 2)
    page.get_by_role("button", name="Forget all").click()
    assert violations(page) == []
    page.get_by_role("button", name="Keep them").click()
    kept(page, 2)
    page.get_by_role("button", name="Forget all").click()
    page.locator("#question").get_by_role("button", name="Forget all").click()
    kept(page, 0)
    assert not page.locator("#gallery").is_visible()
    page.reload()
    awake(page)
    page.wait_for_timeout(300)
    in_state(page, "empty")  # the photo is forgotten too
    kept(page, 0)


def test_two_tabs_show_the_same_gallery_and_each_its_own_photo(page):
    other = page.context.new_page()
    without_painter(other)
    other.goto(page.url)
    awake(other)
    choose(page, picture())
    painted(page)
    kept(other, 1)
    in_state(other, "empty")
    choose(other, picture(50, 20))
    painted(other)
    kept(page, 2)
    page.reload()
    awake(page)
    in_state(page, "ready")
    assert page.locator("#original").get_attribute("aria-label") == "Your photo, 96 by 64 pixels"


def test_what_is_forgotten_in_one_tab_is_gone_in_the_other_which_goes_on_painting(page):
    other = page.context.new_page()
    without_painter(other)
    other.goto(page.url)
    awake(other)
    for tab in (page, other):
        choose(tab, picture())
        begin(tab)
    for tab in (page, other):
        in_state(tab, "painted")
        kept(tab, 2)
    other.get_by_role("button", name="Forget all").click()
    other.locator("#question").get_by_role("button", name="Forget all").click()
    kept(page, 0)
    assert downloaded(page)[0] == "holiday-monet.png"  # what is shown stays
    painted(page, "Vincent van Gogh")
    kept(other, 1)


def test_another_photo_stops_a_painting_only_after_a_question(page):
    page.evaluate("Worker.prototype.postMessage = () => {}")  # the painting never comes
    choose(page, picture())
    begin(page)
    in_state(page, "painting")
    paste(page, picture(50, 20))
    page.get_by_role("button", name="Go on painting").click()
    in_state(page, "painting")
    paste(page, picture(50, 20))
    assert violations(page) == []
    page.get_by_role("button", name="Use the other photo").click()
    in_state(page, "ready")
    assert page.locator("#original").get_attribute("aria-label") == "Your photo, 50 by 20 pixels"


def test_the_page_is_left_without_a_question_unless_a_painting_would_be_lost(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    choose(page, picture())
    painted(page)
    kept(page, 1)
    page.reload()
    awake(page)
    in_state(page, "ready")
    assert asked == []
    page.evaluate("Worker.prototype.postMessage = () => {}")
    begin(page)
    in_state(page, "painting")
    page.reload()
    assert asked == ["beforeunload"]


def test_a_painting_for_which_there_is_no_room_is_told_as_that(page):
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full'); }; }")
    choose(page, picture())
    painted(page)
    page.get_by_text("There is no room to keep this painting").wait_for()
    assert downloaded(page)[0] == "holiday-monet.png"


#: As in WebKit's private windows: a record with a file cannot be stored.
WITHOUT_FILES = """
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (record) {
        if (Object.values(record).some((value) => value instanceof Blob)) throw new DOMException("", "UnknownError");
        return put.call(this, record);
    };
"""


def test_where_the_browser_stores_no_files_their_bytes_are_kept(browser, server):
    with visit(browser, server, before=WITHOUT_FILES) as page:
        without_painter(page)
        choose(page, picture(96, 64))
        painted(page)
        kept(page, 1)
        page.reload()
        awake(page)
        in_state(page, "ready")
        page.get_by_role("button", name="holiday, painted in the style of Claude Monet").click()
        name, painting = downloaded(page, "Download")
        assert (name, painting.size) == ("holiday-monet.png", (96, 64))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_in_the_gallery_is_in_anybodys_way(browser, server, scheme):
    with visit(browser, server, color_scheme=scheme, locale="fr-FR", viewport={"width": 320, "height": 640}) as page:
        without_painter(page)
        page.locator("#photo").set_input_files("copyart/data/sample/photos/photo-03.jpg")
        for style in ("Claude Monet", "Vincent van Gogh", "Hokusai"):
            painted(page, style)
        kept(page, 3)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
