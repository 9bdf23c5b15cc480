"""The model card: the README of a packed style, in Markdown, written from its metadata."""

from collections.abc import Mapping
from typing import Any

from copyart.styles.style import Style

#: Licence identifiers that Hugging Face knows; it calls any other licence "other".
_KNOWN_LICENCES = (
    "apache-2.0",
    "bsd-3-clause",
    "cc0-1.0",
    "cc-by-4.0",
    "cc-by-sa-4.0",
    "cc-by-nc-4.0",
    "cc-by-nc-sa-4.0",
    "mit",
)
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>|#"})
#: Figure → (title, format).
_FIGURES = {"kid": ("KID × 1000", "{:.1f}"), "fid": ("FID", "{:.1f}"), "structure": ("Structure kept", "{:.2f}")}


def model_card(style: Style) -> str:
    """Write the model card of a style.

    Returns:
        Markdown, with a header for Hugging Face. Facts that are missing in the metadata are marked as not stated.
    """
    metadata = style.metadata
    sections = [
        _yaml_header(metadata),
        f"# {plain_text(metadata.get('name') or 'A style')}",
        "![A painting in this style](preview.jpg)" if style.preview else "",
        _warning_text(metadata),
        "A Copyart style. It turns photos into paintings with a "
        "[CycleGAN](https://arxiv.org/abs/1703.10593).\n\n```sh\ncopyart paint photo.jpg --style "
        "PATH_OF_THIS_STYLE\n```",
        _list_section("What it is", _network_facts(style)),
        _list_section("Where it comes from", _provenance_facts(metadata)),
        _figures_section(metadata.get("figures")),
        _list_section("Licence", _licence_facts(metadata.get("licence"))),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def plain_text(value: object, most: int = 400) -> str:
    """Return untrusted text as one line that a terminal and Markdown show as plain text."""
    text = " ".join("".join(char if char.isprintable() else " " for char in str(value)).split())
    return (text if len(text) <= most else f"{text[: most - 1]}…").translate(_SPECIAL)


def licences_and_author(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the licences of the weights and of the pictures, and the author; None for what the metadata lack."""
    licence = metadata.get("licence")
    licence = licence if isinstance(licence, dict) else {"weights": licence}
    return {
        "licence": licence.get("weights"),
        "licence of the pictures": licence.get("pictures"),
        "author": metadata.get("author"),
    }


def _yaml_header(metadata: Mapping[str, Any]) -> str:
    licence = str(licences_and_author(metadata)["licence"] or "").lower()
    known = licence if licence in _KNOWN_LICENCES else "other"
    lines = [f"license: {known}", "library_name: copyart", "pipeline_tag: image-to-image"]
    return "\n".join(["---", *lines, "tags: [cyclegan, style-transfer, painting]", "---"])


def _warning_text(metadata: Mapping[str, Any]) -> str:
    if not metadata.get("experimental"):
        return ""
    return "**Experimental**: its figures or its paintings are not good enough yet."


def _network_facts(style: Style) -> dict[str, Any]:
    generator = dict(style.generator) if isinstance(style.generator, dict) else {}
    kind = generator.pop("kind", "unknown")
    arguments = ", ".join(f"{name} {value}" for name, value in generator.items())
    return {
        "generator": f"{kind} ({arguments})" if arguments else kind,
        "parameters": f"{sum(array.size for array in style.weights.values()):,}",
        "stored as": ", ".join(sorted({str(array.dtype) for array in style.weights.values()})),
        "trained at": f"{style.config.get('image_size', 'unknown')} px",
    }


def _provenance_facts(metadata: Mapping[str, Any]) -> dict[str, Any]:
    pictures = metadata.get("pictures")
    counts = ", ".join(f"{count} {kind}" for kind, count in pictures.items()) if isinstance(pictures, dict) else None
    versions = metadata.get("versions")
    made = ", ".join(f"{name} {number}" for name, number in versions.items()) if isinstance(versions, dict) else None
    entries = {"author": metadata.get("author"), "pictures": metadata.get("source"), "trained on": counts}
    if isinstance(parents := metadata.get("mixture"), list):
        known = [parent for parent in parents if isinstance(parent, dict)]
        entries["mixed from"] = "; ".join(f"{parent.get('name')} ({parent.get('share')})" for parent in known)
    return {**entries, "steps": metadata.get("steps"), "date": metadata.get("date"), "made with": made}


def _licence_facts(licence: Any) -> dict[str, Any]:
    facts = licences_and_author({"licence": licence})
    return {"weights": facts["licence"], "training pictures": facts["licence of the pictures"]}


def _list_section(title: str, entries: Mapping[str, Any]) -> str:
    lines = [
        f"- {name}: {plain_text('not stated' if value in (None, '') else value)}" for name, value in entries.items()
    ]
    return "\n".join([f"## {title}", "", *lines])


def _figures_section(figures: Any) -> str:
    rows = [_figure_row(*wording, figures[name]) for name, wording in _FIGURES.items() if _is_figure(figures, name)]
    if not rows:
        return "## How good it is\n\nNot measured. `copyart evaluate` measures it."
    head = ["| | its paintings | 95 % | the photos themselves | real paintings |", "|---|---|---|---|---|"]
    return "\n".join(["## How good it is", "", *head, *rows])


def _is_figure(figures: Any, name: str) -> bool:
    figure = figures.get(name) if isinstance(figures, dict) else None
    return isinstance(figure, dict) and all(
        isinstance(figure.get(part), int | float) for part in ("value", "low", "high")
    )


def _figure_row(title: str, form: str, figure: Mapping[str, Any]) -> str:
    def write(part: Any) -> str:
        value = part.get("value") if isinstance(part, dict) else None
        return form.format(value) if isinstance(value, int | float) else "–"

    span = f"{form.format(figure['low'])} … {form.format(figure['high'])}"
    return f"| {title} | {write(figure)} | {span} | {write(figure.get('photos'))} | {write(figure.get('real'))} |"
