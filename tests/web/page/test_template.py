"""Scripts and template name the same elements: the type check of the scripts does not know the template."""

import re
from pathlib import Path

import pytest

from copyart.web.page import rendering

WEB = Path(rendering.__file__).parent.parent
IDS = set(re.findall(r'\bid="([\w-]+)"', "".join(path.read_text() for path in (WEB / "templates").glob("*.html"))))
SCRIPTS = sorted(path.name for path in (WEB / "static").glob("*.js"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_element_that_a_script_asks_for_is_in_the_template(script):
    text = (WEB / "static" / script).read_text(encoding="utf-8")
    asked = re.findall(r'(?:\$|getElementById)\("([\w-]+)"\)', text)
    assert [name for name in asked if name not in IDS] == []


def test_the_scripts_ask_for_many_elements():
    asked = {
        name for script in SCRIPTS for name in re.findall(r'\$\("([\w-]+)"\)', (WEB / "static" / script).read_text())
    }
    assert len(asked & IDS) > 20
