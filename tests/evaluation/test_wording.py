import pytest

from copyart.evaluation.bootstrap import Estimate
from copyart.evaluation.wording import GROUPS, WORDINGS, wording, written, written_interval, written_share


def test_every_figure_that_is_shown_has_words():
    assert {name for _, names, _ in GROUPS for name in names} == set(WORDINGS)


def test_a_level_is_named_by_its_size():
    assert wording("swd_64").title == "SWD at 64 px"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("kid", -1.26, "−1.3"),
        ("structure", 0.456, "0.46"),
        ("checkerboard", 12.34, "12.3 dB"),
        ("copies", 0.123, "12.3%"),
    ],
)
def test_numbers_are_written_in_the_unit_of_their_figure(name, value, text):
    assert written(name, value) == text


def test_an_interval_is_written_without_the_unit_of_its_figure():
    assert written_interval("checkerboard", Estimate(12, 11, 13)) == "11.0 … 13.0"


def test_what_is_certain_has_no_interval():
    assert written_interval("kid", Estimate(1, 1, 1)) == ""


def test_a_share_is_written_in_percent():
    assert written_share(Estimate(-0.05, -0.2, 0.6)) == ("−5%", "−20% … 60%")
