"""Read code blocks and links from the documentation, for the tests."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
README, FRENCH, CHANGELOG = ROOT / "README.md", ROOT / "README.fr.md", ROOT / "CHANGELOG.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_INLINE = re.compile(r"(?<!`)`(copyart [^`]+)`(?!`)")


def blocks(page, language=None):
    """Return (language, code) of the fenced blocks of a page."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [block for block in found if language in (None, block[0])]


def commands(page):
    """Return the arguments of every `copyart …` in the shell blocks of a page, without what it is piped into."""
    lines = [line for _, code in blocks(page, "sh") for line in code.replace("\\\n", " ").splitlines()]
    return [words for line in lines for words in _commands_in(line)]


def _commands_in(line):
    found, words = [], None
    for word in [*shlex.shlex(line, posix=True, punctuation_chars="|;&<>")]:
        if set(word) <= set("|;&<>"):
            words = None
        elif words is not None:
            words.append(word)
        elif word == "copyart":
            words = []
            found.append(words)
        else:
            words = None if found else words
    return found


def inline_commands(page):
    """Return the first word after `copyart` of every command named in running text."""
    return [text.split()[1] for text in _INLINE.findall(page.read_text(encoding="utf-8"))]


def links(page):
    """Return the relative links of a page, without what follows a #."""
    found = _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))
    return [link.partition("#")[0] for link in found if "://" not in link and not link.startswith("#")]
