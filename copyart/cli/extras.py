"""What needs an extra, and what to install where it is missing."""

import contextlib

from copyart.errors import ConfigError


@contextlib.contextmanager
def extra(name, purpose):
    """Import, as long as the context lasts, what an extra of `setup.cfg` brings.

    Args:
        name: Of the extra.
        purpose: What needs it, for the message.

    Raises:
        ConfigError: A package is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] == "copyart":  # our own mistake, which nothing to install would mend
            raise
        raise ConfigError(
            f"{purpose} needs the extra {name}. Received: {error.name}, which is missing. "
            f'Install it: pip install "copyart[{name}]"'
        ) from error
