"""Titles, formats and meanings of the figures, for the HTML page and the terminal."""

from typing import NamedTuple

from copyart.evaluation.bootstrap import Estimate
from copyart.evaluation.figures import Evaluation, Figure


class FigureTable(NamedTuple):
    """The figures in one table.

    Args:
        heading: Heading of the table.
        names: Names of the figures in the table.
        real: Heading of the column with `Figure.real`.
    """

    heading: str
    names: tuple[str, ...]
    real: str


GROUPS = (
    FigureTable("Closeness to the artist", ("attribution", "attribution_top5", "kid", "fid", "swd"), "Real paintings"),
    FigureTable("Content preservation", ("structure", "edges", "colour", "brightness"), "Unrelated pictures"),
    FigureTable("Faults", ("checkerboard", "saturation", "copies"), "Real paintings"),
)
#: Figures with a row for each judge, the worst judge first.
_BY_JUDGE = ("kid", "fid")


class Wording(NamedTuple):
    """Title, format and meaning of a figure.

    Args:
        title: Title of the figure's row.
        form: Format string for the figure's value.
        meaning: Meaning of the figure, in one sentence.
    """

    title: str
    form: str
    meaning: str


WORDINGS = {
    "attribution": Wording("Attribution", "{:.0%}", "Share that a classifier attributes to the artist."),
    "attribution_top5": Wording(
        "Attribution, top 5", "{:.0%}", "Share for which the artist is among the five likeliest."
    ),
    "kid": Wording("KID × 1000", "{:.1f}", "Distance in a network's features; 0 means like the artist."),
    "fid": Wording("FID", "{:.1f}", "Distance in the same features by another formula; larger for fewer pictures."),
    "swd": Wording("SWD × 1000", "{:.1f}", "Distance in brushwork: small patches at all levels of detail."),
    "structure": Wording("Structure", "{:.2f}", "Multi-scale SSIM with the photo: 1 is the same, 0 unrelated."),
    "edges": Wording("Edges", "{:.2f}", "Correlation with the photo's edges: 1 is the same, 0 unrelated."),
    "colour": Wording("Colour", "{:.2f}", "Correlation with the photo's colours; negative if inverted."),
    "brightness": Wording("Brightness", "{:.2f}", "Correlation with the photo's brightness; negative if inverted."),
    "checkerboard": Wording("Checkerboard", "{:.1f} dB", "Strength of 2- and 4-pixel patterns; 0 to 4 means none."),
    "saturation": Wording("Clipped pixels", "{:.1%}", "Share of pixels with a channel at 0 or 255."),
    "copies": Wording("Near-copies", "{:.1%}", "Share of paintings that repeat a painting by the artist."),
}


def figure_rows(evaluation: Evaluation, group: FigureTable) -> list[tuple[str, Figure]]:
    """Return the names and figures of a group's rows. KID and FID have a row for each judge, the worst judge first."""
    figures, found = evaluation.figures, []
    for name in (name for name in group.names if name in figures):
        found.append((name, figures[name]))
        if name in _BY_JUDGE:
            every = (figure for other, figure in figures.items() if other.startswith(f"{name}_"))
            found += [(name, figure) for figure in every if figure != figures[name]]
    return found


def swd_levels(evaluation: Evaluation, group: FigureTable) -> list[tuple[str, Figure]]:
    """Return the names and figures of SWD at each level of detail, or an empty list if SWD is not in the group."""
    shown = evaluation.figures.items() if "swd" in group.names else ()
    return [(name, figure) for name, figure in shown if name.startswith("swd_")]


def wording(name: str) -> Wording:
    """Return the title, the format and the meaning of a figure. SWD's levels are named after their size in pixels."""
    if name in WORDINGS:
        return WORDINGS[name]
    side = name.rpartition("_")[2]
    return Wording(f"SWD at {side} px", "{:.1f}", f"Distance in brushwork at {side} pixels a side.")


def figure_title(name: str, figure: Figure) -> str:
    """Return the title of a figure, with the name of its judge if it has one."""
    return f"{wording(name).title}, {figure.judge}" if figure.judge else wording(name).title


def format_number(name: str, value: float) -> str:
    """Return a value of the named figure as text."""
    return _format_value(wording(name).form, value)


def format_interval(name: str, estimate: Estimate | Figure) -> str:
    """Return the 95 % interval of the named figure as text, or an empty string if it has no width."""
    if estimate.low == estimate.high:
        return ""
    form = wording(name).form.removesuffix(" dB")
    return f"{_format_value(form, estimate.low)} … {_format_value(form, estimate.high)}"


def format_gap(estimate: Estimate) -> tuple[str, str]:
    """Return the gap closed and its interval, both as text."""
    return _use_minus_sign(f"{estimate.value:.0%}"), _use_minus_sign(f"{estimate.low:.0%} … {estimate.high:.0%}")


def headline(evaluation: Evaluation) -> str | None:
    """Return a sentence with the gap closed by the worse judge and the attribution rate, or None if both are
    missing."""
    figures, parts = evaluation.figures, []
    if "kid" in figures and (gap := figures["kid"].gap_closed):
        judge = (figures["kid"].judge or "") + (", the worse judge" if len(evaluation.features) > 1 else "")
        parts.append("{} ({}) of the KID gap closed by {}".format(*format_gap(gap), judge))
    if "attribution" in figures:
        rate = figures["attribution"]
        ours, photos, real = (f"{part.value:.0%}" for part in (rate, rate.photos, rate.real) if part)
        parts.append(f"{ours} attributed to {evaluation.artist} (photos {photos}, real paintings {real})")
    return f"{'; '.join(parts)}." if parts else None


def _format_value(form: str, value: float) -> str:
    # SqueezeNet's KID is in the thousands, so its decimals do not matter.
    return _use_minus_sign((form if abs(value) < 1000 else "{:,.0f}").format(value))


def _use_minus_sign(text: str) -> str:
    return text.replace("-", "−")
