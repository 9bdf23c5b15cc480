"""The page as HTML, for the server and for the static site alike: every address in it is relative."""

import collections
import functools
import hashlib
import io
import json
from dataclasses import dataclass
from importlib import resources

import jinja2
from markupsafe import Markup
from PIL import Image, ImageOps

from copyart.artists import all_artists
from copyart.errors import StyleError
from copyart.styles.opening import open_style
from copyart.web.page.browser_model import generator_file, style_file
from copyart.web.page.translations import FRENCH_MOVEMENTS, LANGUAGES, TRANSLATIONS, in_the_style_of


@dataclass(frozen=True)
class BrowserFile:
    """A file that browsers paint with.

    Args:
        name: Of the file; it changes with the content, so that browsers may cache it for good.
        content: The file as bytes.
    """

    name: str
    content: bytes

    @property
    def address(self):
        """Its address below the page."""
        return f"models/{self.name}"

    @property
    def row(self):
        """What the page's scripts know of it."""
        return {"address": self.address, "bytes": len(self.content)}


@functools.lru_cache(maxsize=64)
def browser_files(slug, opens):
    """Return the `BrowserFile` of a style and the one of its generator, or None where browsers cannot paint with it.

    Args:
        slug: Of the style.
        opens: What `open_style` takes, or None for a model file.
    """
    try:
        plan = open_style(opens).plan if opens else None
    except StyleError:  # the server loaded it once; it may still paint
        return None
    if plan is None:
        return None
    return _browser_file(slug, style_file(plan)), _browser_file("generator", generator_file(plan))


def _browser_file(stem, content):
    return BrowserFile(f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.bin", content)


def contents(registry, runtimes, server):
    """Return what the page's scripts have to know, ready for JSON.

    Args:
        registry: Slug → `copyart.web.style_registry.StyleEntry`, in the order to show.
        runtimes: What `copyart.web.page.runtime.installed_runtimes` returns.
        server: `max_bytes` and `max_pixels` of the server that paints, or None where there is none.
    """
    return {"styles": [_row(style) for style in registry.values()], "runtimes": runtimes, "server": server}


def _row(style):
    artist = _artist(style)
    weights, generator = browser_files(style.slug, style.opens) or (None, None)
    return {
        "slug": style.slug,
        "name": style.name,
        "search": " ".join((style.name, *(artist.names if artist else ()))),
        "movement": artist.movement if artist else "",
        "experimental": style.experimental,
        "weights": weights and weights.row,
        "generator": generator and generator.row,
    }


def _artist(style):
    """Return the `Artist` whom a style is named after, or None."""
    return next((artist for artist in all_artists() if artist.slug == style.slug), None)


def shown_name(language, style):
    """Return the name of a style in a language."""
    artist = _artist(style)
    return artist.french_name if artist and language == "fr" else style.name


def manner(language, style):
    """Return "in the style of …" for a style, in a language."""
    artist = _artist(style)
    school = artist is None or artist.name == artist.movement
    return in_the_style_of(language, shown_name(language, style), school)


def _movements(language, registry):
    """Return the movements of the styles, most styles first: (English name, name in the language)."""
    artists = filter(None, map(_artist, registry.values()))
    counts = collections.Counter(artist.movement for artist in artists)
    names = FRENCH_MOVEMENTS if language == "fr" else {}
    return [(movement, names.get(movement, movement)) for movement, _ in counts.most_common()]


def render(language, contents, registry, **state):
    """Return the page in a language.

    Args:
        language: One of `LANGUAGES`.
        contents: As `contents` returns it.
        registry: Slug → `copyart.web.style_registry.StyleEntry`.
        **state: What the template knows besides: `pages`, the address of each language; `policy`, a
            Content-Security-Policy for hosts that send none; `chooses`, whether the page goes to the visitor's language
            by itself; `painted` and `problem`, what became of a form that was sent without JavaScript.
    """
    words = TRANSLATIONS[language]
    names = {slug: shown_name(language, style) for slug, style in registry.items()}
    manners = {slug: manner(language, style) for slug, style in registry.items()}
    rows = [{**row, "name": names[row["slug"]], "manner": manners[row["slug"]]} for row in contents["styles"]]
    known = {**contents, "styles": rows, "language": language, "words": words}
    page = _templates().get_template("page.html")
    return page.render(
        language=language,
        languages=LANGUAGES,
        words=words,
        styles=list(registry.values()),
        names=names,
        samples=SAMPLES,
        movements=_movements(language, registry),
        browser=bool(contents["runtimes"]) and bool(contents["styles"][0]["weights"]),
        server=contents["server"],
        known=_json(known),
        **{"pages": {name: name for name in LANGUAGES}, "painted": None, "problem": None, **state},
    )


def problem_text(language, code, seconds=None):
    """Return what is said of a problem, by its code; seconds are those after which to try again."""
    words = TRANSLATIONS[language]
    return words.get(f"problem_{code}", words["problem_broken"]).format(seconds=seconds or "30")


def decimal(language, value):
    """Return a number with one digit behind the point, or the comma."""
    return f"{value:.1f}".replace(".", "," if language == "fr" else ".")


#: Photos that visitors can try: of the bundled sample, which our own code drew.
SAMPLES = ("photo-03.jpg", "photo-08.jpg", "photo-14.jpg")


def sample_photo(name):
    """Return a sample photo as bytes, or None if there is none of that name."""
    return (resources.files("copyart.data") / "sample" / "photos" / name).read_bytes() if name in SAMPLES else None


@functools.cache
def _templates():
    return jinja2.Environment(
        loader=jinja2.PackageLoader("copyart.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def _json(value):
    # Inside a script element only what could end it must be spelt otherwise.
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))


@functools.lru_cache(maxsize=256)
def thumbnail(preview):
    """Return the small square JPEG of a style's card, of some two kilobytes: forty of them are in the first view.

    Args:
        preview: The bytes of the style's preview.
    """
    with Image.open(io.BytesIO(preview)) as image:
        small = ImageOps.fit(image.convert("RGB"), (112, 112), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "jpeg", quality=35, optimize=True)
    return buffer.getvalue()


def web_manifest(language):
    """Return the web app manifest, ready for JSON.

    Args:
        language: Of its description.
    """
    return {
        "name": "Copyart",
        "description": TRANSLATIONS[language]["description"],
        "start_url": ".",
        "display": "standalone",
        "background_color": "#f5f2ec",
        "theme_color": "#f5f2ec",
        "icons": [{"src": "static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
