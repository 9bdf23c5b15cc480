"""Draw curves over epochs as inline SVG for the training report."""

import math
from dataclasses import dataclass

_COLOURS = ("#2f6db3", "#d1662b", "#3f8f4f", "#a8479a")
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 460, 220, 44, 8, 24


@dataclass(frozen=True)
class _ChartCoordinates:
    """Maps epochs and values to SVG coordinates."""

    first: float
    last: float
    low: float
    high: float

    def x(self, epoch: float) -> float:
        return _LEFT + (epoch - self.first) / max(self.last - self.first, 1) * (_WIDTH - _LEFT - 8)

    def y(self, value: float) -> float:
        return (_HEIGHT - _BOTTOM) * (1 - (value - self.low) / (self.high - self.low)) + _TOP


def draw_chart(
    heading: str,
    series: dict[str, list[tuple[float, float]]],
    level: tuple[str, float] | None = None,
    mark: tuple[str, float] | None = None,
) -> str:
    """Draw curves over epochs as SVG.

    Args:
        heading: Title of the chart.
        series: Name of a curve → its points, (epoch, value). Curves without points are omitted.
        level: Name and value of a dashed horizontal line. Defaults to None.
        mark: Name and epoch of a dashed vertical line. Defaults to None.

    Returns:
        A `<figure>` element, or an empty string if there is nothing to draw.
    """
    series = {name: points for name, points in series.items() if points}
    if not series:
        return ""
    coordinates = _fit_coordinates([point for points in series.values() for point in points], level)
    curves = "".join(
        _curve(coordinates, name, colour, points) + _legend(number, f"{name} {points[-1][1]:.3f}", f"fill:{colour}")
        for number, ((name, points), colour) in enumerate(zip(series.items(), _COLOURS, strict=False))
    )
    if level:
        curves += _dashed_line(f"M{_LEFT} {coordinates.y(level[1]):.1f}H{_WIDTH - 8}")
        curves += _legend(len(series), f"- - {level[0]} {level[1]:.3f}")
    if mark:
        curves += _vertical_line(coordinates, *mark)
    height = _HEIGHT + 28 + 16 * math.ceil((len(series) + bool(level)) / 2)
    return (
        f'<figure><figcaption>{heading}</figcaption><svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" role="img">'
        f"<title>{heading}</title>{_axes(coordinates)}{curves}</svg></figure>\n"
    )


def _fit_coordinates(points: list[tuple[float, float]], level: tuple[str, float] | None) -> _ChartCoordinates:
    values = [value for _, value in points] + ([level[1]] if level else [])
    low, high = min(0.0, *values), max(0.0, *values)
    return _ChartCoordinates(min(points)[0], max(points)[0], low, high if high > low else 1.0)


def _curve(coordinates: _ChartCoordinates, name: str, colour: str, points: list[tuple[float, float]]) -> str:
    title = f"<title>{name}: {points[-1][1]:.4f}</title>"
    places = [f"{coordinates.x(epoch):.1f},{coordinates.y(value):.1f}" for epoch, value in points]
    if len(places) == 1:
        x, y = places[0].split(",")
        return f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}">{title}</circle>'
    return f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="1.8">{title}</polyline>'


def _dashed_line(path: str) -> str:
    return f'<path d="{path}" stroke="currentColor" stroke-dasharray="5 4" opacity=".6"/>'


def _vertical_line(coordinates: _ChartCoordinates, name: str, epoch: float) -> str:
    x = coordinates.x(epoch)
    side, anchor = (-4, "end") if x > _WIDTH / 2 else (4, "start")
    bottom = _HEIGHT - _BOTTOM + _TOP
    words = f'<text x="{x + side:.1f}" y="{bottom - 6}" text-anchor="{anchor}">{name}</text>'
    return _dashed_line(f"M{x:.1f} {_TOP}V{bottom}") + words


def _legend(number: int, words: str, style: str | None = None) -> str:
    x, y = _LEFT + 6 + 200 * (number % 2), _HEIGHT + 22 + 16 * (number // 2)
    style = f' style="{style}"' if style else ""
    return f'<text x="{x}" y="{y}"{style}>{words}</text>'


def _axes(coordinates: _ChartCoordinates) -> str:
    ticks = ""
    for part in (0, 0.5, 1):
        value = coordinates.low + (coordinates.high - coordinates.low) * part
        y = coordinates.y(value)
        ticks += f'<text x="{_LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{value:.2f}</text>'
        ticks += f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - 8}" stroke="currentColor" opacity=".15"/>'
    below = _HEIGHT - _BOTTOM + _TOP + 16
    ends = f'<text x="{_LEFT}" y="{below}">epoch {coordinates.first:.0f}</text>'
    if coordinates.last > coordinates.first:
        ends += f'<text x="{_WIDTH - 8}" y="{below}" text-anchor="end">{coordinates.last:.0f}</text>'
    return ticks + ends
