"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from superatom.errors import DataFileError

__all__ = ["write_whole"]


def write_whole(path: str | Path, content: str | bytes) -> Path:
    """Write text or bytes to a file beside `path` and rename it, so that no half file is ever seen.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DataFileError
        If the file cannot be written; what was there before is left as it was.
    """
    target = Path(path)
    if target.is_dir():
        raise DataFileError(str(path), "is a folder", hint="name a file in it")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise DataFileError(
            str(path), f"cannot be written ({reason})", hint="choose a folder that you may write to"
        ) from error
    return target
