"""The page has the same texts in each language."""

import re
from pathlib import Path

import pytest

from copyart.web.page import translations
from copyart.web.page.rendering import problem_text
from copyart.web.page.translations import LANGUAGES, TRANSLATIONS
from copyart.web.problems import STATUSES


def test_every_language_has_the_same_words():
    assert set(TRANSLATIONS) == set(LANGUAGES)
    assert TRANSLATIONS["fr"].keys() == TRANSLATIONS["en"].keys()


@pytest.mark.parametrize("name", TRANSLATIONS["en"])
def test_every_text_fills_in_the_same_values(name):
    values = [sorted(re.findall(r"\{(\w+)\}", TRANSLATIONS[language][name])) for language in LANGUAGES]
    assert values[0] == values[1]
    assert all(TRANSLATIONS[language][name].strip() for language in LANGUAGES)


def test_french_punctuation_stands_behind_a_space_that_does_not_break():
    assert not [
        text for text in TRANSLATIONS["fr"].values() if re.search(r"[^\s\u00a0\u202f][:;!?](\s|$)| [:;!?]", text)
    ]


@pytest.mark.parametrize("code", STATUSES)
def test_every_problem_of_the_server_can_be_told(code):
    texts = {problem_text(language, code, "7") for language in LANGUAGES}
    assert len(texts) == len(LANGUAGES)
    assert not any("{" in text for text in texts)


def test_every_word_is_said_somewhere():
    folder = Path(translations.__file__).parent.parent
    sources = [*folder.glob("static/*.js"), *folder.glob("templates/*"), folder / "problems.py"]
    said = " ".join(source.read_text(encoding="utf-8") for source in sources)
    assert [
        name for name in TRANSLATIONS["en"] if not re.search(rf'["._]{name.removeprefix("problem_")}\b', said)
    ] == []
