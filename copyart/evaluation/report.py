"""The page of an evaluation, with its figures and its contact sheet beside it: nothing to load from elsewhere."""

import base64
import html
import io
from pathlib import Path

from copyart.data.images import save_image
from copyart.data.whole_files import write_whole
from copyart.errors import ConfigError
from copyart.evaluation.contact_sheet import contact_sheet
from copyart.evaluation.wording import GROUPS, wording, written, written_interval, written_share

FIGURES, SHEET, PAGE = "figures.json", "contact_sheet.jpg", "report.html"
#: Of the scale of a distance, in pixels.
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
{faults}
{tables}
<p>Small numbers are 95 % intervals. <em>Photos</em>: the same figure for doing nothing. <em>Real paintings</em>: the
same figure for other paintings of the artist.</p>
{notes}
<h2>Photos and paintings</h2>
<img alt="Photos, each beside its painting" src="data:image/jpeg;base64,{sheet}">
</html>
"""


def write_report(evaluation, folder):
    """Write the files of an evaluation.

    Args:
        evaluation: A `copyart.evaluation.Evaluation`.
        folder: Path of the folder; made where it is missing.

    Returns:
        The path of the page.

    Raises:
        ConfigError: if the folder cannot be written.
    """
    folder, sheet = Path(folder), io.BytesIO()
    save_image(contact_sheet(evaluation.pairs), sheet, "jpeg", quality=85)
    _write(folder / FIGURES, evaluation.to_json().encode())
    _write(folder / SHEET, sheet.getvalue())
    _write(folder / PAGE, _page(evaluation, sheet.getvalue()).encode())
    return folder / PAGE


def _write(path, content):
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise ConfigError(
            f"an evaluation must go to a folder that can be written. Received: {str(path.parent)!r} "
            f"({error.strerror or error}). Name another with --out, or free some space."
        ) from error


def _page(evaluation, sheet):
    return _TEMPLATE.format(
        style=html.escape(evaluation.style),
        summary=html.escape(summary(evaluation)),
        faults=_faults(evaluation),
        tables="".join(_table(evaluation, *group) for group in GROUPS),
        notes="".join(f"<p>{html.escape(note)}</p>\n" for note in evaluation.notes),
        sheet=base64.b64encode(sheet).decode(),
    )


def summary(evaluation):
    """Say in a sentence what was compared with what."""
    counts = evaluation.counts
    seen = f"features of {evaluation.features}" if evaluation.features else "no features"
    return (
        f"{counts['photos']} photos and their paintings, measured by {counts['art']} paintings of the artist, beside "
        f"{counts['real']} others; {evaluation.image_size} pixels a side, {seen}."
    )


def _faults(evaluation):
    if not evaluation.faults:
        return '<p class="good">No fault found.</p>'
    return "".join(f'<p class="fault">{html.escape(fault.message)}{_which(fault)}</p>\n' for fault in evaluation.faults)


def _which(fault):
    if not fault.photos:
        return ""
    shown = ", ".join(fault.photos[:12]) + (" …" if len(fault.photos) > 12 else "")
    return f"<small>{html.escape(shown)}</small>"


def _table(evaluation, heading, names, real):
    figures = evaluation.figures
    levels = [name for name in figures if name.startswith("swd_")] if "swd" in names else []
    shown = [name for name in [*names, *levels] if name in figures]
    share = "Share of the way" if "swd" in names else ""
    columns = "".join(f'<th scope="col">{title}</th>' for title in ("", "Paintings", "Photos", real, share))
    rows = "".join(_row(name, figures[name]) for name in shown)
    return f'<h2>{heading}</h2>\n<div class="wide"><table><tr>{columns}</tr>\n{rows}</table></div>\n'


def _row(name, figure):
    words = wording(name)
    cells = "".join(_cell(name, part) for part in (figure, figure.nothing, figure.real))
    return (
        f'<tr><th scope="row">{words.title}<small>{words.meaning}</small></th>{cells}'
        f"<td>{_share(figure.share_of_the_way)}</td></tr>\n"
    )


def _cell(name, estimate):
    if estimate is None:
        return "<td>–</td>"
    return f"<td>{written(name, estimate.value)}<small>{written_interval(name, estimate)}</small></td>"


def _share(share):
    if share is None:
        return ""
    value, interval = written_share(share)
    return f"{value} {_scale(share)}<small>{interval}</small>"


def _scale(share):
    """Draw how far on the way from photos, left, to real paintings, right."""
    low, middle, high = (8 + (_WIDTH - 16) * min(max(part, 0), 1) for part in (share.low, share.value, share.high))
    y = _HEIGHT / 2
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-hidden="true">'
        f'<path d="M8 {y}H{_WIDTH - 8}M8 {y - 5}v10M{_WIDTH - 8} {y - 5}v10" stroke="currentColor" opacity=".4"/>'
        f'<path d="M{low:.1f} {y}H{high:.1f}" stroke="#2f6db3" stroke-width="5" opacity=".5"/>'
        f'<circle cx="{middle:.1f}" cy="{y}" r="5" fill="#2f6db3"/></svg>'
    )
