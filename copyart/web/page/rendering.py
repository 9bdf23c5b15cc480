"""The page as HTML, for the server and for the static site alike: every address in it is relative."""

import functools
import hashlib
import io
import json
from dataclasses import dataclass

import jinja2
from markupsafe import Markup
from PIL import Image, ImageOps

from copyart.errors import StyleError
from copyart.styles.opening import open_style
from copyart.web.page.browser_model import browser_model
from copyart.web.page.translations import LANGUAGES, TRANSLATIONS


@dataclass(frozen=True)
class Model:
    """A style's file for the browser.

    Args:
        name: Of the file; it changes with what is in it, so that it may be kept for ever.
        file: The file as bytes.
    """

    name: str
    file: bytes


@functools.lru_cache(maxsize=64)
def model_of(slug, opens):
    """Return the `Model` of a style, or None where browsers cannot paint with it.

    Args:
        slug: Of the style.
        opens: What `open_style` takes, or None for a model file.
    """
    try:
        file = opens and browser_model(open_style(opens))
    except StyleError:  # the server loaded it once; it may still paint
        return None
    return Model(f"{slug}-{hashlib.sha256(file).hexdigest()[:12]}.bin", file) if file else None


def contents(registry, runtimes, server):
    """Return what the page's scripts have to know, ready for JSON.

    Args:
        registry: Slug → `copyart.web.style_registry.StyleEntry`, in the order to show.
        runtimes: What `copyart.web.page.runtime.installed_runtimes` returns.
        server: `max_bytes` and `max_pixels` of the server that paints, or None where there is none.
    """
    return {"styles": [_row(style) for style in registry.values()], "runtimes": runtimes, "server": server}


def _row(style):
    model = model_of(style.slug, style.opens)
    return {
        "slug": style.slug,
        "name": style.name,
        "experimental": style.experimental,
        "model": model and f"models/{model.name}",
        "bytes": model and len(model.file),
    }


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
    known = {**contents, "language": language, "words": words}
    page = _templates().get_template("page.html")
    return page.render(
        language=language,
        languages=LANGUAGES,
        words=words,
        styles=list(registry.values()),
        browser=bool(contents["runtimes"]) and bool(contents["styles"][0]["model"]),  # the one that is chosen at first
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
