"""What a phone has to know to put the page on its home screen."""

from copyart.web.words import WORDS


def web_manifest(language):
    """Return the web app manifest, ready for JSON.

    Args:
        language: Of its description.
    """
    return {
        "name": "Copyart",
        "description": WORDS[language]["description"],
        "start_url": ".",
        "display": "standalone",
        "background_color": "#f5f2ec",
        "theme_color": "#f5f2ec",
        "icons": [{"src": "static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
