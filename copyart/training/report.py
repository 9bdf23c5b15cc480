"""Write `report.html` of a run: a self-contained page with loss curves and sample grids."""

import base64
import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from copyart.data.images import encode_image, read_image
from copyart.errors import ImageError, WorkdirError
from copyart.training.best_style import describe_faults, describe_kid, read_best
from copyart.training.charts import draw_chart
from copyart.training.evaluation_set import Figures
from copyart.training.history import read_history
from copyart.training.workdir import Workdir, write_text

_CHARTS = (
    ("Adversarial terms of the generators", ("art_adversarial", "photo_adversarial")),
    ("Discriminators", ("art_discriminator", "photo_discriminator")),
    ("Cycle", ("photo_cycle", "art_cycle", "val_photo_cycle", "val_art_cycle")),
    ("Identity", ("art_identity", "photo_identity")),
    ("Checkerboard", ("art_checkerboard", "photo_checkerboard")),
)
#: Charts of figures: each has a heading and the names of its curves. The photos' own content preservation is 1.
_FIGURES = (
    ("Reduction of the KID from that of the untouched photos, by the worse judge", ("distance_reduction",)),
    ("KID × 1000: less is closer to the artist", ("kid",)),
    ("Content preservation: 1 is all, below 0 inverts", ("structure", "colour", "brightness")),
    ("Checkerboard, dB", ("checkerboard",)),
)
#: Maximum number of sample grids on the page: the first, the last, and some in between.
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
{figures}<h2>Losses, mean of each epoch</h2>
<div class="charts">{charts}</div>
<h2>Held-out pictures</h2>
<p>Each row: a photo, its painting, and a photo made from that; a painting, a photo made from it, and a painting made
from that.</p>
{grids}
</html>
"""


def write_report(workdir: Workdir, title: str, summary: str) -> None:
    """Write `report.html` of a run.

    Args:
        title: Name of the artist.
        summary: A sentence about the progress.
    """
    rows = read_history(workdir.history)
    charts = "".join(draw_chart(heading, _curves_of_columns(names, rows)) for heading, names in _CHARTS)
    sheets = sorted(filter(Path.is_file, workdir.samples.glob("*.png")), key=lambda path: path.stat().st_mtime)
    grids = "".join(_sample_grid_html(path) for path in _evenly_spaced_grids(sheets))
    page = _PAGE.format(
        title=html.escape(title),
        summary=html.escape(summary),
        figures=_figures_section(workdir),
        charts=charts or "<p>The first epoch is not over yet.</p>",
        grids=grids or "<p>None yet.</p>",
    )
    write_text(workdir.report, page)


def _curves_of_columns(names: Iterable[str], rows: list[Figures]) -> dict[str, list[tuple[float, float]]]:
    return {name: [(row["epoch"], row[name]) for row in rows if name in row] for name in names}


def _figures_section(workdir: Workdir) -> str:
    """Return the evaluations as HTML, or an empty string if there are none or they cannot be read."""
    try:
        baseline, *rows = read_history(workdir.figures)
    except (WorkdirError, ValueError):
        return ""
    best = read_best(workdir.best, baseline.get("evaluation_set"))
    mark = ("best", best["epoch"]) if best else None
    charts = ""
    for heading, names in _FIGURES:
        level = ("the untouched photos", baseline[names[0]]) if len(names) == 1 and names[0] in baseline else None
        charts += draw_chart(heading, _curves_of_columns(names, rows), level, mark)
    words = html.escape(_best_style_sentence(best, rows, baseline))
    return f'<h2>Figures of the paintings</h2>\n<p>{words}</p>\n<div class="charts">{charts}</div>\n'


def _best_style_sentence(best: dict[str, Any] | None, rows: list[Figures], baseline: Figures) -> str:
    by = _picture_counts_sentence(baseline)
    if best is None:
        latest = ", ".join(describe_faults(rows[-1], baseline)) if rows else ""
        return f"No style has been good enough to be kept in best/ yet{latest and f': {latest}'}. {by}"
    return (
        f"The best style so far is that of step {best['step']:,}, epoch {best['epoch']:.2f}: "
        f"{describe_kid(best, baseline)}. It is kept in best/. {by}"
    )


def _picture_counts_sentence(row: Figures) -> str:
    counts = {name: row.get(name, 0) for name in ("photos", "held_out_art", "training_art")}
    training_art = ", and {training_art} training paintings".format(**counts) if counts["training_art"] else ""
    return "Evaluated with {photos} photos and {held_out_art} paintings that the run was not trained on{0}.".format(
        training_art, **counts
    )


def _evenly_spaced_grids(paths: list[Path]) -> list[Path]:
    """Return at most six of the grids, evenly spaced over the run, the latest first."""
    if len(paths) <= _GRIDS:
        return paths[::-1]
    places = {round(place * (len(paths) - 1) / (_GRIDS - 1)) for place in range(_GRIDS)}
    return [paths[place] for place in sorted(places, reverse=True)]


def _sample_grid_html(path: Path) -> str:
    """Return a sample grid as HTML. If the file cannot be read, return an empty string, so that the run goes on."""
    try:
        data = base64.b64encode(encode_image(read_image(path), "JPEG", 88)).decode()
    except ImageError:
        return ""
    name = html.escape(path.stem)
    return f'<figure><figcaption>{name}</figcaption><img alt="{name}" src="data:image/jpeg;base64,{data}"></figure>\n'
