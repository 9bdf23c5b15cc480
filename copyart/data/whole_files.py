"""Files that appear whole or not at all."""

import os
import secrets
from pathlib import Path


def write_whole(path, content):
    """Write a file beside its place under a name of its own, and give it its name when it is done.

    Whoever reads finds the old file or the new one, and two who write at once do not mix.

    Args:
        path: Path of the file, in a folder that is there; an older one is replaced.
        content: Its bytes.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    temporary = Path(path).with_name(f".copyart-{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
