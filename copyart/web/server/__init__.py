"""The HTTP side of the web server: REST API, uploads, limits, monitoring."""
