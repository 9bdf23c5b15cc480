"""The web page: HTML, translations, and what the browser needs to paint."""
