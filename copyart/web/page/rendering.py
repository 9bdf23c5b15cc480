"""Render the page as HTML, for the server and the static site. All its URLs are relative."""

import collections
import functools
import hashlib
import io
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from PIL import Image, ImageOps

from copyart.artists import Artist, all_artists
from copyart.errors import StyleError
from copyart.styles.opening import open_style
from copyart.styles.style import Style
from copyart.web.page.browser_model import generator_file, style_file
from copyart.web.page.static_files import module_addresses, static_folder
from copyart.web.page.translations import FRENCH_MOVEMENTS, LANGUAGES, TRANSLATIONS, format_style_phrase
from copyart.web.style_registry import StyleEntry


@dataclass(frozen=True)
class BrowserFile:
    """A model file for the browser.

    Args:
        name: File name. It changes with the content, so browsers may cache the file forever.
        content: The file as bytes.
    """

    name: str
    content: bytes

    @property
    def address(self) -> str:
        """Its URL, relative to the page."""
        return f"models/{self.name}"

    @property
    def row(self) -> dict[str, Any]:
        """The facts about it for the page's scripts."""
        return {"address": self.address, "bytes": len(self.content)}


@functools.lru_cache(maxsize=64)
def browser_files(slug: str, opens: Path | Style | None) -> tuple[BrowserFile, BrowserFile] | None:
    """Return the `BrowserFile` of a style and that of its generator, or None if browsers cannot paint with it.

    Args:
        slug: Slug of the style.
        opens: Source for `open_style`, or None for a model file.
    """
    try:
        plan = open_style(opens).plan if opens else None
    except StyleError:  # was readable when the server started, so the server may still be able to paint
        return None
    if plan is None:
        return None
    return _browser_file(slug, style_file(plan)), _browser_file("generator", generator_file(plan))


def _browser_file(stem: str, content: bytes) -> BrowserFile:
    return BrowserFile(f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.bin", content)


def data_for_scripts(
    registry: dict[str, StyleEntry], runtimes: dict[str, Any], server: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the data for the page's scripts, as JSON types.

    Args:
        registry: Slug → `copyart.web.style_registry.StyleEntry`, in display order.
        runtimes: Result of `copyart.web.page.runtime.installed_runtimes`.
        server: `max_bytes` and `max_pixels` of the server, or None if no server paints.
    """
    return {
        "styles": [_style_row(style) for style in registry.values()],
        "runtimes": runtimes,
        "server": server,
        "files": module_addresses(),
    }


def _style_row(style: StyleEntry) -> dict[str, Any]:
    artist = _artist_of_style(style)
    weights, generator = browser_files(style.slug, style.opens) or (None, None)
    return {
        "slug": style.slug,
        "name": style.name,
        "search": " ".join(dict.fromkeys((style.name, *(artist.names if artist else ())))),
        "movement": artist.movement if artist else "",
        "experimental": style.experimental,
        "weights": weights and weights.row,
        "generator": generator and generator.row,
    }


def _artist_of_style(style: StyleEntry) -> Artist | None:
    """Return the `Artist` after whom a style is named, or None."""
    return next((artist for artist in all_artists() if artist.slug == style.slug), None)


def shown_name(language: str, style: StyleEntry) -> str:
    """Return the name of a style in a language."""
    artist = _artist_of_style(style)
    return artist.french_name if artist and language == "fr" else style.name


def style_phrase(language: str, style: StyleEntry) -> str:
    """Return "in the style of …" for a style, in a language."""
    artist = _artist_of_style(style)
    school = artist is None or artist.name == artist.movement
    return format_style_phrase(language, shown_name(language, style), school)


def _movement_names(language: str, registry: dict[str, StyleEntry]) -> list[tuple[str, str]]:
    """Return (English name, name in the language) of each movement, the one with the most styles first."""
    artists = filter(None, map(_artist_of_style, registry.values()))
    counts = collections.Counter(artist.movement for artist in artists)
    names = FRENCH_MOVEMENTS if language == "fr" else {}
    return [(movement, names.get(movement, movement)) for movement, _ in counts.most_common()]


def render_page(language: str, contents: dict[str, Any], registry: dict[str, StyleEntry], **state: Any) -> str:
    """Return the page in a language.

    Args:
        language: One of `LANGUAGES`.
        contents: Result of `contents`.
        registry: Slug → `copyart.web.style_registry.StyleEntry`.
        **state: Further variables of the template: `root`, the absolute URL of the page, for sites that show a preview
            of links; `pages`, the URL of each language; `policy`, a Content-Security-Policy for hosts that send none;
            `chooses`, whether the page redirects to the visitor's language; `painted` and `problem`, the result of the
            form without JavaScript.
    """
    words = TRANSLATIONS[language]
    names = {slug: shown_name(language, style) for slug, style in registry.items()}
    manners = {slug: style_phrase(language, style) for slug, style in registry.items()}
    rows = [{**row, "name": names[row["slug"]], "manner": manners[row["slug"]]} for row in contents["styles"]]
    page_data = {**contents, "styles": rows, "language": language, "words": words}
    page = _template_environment().get_template("page.html")
    return page.render(
        language=language,
        languages=LANGUAGES,
        words=words,
        styles=list(registry.values()),
        names=names,
        samples=SAMPLES,
        demo=DEMO,
        demo_manner=format_style_phrase(language, "Vincent van Gogh"),
        movements=_movement_names(language, registry),
        browser=bool(contents["runtimes"]) and bool(contents["styles"][0]["weights"]),
        server=contents["server"],
        static=static_folder(),
        page_data=_json_markup(page_data),
        **{"root": "", "pages": {name: name for name in LANGUAGES}, "painted": None, "problem": None, **state},
    )


def problem_text(language: str, code: str, seconds: str | None = None) -> str:
    """Return the page's message for a problem code. `seconds` is the time after which to try again."""
    words = TRANSLATIONS[language]
    return words.get(f"problem_{code}", words["problem_broken"]).format(seconds=seconds or "30")


def format_decimal(language: str, value: float) -> str:
    """Format a number with one decimal, with a point or a comma."""
    return f"{value:.1f}".replace(".", "," if language == "fr" else ".")


#: Sample photos for visitors. They belong to the bundled sample, whose pictures were drawn by Copyart's own code.
SAMPLES = ("photo-03.jpg", "photo-08.jpg", "photo-14.jpg")
#: The sample photo that the page shows first, next to its painting `demo.jpg`, and the style of that painting.
DEMO, DEMO_STYLE = SAMPLES[2], "vangogh"


def sample_photo(name: str) -> bytes | None:
    """Return a sample photo as bytes, or None if there is none with this name."""
    return (resources.files("copyart.data") / "sample" / "photos" / name).read_bytes() if name in SAMPLES else None


@functools.cache
def _template_environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("copyart.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def _json_markup(value: Any) -> Markup:
    # Inside a script element, only characters that could end it must be escaped.
    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))


@functools.lru_cache(maxsize=256)
def thumbnail(preview: bytes) -> bytes:
    """Return a square JPEG for a style's card. It is small, about 2 kB, because the first view shows forty of them.

    Args:
        preview: The bytes of the style's preview.
    """
    with Image.open(io.BytesIO(preview)) as image:
        small = ImageOps.fit(image.convert("RGB"), (112, 112), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "jpeg", quality=35, optimize=True)
    return buffer.getvalue()


def web_manifest(language: str) -> dict[str, Any]:
    """Return the web app manifest as JSON types.

    Args:
        language: Language of its description.
    """
    return {
        "name": "Copyart",
        "description": TRANSLATIONS[language]["description"],
        "start_url": ".",
        "scope": ".",
        "display": "standalone",
        "background_color": "#f5f2ec",
        "theme_color": "#f5f2ec",
        "icons": [_manifest_icon(*icon) for icon in _ICONS],
    }


#: Icons of the page: name, size, purpose.
_ICONS = (
    ("icon.svg", "any", "any"),
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable.png", "512x512", "maskable"),
)


def _manifest_icon(name: str, size: str, purpose: str) -> dict[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    return {"src": f"{static_folder()}/{name}", "sizes": size, "type": kind, "purpose": purpose}
