import pytest

from copyart.evaluation.bootstrap import Estimate
from copyart.evaluation.figures import Evaluation, Figure
from copyart.evaluation.wording import (
    GROUPS,
    WORDINGS,
    figure_rows,
    figure_title,
    format_gap,
    format_interval,
    format_number,
    headline,
    wording,
)


def test_every_figure_that_is_shown_has_words():
    assert {name for group in GROUPS for name in group.names} == set(WORDINGS)


def test_a_level_is_named_by_its_size():
    assert wording("swd_64").title == "SWD at 64 px"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("kid", -1.26, "−1.3"),
        ("kid", -1678.8, "−1,679"),
        ("structure", 0.456, "0.46"),
        ("checkerboard", 12.34, "12.3 dB"),
        ("copies", 0.123, "12.3%"),
    ],
)
def test_numbers_are_written_in_the_unit_of_their_figure(name, value, text):
    assert format_number(name, value) == text


def test_an_interval_is_written_without_the_unit_of_its_figure():
    assert format_interval("checkerboard", Estimate(12, 11, 13)) == "11.0 … 13.0"


def test_what_is_certain_has_no_interval():
    assert format_interval("kid", Estimate(1, 1, 1)) == ""


def judged(**figures):
    return Evaluation("Monet", "Claude Monet", 64, ("SqueezeNet", "EfficientNet-lite0"), {"photos": 9}, figures)


def test_each_judge_has_a_row_and_the_worse_stands_first():
    good, poor = (Figure(value, value, value, judge=judge) for value, judge in ((1, "SqueezeNet"), (2, "EfficientNet")))
    evaluation = judged(kid=poor, kid_squeezenet=good, kid_efficientnet=poor, structure=good)
    assert figure_rows(evaluation, GROUPS[0]) == [("kid", poor), ("kid", good)]
    assert figure_title("kid", poor) == "KID × 1000, EfficientNet"


def test_the_headline_gives_the_worse_judge_and_the_attribution():
    estimate = Estimate(0.6, 0.5, 0.7)
    kid = Figure(40, 35, 45, estimate, estimate, estimate, "SqueezeNet")
    attribution = Figure(0.75, 0.7, 0.8, Estimate(0.2, 0.1, 0.3), Estimate(0.78, 0.7, 0.9))
    assert headline(judged(kid=kid, attribution=attribution)) == (
        "60% (50% … 70%) of the KID gap closed by SqueezeNet, the worse judge; "
        "75% attributed to Claude Monet (photos 20%, real paintings 78%)."
    )
    assert headline(judged(structure=kid)) is None


def test_a_gap_is_written_in_percent():
    assert format_gap(Estimate(-0.05, -0.2, 0.6)) == ("−5%", "−20% … 60%")
