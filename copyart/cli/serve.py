"""`copyart serve`: serve the web page and the REST API."""

import contextlib
import math
from typing import Any

import click

from copyart.cli.console import print_message, require_extra, verbosity_options

#: Option → (setting, factor that converts the option's unit to the setting's).
_LIMITS = {
    "max_megabytes": ("max_bytes", 1024 * 1024),
    "max_megapixels": ("max_pixels", 1024 * 1024),
    "painted_megapixels": ("painted_pixels", 1024 * 1024),
    "queue": ("queue", 1),
    "wait_seconds": ("wait_seconds", 1),
    "paint_seconds": ("paint_seconds", 1),
    "paintings_a_minute": ("paintings_a_minute", 1),
}


@click.command(short_help="Serve the web page and the REST API.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=5000, show_default=True, help="Port; 0 for any free one."
)
@click.option(
    *("--style", "-s", "--artist", "-a", "styles"),
    multiple=True,
    metavar="PATH",
    help="A further workdir or style to offer.",
)
@click.option("--trusted-proxy", metavar="ADDRESS", help="Address of a proxy whose X-Forwarded headers are trusted.")
@click.option("--max-megabytes", type=float, default=20, show_default=True, help="Largest file of a photo.")
@click.option("--max-megapixels", type=float, default=24, show_default=True, help="Maximum megapixels of a photo.")
@click.option(
    "--painted-megapixels",
    type=float,
    default=4,
    show_default=True,
    help="Maximum megapixels to paint; larger photos are painted smaller and enlarged.",
)
@click.option("--queue", type=int, default=8, show_default=True, help="Maximum number of waiting paintings.")
@click.option("--wait-seconds", type=float, default=60, show_default=True, help="Longest wait in the queue.")
@click.option("--paint-seconds", type=float, default=120, show_default=True, help="Longest time for one painting.")
@click.option(
    "--paintings-a-minute",
    type=int,
    default=30,
    show_default=True,
    help="Maximum number of paintings per client; 0 for no limit.",
)
@click.option(
    "--limits-storage",
    envvar="COPYART_LIMITS_STORAGE",
    metavar="URI",
    help="Shared counter of paintings for several servers, e.g. redis://HOST:6379; also COPYART_LIMITS_STORAGE.",
)
@verbosity_options
def serve(
    host: str, port: int, styles: tuple[str, ...], trusted_proxy: str | None, limits_storage: str | None, **limits: Any
) -> None:
    """Serve the web page and the REST API until Ctrl-C.

    It offers the bundled styles and each --style.

    \b
    copyart serve
    copyart serve --style runs/vangogh --port 8000
    """
    with require_extra("web", "serving"):
        from copyart.web.app import create_app
        from copyart.web.page.runtime import FETCH, installed_runtimes
        from copyart.web.server.listening import Server
        from copyart.web.settings import Settings
    scaled: dict[str, Any] = {name: _in_bytes_or_pixels(limits[option], by) for option, (name, by) in _LIMITS.items()}
    settings = Settings(**scaled, limits_storage=limits_storage)
    with contextlib.closing(Server(create_app(settings, styles), host, port, trusted_proxy)) as server:
        print_message(f"Copyart runs at {server.url} (stop with Ctrl-C)")
        if not installed_runtimes():
            print_message(
                "onnxruntime-web is missing, so visitors' browsers cannot paint and the server does. Download it: "
                f"{FETCH}"
            )
        server.run()


def _in_bytes_or_pixels(value: float, by: float) -> float:
    return int(value * by) if by != 1 and math.isfinite(value) else value
