"""mzXML, the older exchange format (Pedrioli et al., 10.1038/nbt1031)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from superatom.errors import DataFileError
from superatom.spectra.mass.readers.binary_array import unpack
from superatom.spectra.mass.readers.scan import Scan

__all__ = ["read_mzxml"]

_POLARITY = {"-": -1, "+": 1}


def read_mzxml(raw: bytes, path: str) -> Iterator[Scan]:
    """Read the scans of an mzXML file one by one.

    A file that is cut off gives all complete scans, and one without numbers that says so.

    Raises
    ------
    DataFileError
        If it is no mzXML, or holds no complete scan.
    """
    from lxml import etree

    events = etree.iterparse(io.BytesIO(raw), events=("end",), huge_tree=True, no_network=True)
    n_scans = 0
    try:
        for _, element in events:
            if etree.QName(element).localname == "scan":
                n_scans += 1
                yield _scan(element, path)
                element.clear()
    except etree.XMLSyntaxError as error:
        if not n_scans:
            raise DataFileError(
                path,
                f"is no complete mzXML file ({error.msg})",
                line=error.lineno,
                hint="convert the raw file again with msConvert (ProteoWizard)",
            ) from error
        nothing = np.empty(0)
        note = f"the file is cut off after {n_scans} scans; later scans are lost"
        yield Scan(nothing, nothing, named=True, notes=(note,))
        return
    if not n_scans:
        raise DataFileError(path, "holds no spectrum")


def _scan(element: Any, path: str) -> Scan:
    number = int(element.get("num") or 0) or None
    label = f"scan {number}"
    peaks = element.find("{*}peaks")
    pairs = np.empty(0)
    if peaks is not None and peaks.text:
        precision = int(peaks.get("precision") or 32)
        packing = peaks.get("compressionType") or "none"
        if precision not in (32, 64) or packing not in ("none", "zlib"):
            raise DataFileError(path, f"{label} is packed as {precision} bit, {packing}")
        kind = f">f{precision // 8}"
        pairs = unpack(peaks.text, kind, compressed=packing == "zlib", path=path, where=label)
    if pairs.size % 2:
        raise DataFileError(path, f"{label} has an odd count of numbers ({pairs.size})")
    centroided = element.get("centroided")
    return Scan(
        pairs[0::2].copy(),
        pairs[1::2].copy(),
        named=True,
        profile=None if centroided is None else centroided not in ("1", "true"),
        polarity=_POLARITY.get(element.get("polarity") or "", 0),
        time_s=_seconds(element.get("retentionTime")),
        label=label,
        number=number,
        ms_level=int(element.get("msLevel") or 1),
    )


def _seconds(duration: str | None) -> float | None:
    """Return the seconds of an XML duration such as PT1M30.5S.

    Examples
    --------
    >>> _seconds("PT1M30.5S"), _seconds("PT12.25S"), _seconds(None)
    (90.5, 12.25, None)
    """
    found = re.fullmatch(r"P?T?(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S?)?", duration or "")
    if not duration or found is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds
