"""One page to look at a run: curves and sample grids, with nothing to load from elsewhere."""

import base64
import html
import io
import math
from pathlib import Path

from copyart.data.images import flatten, read_image
from copyart.errors import ImageError
from copyart.training.watch import read_history
from copyart.training.workdir import write_text

_COLOURS = ("#2f6db3", "#d1662b", "#3f8f4f", "#a8479a")
_CHARTS = (
    ("Adversarial terms of the generators", ("art_adversarial", "photo_adversarial")),
    ("Discriminators", ("art_discriminator", "photo_discriminator")),
    ("Cycle", ("photo_cycle", "art_cycle", "val_photo_cycle", "val_art_cycle")),
    ("Identity", ("art_identity", "photo_identity")),
)
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 460, 220, 44, 24
#: Grids shown: the first, the last, and some between.
_GRIDS = 6

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }}
figure {{ margin: 0 0 2rem }} figcaption {{ font-weight: 600; margin-bottom: .4rem }}
img {{ max-width: 100%; height: auto }} svg {{ max-width: 100% }}
svg text {{ font: 11px system-ui; fill: currentColor }}
.charts {{ display: flex; flex-wrap: wrap; gap: 1rem 2rem }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
<h2>Losses, mean of each epoch</h2>
<div class="charts">{charts}</div>
<h2>Held-out pictures</h2>
<p>Each row: photo, painted, and back to a photo; art, unpainted, and back to art.</p>
{grids}
</html>
"""


def write_report(workdir, title, summary):
    """Write `report.html` of a run.

    Args:
        workdir: The run's `Workdir`.
        title: What is trained.
        summary: A sentence on how far it is.
    """
    rows = read_history(workdir.history)
    charts = "".join(_chart(heading, names, rows) for heading, names in _CHARTS)
    sheets = sorted(filter(Path.is_file, workdir.samples.glob("*.png")), key=_made)
    grids = "".join(_figure(path) for path in _some(sheets))
    page = _PAGE.format(
        title=html.escape(title),
        summary=html.escape(summary),
        charts=charts or "<p>The first epoch is not over yet.</p>",
        grids=grids or "<p>None yet.</p>",
    )
    write_text(workdir.report, page)


def _made(path):
    return path.stat().st_mtime


def _some(paths):
    """Return the latest grid first, and a few others spread over the run."""
    if len(paths) <= _GRIDS:
        return paths[::-1]
    places = {round(place * (len(paths) - 1) / (_GRIDS - 1)) for place in range(_GRIDS)}
    return [paths[place] for place in sorted(places, reverse=True)]


def _figure(path):
    """Return a grid as HTML; nothing where the file cannot be read: the run matters more than its page."""
    picture = io.BytesIO()
    try:
        flatten(read_image(path)).save(picture, "JPEG", quality=88)
    except ImageError:
        return ""
    data = base64.b64encode(picture.getvalue()).decode()
    name = html.escape(path.stem)
    return f'<figure><figcaption>{name}</figcaption><img alt="{name}" src="data:image/jpeg;base64,{data}"></figure>\n'


def _chart(heading, names, rows):
    series = {name: [(row["epoch"], row[name]) for row in rows if name in row] for name in names}
    series = {name: points for name, points in series.items() if points}
    if not series:
        return ""
    everything = [point for points in series.values() for point in points]
    top = max(value for _, value in everything) or 1.0
    first, last = min(everything)[0], max(everything)[0]

    def place(epoch, value):
        x = _LEFT + (epoch - first) / max(last - first, 1) * (_WIDTH - _LEFT - 8)
        return f"{x:.1f},{(_HEIGHT - _BOTTOM) * (1 - value / top) + 8:.1f}"

    curves = ""
    for number, ((name, points), colour) in enumerate(zip(series.items(), _COLOURS, strict=False)):
        latest = points[-1][1]
        curves += _line(name, colour, [place(*point) for point in points], latest)
        curves += _legend(number, name, colour, latest)
    height = _HEIGHT + 28 + 16 * math.ceil(len(series) / 2)
    return (
        f'<figure><figcaption>{heading}</figcaption><svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" role="img">'
        f"<title>{heading}</title>{_axes(first, last, top)}{curves}</svg></figure>\n"
    )


def _line(name, colour, points, latest):
    title = f"<title>{name}: {latest:.4f}</title>"
    if len(points) == 1:
        x, y = points[0].split(",")
        return f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}">{title}</circle>'
    path = " ".join(points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8">{title}</polyline>'


def _legend(number, name, colour, latest):
    x, y = _LEFT + 6 + 200 * (number % 2), _HEIGHT + 22 + 16 * (number // 2)
    return f'<text x="{x}" y="{y}" style="fill:{colour}">{name} {latest:.3f}</text>'


def _axes(first, last, top):
    bottom = _HEIGHT - _BOTTOM + 8
    ticks = "".join(
        f'<text x="{_LEFT - 6}" y="{bottom - (bottom - 8) * part + 4:.0f}" text-anchor="end">{top * part:.2f}</text>'
        f'<path d="M{_LEFT} {bottom - (bottom - 8) * part:.1f}H{_WIDTH - 8}" stroke="currentColor" opacity=".15"/>'
        for part in (0, 0.5, 1)
    )
    ends = f'<text x="{_LEFT}" y="{bottom + 16}">epoch {first:.0f}</text>'
    if last > first:
        ends += f'<text x="{_WIDTH - 8}" y="{bottom + 16}" text-anchor="end">{last:.0f}</text>'
    return ticks + ends
