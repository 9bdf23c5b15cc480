"""Write the files of an evaluation: figures, contact sheet, and a self-contained HTML page."""

import base64
import html
import os
from pathlib import Path
from typing import Any, cast

import numpy as np

from copyart.data.atomic_files import write_atomically
from copyart.data.images import encode_image
from copyart.errors import ConfigError, one_line
from copyart.evaluation.contact_sheet import contact_sheet
from copyart.evaluation.figures import Estimate, Evaluation, Fault, Figure
from copyart.evaluation.wording import (
    GROUPS,
    figure_rows,
    figure_title,
    format_gap,
    format_interval,
    format_number,
    headline,
    swd_levels,
    wording,
)

FIGURES, SHEET, PAGE = "figures.json", "contact_sheet.jpg", "report.html"
#: Size in pixels of the drawing of the gap closed.
_WIDTH, _HEIGHT = 180, 22

_TEMPLATE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{style}: evaluation</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100%; min-width: 44rem; table-layout: fixed }} .wide {{ overflow-x: auto }}
th:first-child {{ width: 30% }} th:last-child {{ width: 27% }}
th, td {{ text-align: left; padding: .35rem .8rem .35rem 0; vertical-align: top; border-bottom: 1px solid #8884 }}
th {{ font-weight: 600 }}
td {{ font-variant-numeric: tabular-nums; white-space: nowrap }}
small {{ display: block; font-weight: 400; opacity: .75 }} td svg {{ vertical-align: middle }}
.fault {{ border-left: 4px solid #c0392b; padding: .1rem .8rem; margin: .5rem 0 }}
.good {{ border-left: 4px solid #3f8f4f; padding: .1rem .8rem }}
img {{ max-width: 100%; height: auto }}
</style>
<h1>{style}</h1>
<p>{summary}</p>
{sections}
<p>Small numbers are 95 % intervals. <em>Photos</em>: the same figure of the untouched photos, the identity baseline.
<em>Real paintings</em>: the same figure of other paintings by the artist.</p>
</html>
"""

_SECTION = """<h2>{title}</h2>
{headline}{faults}
{tables}
{notes}
<img alt="{title}, each beside its painting" src="data:image/jpeg;base64,{sheet}">
"""


def write_report(evaluation: Evaluation, folder: str | os.PathLike) -> Path:
    """Write the files of an evaluation.

    Args:
        folder: Path of the folder, created if missing.

    Returns:
        The path of the page.

    Raises:
        ConfigError: if the folder cannot be written.
    """
    folder = Path(folder)
    parts = {"Photos": evaluation} | ({"People": evaluation.people} if evaluation.people else {})
    _write_file(folder / FIGURES, evaluation.to_json().encode())
    pairs = [cast(np.ndarray, part.pairs) for part in parts.values()]
    _write_file(folder / SHEET, encode_image(contact_sheet(*pairs), "JPEG", 85))
    _write_file(folder / PAGE, _report_page(evaluation, parts).encode())
    return folder / PAGE


def _write_file(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise ConfigError(
            f"the folder of an evaluation must be writable. Received: {str(path.parent)!r} "
            f"({one_line(error)}). Choose another with --out, or free some space."
        ) from error


def _report_page(evaluation: Evaluation, parts: Any) -> str:
    return _TEMPLATE.format(
        style=html.escape(evaluation.style),
        summary=html.escape(summary(evaluation)),
        sections="".join(_figures_section(title, part) for title, part in parts.items()),
    )


def _figures_section(title: str, part: Evaluation) -> str:
    said = headline(part)
    return _SECTION.format(
        title=title,
        headline=f"<p><strong>{html.escape(said)}</strong></p>\n" if said else "",
        faults=_fault_paragraphs(part),
        tables="".join(_figure_table(part, group) for group in GROUPS),
        notes="".join(f"<p>{html.escape(note)}</p>\n" for note in part.notes),
        sheet=base64.b64encode(encode_image(contact_sheet(cast(np.ndarray, part.pairs)), "JPEG", 85)).decode(),
    )


def summary(evaluation: Evaluation) -> str:
    """Return a sentence about the pictures and judges of an evaluation."""
    counts = evaluation.counts
    people = f", {evaluation.people.counts['photos']} of people" if evaluation.people else ""
    measure = (
        f", measured from {counts['art']} held-out paintings by the artist, compared with {counts['real']} others"
        if "art" in counts
        else ""
    )
    judges = f"judges: {' and '.join(evaluation.features)}" if evaluation.features and measure else "no KID"
    pictures = f"{counts['photos']} photos{people} and their paintings{measure}"
    return f"{pictures}; {evaluation.image_size} pixels a side; {judges}."


def _fault_paragraphs(evaluation: Evaluation) -> str:
    if not evaluation.faults:
        return '<p class="good">No fault found.</p>'
    return "".join(
        f'<p class="fault">{html.escape(fault.message)}{_photos_with_fault(fault)}</p>\n' for fault in evaluation.faults
    )


def _photos_with_fault(fault: Fault) -> str:
    if not fault.photos:
        return ""
    shown = ", ".join(fault.photos[:12]) + (" …" if len(fault.photos) > 12 else "")
    return f"<small>{html.escape(shown)}</small>"


def _figure_table(evaluation: Evaluation, group: Any) -> str:
    shown = [*figure_rows(evaluation, group), *swd_levels(evaluation, group)]
    if not shown:
        return ""
    gap = "Gap closed" if "kid" in group.names else ""
    columns = "".join(f'<th scope="col">{name}</th>' for name in ("", "Paintings", "Photos", group.real, gap))
    body = "".join(_figure_row(name, figure) for name, figure in shown)
    return f'<h3>{group.heading}</h3>\n<div class="wide"><table><tr>{columns}</tr>\n{body}</table></div>\n'


def _figure_row(name: str, figure: Figure) -> str:
    cells = "".join(_estimate_cell(name, part) for part in (figure, figure.photos, figure.real))
    return (
        f'<tr><th scope="row">{figure_title(name, figure)}<small>{wording(name).meaning}</small></th>{cells}'
        f"<td>{_gap_cell(figure.gap_closed)}</td></tr>\n"
    )


def _estimate_cell(name: str, estimate: Estimate | Figure | None) -> str:
    if estimate is None:
        return "<td>–</td>"
    return f"<td>{format_number(name, estimate.value)}<small>{format_interval(name, estimate)}</small></td>"


def _gap_cell(closed: Estimate | None) -> str:
    if closed is None:
        return ""
    value, interval = format_gap(closed)
    return f"{value} {_draw_gap_scale(closed)}<small>{interval}</small>"


def _draw_gap_scale(closed: Estimate) -> str:
    """Draw the gap closed on a line from photos (left) to real paintings (right)."""
    low, middle, high = (8 + (_WIDTH - 16) * min(max(part, 0), 1) for part in (closed.low, closed.value, closed.high))
    y = _HEIGHT / 2
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-hidden="true">'
        f'<path d="M8 {y}H{_WIDTH - 8}M8 {y - 5}v10M{_WIDTH - 8} {y - 5}v10" stroke="currentColor" opacity=".4"/>'
        f'<path d="M{low:.1f} {y}H{high:.1f}" stroke="#2f6db3" stroke-width="5" opacity=".5"/>'
        f'<circle cx="{middle:.1f}" cy="{y}" r="5" fill="#2f6db3"/></svg>'
    )
