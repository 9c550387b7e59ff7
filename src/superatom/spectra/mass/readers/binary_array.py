"""Arrays of numbers packed into base64 text, as mzML and mzXML hold them."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError

__all__ = ["unpack"]

_LARGEST = 2**31  # bytes of one array after decompression: ten times any real scan


def unpack(
    text: str, dtype: str, *, compressed: bool, path: str, where: str
) -> NDArray[np.float64]:
    """Return the numbers that `text` packs.

    Parameters
    ----------
    text : str
        Base64 text.
    dtype : str
        NumPy name of the type with its byte order, such as '<f8'.
    compressed : bool
        Whether the bytes are compressed by zlib.
    path, where : str
        File and place in it, for messages.

    Raises
    ------
    DataFileError
        If the text, the compression or the number of bytes is wrong.
    """
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        if compressed and raw:
            raw = _inflate(raw)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DataFileError(path, f"the numbers of {where} are damaged ({error})") from error
    size = np.dtype(dtype).itemsize
    if len(raw) % size:
        raise DataFileError(path, f"the numbers of {where} are cut off ({len(raw)} bytes)")
    return np.frombuffer(raw, dtype=dtype).astype(np.float64)


def _inflate(raw: bytes) -> bytes:
    engine = zlib.decompressobj()
    out = engine.decompress(raw, _LARGEST)
    if engine.unconsumed_tail:
        raise ValueError("more than 2 GiB in one array")
    if not engine.eof:
        raise ValueError("compressed data end too early")
    return out
