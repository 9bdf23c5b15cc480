"""Names, formats and meanings of the figures, for the page and the terminal alike."""

from typing import NamedTuple

from copyart.evaluation.bootstrap import Estimate
from copyart.evaluation.figures import Evaluation, Figure


class Group(NamedTuple):
    """Figures that stand in one table.

    Args:
        heading: Of the table.
        names: Of its figures.
        real: What stands in the column of real paintings.
    """

    heading: str
    names: tuple[str, ...]
    real: str


GROUPS = (
    Group("Closeness to the artist", ("attribution", "attribution_top5", "kid", "fid", "swd"), "Real paintings"),
    Group("Content preservation", ("structure", "edges", "colour", "brightness"), "Unrelated pictures"),
    Group("Faults", ("checkerboard", "saturation", "copies"), "Real paintings"),
)
#: Figures that every judge gives: a table has a row for each, the worse first.
_BY_JUDGE = ("kid", "fid")


class Wording(NamedTuple):
    """How a figure is shown.

    Args:
        title: What it is called.
        form: How a number of it is written.
        meaning: What it says, in one sentence.
    """

    title: str
    form: str
    meaning: str


WORDINGS = {
    "attribution": Wording("Attribution", "{:.0%}", "Share that a classifier takes for works of the artist."),
    "attribution_top5": Wording("Attribution, top 5", "{:.0%}", "Share with the artist among its five likeliest."),
    "kid": Wording("KID × 1000", "{:.1f}", "Distance in a network's features; 0 is the artist."),
    "fid": Wording("FID", "{:.1f}", "The same by another formula, which grows as pictures get fewer."),
    "swd": Wording("SWD × 1000", "{:.1f}", "Distance in brushwork: small patches, at all levels of detail."),
    "structure": Wording("Structure", "{:.2f}", "Multi-scale SSIM: 1 is the photo, 0 unrelated."),
    "edges": Wording("Edges", "{:.2f}", "Agreement of edges in place and direction: 1 is the photo."),
    "colour": Wording("Colour", "{:.2f}", "Correlation with the photo's colours; below 0 they invert."),
    "brightness": Wording("Brightness", "{:.2f}", "Correlation with its lights and darks; below 0 they invert."),
    "checkerboard": Wording(
        "Checkerboard", "{:.1f} dB", "How far a pattern of 2 or 4 pixels stands out; 0 to 4 is none."
    ),
    "saturation": Wording("Clipped pixels", "{:.1%}", "Share of pixels with a channel at its end."),
    "copies": Wording("Near-copies", "{:.1%}", "Share of paintings that repeat a painting of the artist."),
}


def rows(evaluation: Evaluation, group: Group) -> list[tuple[str, Figure]]:
    """Return the names and figures of a group that an evaluation has; KID and FID once for each judge, worse first."""
    figures, found = evaluation.figures, []
    for name in (name for name in group.names if name in figures):
        found.append((name, figures[name]))
        if name in _BY_JUDGE:
            every = (figure for other, figure in figures.items() if other.startswith(f"{name}_"))
            found += [(name, figure) for figure in every if figure != figures[name]]
    return found


def levels(evaluation: Evaluation, group: Group) -> list[tuple[str, Figure]]:
    """Return the levels of the sliced Wasserstein distance, where it belongs to the group."""
    shown = evaluation.figures.items() if "swd" in group.names else ()
    return [(name, figure) for name, figure in shown if name.startswith("swd_")]


def wording(name: str) -> Wording:
    """Return how a figure is shown; a level of `swd` is named by its size."""
    if name in WORDINGS:
        return WORDINGS[name]
    side = name.rpartition("_")[2]
    return Wording(f"SWD at {side} px", "{:.1f}", f"Distance in brushwork at {side} pixels a side.")


def title(name: str, figure: Figure) -> str:
    """Return what a figure is called, with its judge."""
    return f"{wording(name).title}, {figure.judge}" if figure.judge else wording(name).title


def written(name: str, value: float) -> str:
    """Return a number of a figure as text."""
    return _number(wording(name).form, value)


def written_interval(name: str, estimate: Estimate | Figure) -> str:
    """Return the 95 % interval of a figure as text; an empty one where it is certain."""
    if estimate.low == estimate.high:
        return ""
    form = wording(name).form.removesuffix(" dB")
    return f"{_number(form, estimate.low)} … {_number(form, estimate.high)}"


def written_gap(estimate: Estimate) -> tuple[str, str]:
    """Return the part of a gap that is closed as text, and its interval."""
    return _minus(f"{estimate.value:.0%}"), _minus(f"{estimate.low:.0%} … {estimate.high:.0%}")


def headline(evaluation: Evaluation) -> str | None:
    """Say in a sentence how close the paintings are: the gap closed by the worse judge, and the attribution."""
    figures, parts = evaluation.figures, []
    if "kid" in figures and (gap := figures["kid"].gap_closed):
        judge = figures["kid"].judge + (", the worse judge" if len(evaluation.features) > 1 else "")
        parts.append("{} ({}) of the KID gap closed by {}".format(*written_gap(gap), judge))
    if "attribution" in figures:
        ours, photos, real = (
            f"{part.value:.0%}"
            for part in (figures["attribution"], figures["attribution"].photos, figures["attribution"].real)
        )
        parts.append(f"{ours} attributed to {evaluation.artist} (photos {photos}, real paintings {real})")
    return f"{'; '.join(parts)}." if parts else None


def _number(form, value):
    # SqueezeNet's features are large, and its KID is in the thousands.
    return _minus((form if abs(value) < 1000 else "{:,.0f}").format(value))


def _minus(text):
    return text.replace("-", "−")
