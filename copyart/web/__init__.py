"""The web page and the REST API: `copyart serve`, or `copyart.web.app.create_app()` for a WSGI server of your own."""
