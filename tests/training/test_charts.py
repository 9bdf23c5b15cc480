"""Charts place points by their values, and omit empty curves."""

import re

from copyart.training.charts import draw_chart


def points(svg):
    return [tuple(map(float, point.split(","))) for point in re.search(r'points="([^"]*)"', svg)[1].split()]


def test_without_points_there_is_no_chart():
    assert draw_chart("Figures", {"kid": []}) == ""


def test_a_curve_without_points_is_left_out_of_the_legend():
    assert "swd" not in draw_chart("Figures", {"kid": [(1, 2.0)], "swd": []})


def test_a_level_above_the_curve_lies_above_it_and_is_named():
    svg = draw_chart("Closeness", {"kid": [(1, 60.0), (2, 40.0)]}, level=("doing nothing", 80.0))
    level = float(re.search(r"M44 (\S+)H452\" stroke=\"currentColor\" stroke-dasharray", svg)[1])
    assert [y > level for _, y in points(svg)] == [True, True]  # y counts downwards
    assert "doing nothing 80.000" in svg


def test_the_mark_stands_at_its_epoch():
    svg = draw_chart("Closeness", {"kid": [(1, 3.0), (2, 1.0), (3, 2.0)]}, mark=("best", 2))
    assert f'd="M{points(svg)[1][0]} ' in svg
    assert ">best</text>" in svg


def test_values_below_zero_stay_inside():
    svg = draw_chart("Colour", {"colour": [(1, -0.5), (2, 0.5)]})
    below, above = points(svg)
    assert below[1] == 204
    assert above[1] == 8
    assert ">-0.50</text>" in svg
