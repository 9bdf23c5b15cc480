"""The web page: HTML, translations, and the models with which the browser paints."""
