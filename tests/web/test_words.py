"""The page says the same things in each language."""

import re
from pathlib import Path

import pytest

from copyart.web import words
from copyart.web.problems import STATUSES
from copyart.web.rendering import problem_text
from copyart.web.words import LANGUAGES, WORDS


def test_every_language_has_the_same_words():
    assert set(WORDS) == set(LANGUAGES)
    assert WORDS["fr"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize("name", WORDS["en"])
def test_every_text_fills_in_the_same_values(name):
    values = [sorted(re.findall(r"\{(\w+)\}", WORDS[language][name])) for language in LANGUAGES]
    assert values[0] == values[1]
    assert all(WORDS[language][name].strip() for language in LANGUAGES)


def test_french_punctuation_stands_behind_a_space_that_does_not_break():
    assert not [text for text in WORDS["fr"].values() if re.search(r"[^\s\u00a0\u202f][:;!?](\s|$)| [:;!?]", text)]


@pytest.mark.parametrize("code", STATUSES)
def test_every_problem_of_the_server_can_be_told(code):
    texts = {problem_text(language, code, "7") for language in LANGUAGES}
    assert len(texts) == len(LANGUAGES)
    assert not any("{" in text for text in texts)


def test_every_word_is_said_somewhere():
    folder = Path(words.__file__).parent
    sources = [*folder.glob("static/*.js"), *folder.glob("templates/*"), folder / "problems.py"]
    said = " ".join(source.read_text(encoding="utf-8") for source in sources)
    assert [name for name in WORDS["en"] if not re.search(rf'["._]{name.removeprefix("problem_")}\b', said)] == []
