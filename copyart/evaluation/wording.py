"""What figures are called, and how their numbers are written: for the page and the terminal alike."""

from typing import NamedTuple

#: Heading, names of its figures, and what real paintings stand for.
GROUPS = (
    ("Closeness to the artist", ("kid", "fid", "swd"), "Real paintings"),
    ("What survives of the photo", ("structure", "edges", "colour", "brightness"), "Unrelated pictures"),
    ("Faults", ("checkerboard", "saturation", "copies"), "Real paintings"),
)


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
    "kid": Wording("KID × 1000", "{:.1f}", "Distance in what a network sees; 0 is the artist."),
    "fid": Wording("FID", "{:.1f}", "The same by another formula, which grows as pictures get fewer."),
    "swd": Wording("SWD × 1000", "{:.1f}", "Distance in brushwork: small patches, at all levels of detail."),
    "structure": Wording("Structure", "{:.2f}", "Multi-scale SSIM: 1 is the photo, 0 unrelated."),
    "edges": Wording("Edges", "{:.2f}", "Agreement of edges in place and direction: 1 is the photo."),
    "colour": Wording("Colour", "{:.2f}", "Correlation with the photo's colours; below 0 they invert."),
    "brightness": Wording("Brightness", "{:.2f}", "Correlation with its lights and darks; below 0 they invert."),
    "checkerboard": Wording(
        "Checkerboard", "{:.1f} dB", "How far a weave of 2 or 4 pixels stands out; 0 to 4 is none."
    ),
    "saturation": Wording("Clipped pixels", "{:.1%}", "Share of pixels with a channel at its end."),
    "copies": Wording("Near-copies", "{:.1%}", "Share of paintings that repeat a painting of the artist."),
}


def wording(name):
    """Return how a figure is shown; a level of `swd` is named by its size."""
    if name in WORDINGS:
        return WORDINGS[name]
    side = name.rpartition("_")[2]
    return Wording(f"SWD at {side} px", "{:.1f}", f"Distance in brushwork at {side} pixels a side.")


def written(name, value):
    """Return a number of a figure as text."""
    return _minus(wording(name).form.format(value))


def written_interval(name, estimate):
    """Return the 95 % interval of a figure as text; nothing where it is certain."""
    if estimate.low == estimate.high:
        return ""
    form = wording(name).form.removesuffix(" dB")
    return _minus(f"{form.format(estimate.low)} … {form.format(estimate.high)}")


def written_share(estimate):
    """Return a share of the way as text, and its interval."""
    return _minus(f"{estimate.value:.0%}"), _minus(f"{estimate.low:.0%} … {estimate.high:.0%}")


def _minus(text):
    return text.replace("-", "−")
