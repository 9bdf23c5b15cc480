"""The HTTP part of the web server: REST API, uploads, rate limits, monitoring."""
