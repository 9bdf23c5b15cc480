"""Any exception can be described on one line."""

import pytest

from copyart.errors import one_line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (ValueError("first\n  second."), "first second"),
        (KeyError(), "KeyError"),
        (RuntimeError("x" * 500), "x" * 160),
    ],
)
def test_one_line_says_what_an_error_says(error, line):
    assert one_line(error) == line
