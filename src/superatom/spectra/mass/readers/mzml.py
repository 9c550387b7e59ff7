"""mzML, the open exchange format (Martens et al., 10.1074/mcp.R110.000133)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError
from superatom.spectra.mass.readers.binary_array import unpack
from superatom.spectra.mass.readers.scan import Scan

__all__ = ["read_mzml"]

# Accessions of the PSI-MS vocabulary, https://github.com/HUPO-PSI/psi-ms-CV
_TYPES = {
    "MS:1000519": "<i4",
    "MS:1000521": "<f4",
    "MS:1000522": "<i8",
    "MS:1000523": "<f8",
}
_ZLIB = "MS:1000574"
_MZ, _INTENSITY = "MS:1000514", "MS:1000515"
_NUMPRESS = {f"MS:{n}" for n in (1002312, 1002313, 1002314, 1002746, 1002747, 1002748)}
_POLARITY = {"MS:1000129": -1, "MS:1000130": 1}
_PROFILE = {"MS:1000128": True, "MS:1000127": False}
_TIME, _LEVEL = "MS:1000016", "MS:1000511"
_SECONDS = {"UO:0000010": 1.0, "UO:0000031": 60.0, "UO:0000028": 1e-3, "UO:0000032": 3600.0}

_Parameters = dict[str, dict[str, str]]


def read_mzml(raw: bytes, path: str) -> Iterator[Scan]:
    """Read the scans of an mzML file one by one.

    A file that is cut off gives all complete scans; the last of them carries a note.

    Raises
    ------
    DataFileError
        If it is no mzML, holds no complete scan, or packs numbers by MS-Numpress.
    """
    from lxml import etree

    groups: dict[str, _Parameters] = {}
    events = etree.iterparse(io.BytesIO(raw), events=("end",), huge_tree=True, no_network=True)
    last: Scan | None = None
    try:
        for _, element in events:
            name = etree.QName(element).localname
            if name == "referenceableParamGroup":
                groups[element.get("id", "")] = _parameters(element, {})
            elif name == "spectrum":
                if last is not None:
                    yield last
                last = _scan(element, groups, path)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if last is None:
            raise DataFileError(
                path,
                f"is no complete mzML file ({error.msg})",
                line=error.lineno,
                hint="convert the raw file again with msConvert (ProteoWizard)",
            ) from error
        yield _cut_off(last)
        return
    if last is None:
        raise DataFileError(path, "holds no spectrum", hint="is it a chromatogram-only export?")
    yield last


def _cut_off(scan: Scan) -> Scan:
    note = f"the file is cut off after {scan.label}; later scans are lost"
    return Scan(
        scan.mz,
        scan.intensity,
        scan.named,
        scan.profile,
        scan.polarity,
        scan.time_s,
        scan.label,
        scan.number,
        scan.ms_level,
        (*scan.notes, note),
    )


def _parameters(element: Any, groups: dict[str, _Parameters]) -> _Parameters:
    """Return the cvParams directly under `element`, those of its groups included."""
    found: _Parameters = {}
    for child in element:
        tag = str(child.tag).rpartition("}")[2]
        if tag == "cvParam":
            found[child.get("accession", "")] = dict(child.attrib)
        elif tag == "referenceableParamGroupRef":
            found.update(groups.get(child.get("ref", ""), {}))
    return found


def _scan(element: Any, groups: dict[str, _Parameters], path: str) -> Scan:
    native = element.get("id", "")
    label = native or f"spectrum {element.get('index', '?')}"
    about = _parameters(element, groups)
    arrays: dict[str, NDArray[np.float64]] = {}
    for packed in element.iter("{*}binaryDataArray"):
        told = _parameters(packed, groups)
        kind = next((key for key in (_MZ, _INTENSITY) if key in told), None)
        if kind is not None:
            arrays[kind] = _array(packed, told, path, label)
    mz, intensity = (arrays.get(key, np.empty(0)) for key in (_MZ, _INTENSITY))
    if mz.size != intensity.size:
        raise DataFileError(path, f"{label} has {mz.size} m/z but {intensity.size} intensities")
    number = re.search(r"(?:scan|spectrum|scanId|cycle)=(\d+)", native)
    return Scan(
        mz,
        intensity,
        named=True,
        profile=next((value for key, value in _PROFILE.items() if key in about), None),
        polarity=next((value for key, value in _POLARITY.items() if key in about), 0),
        time_s=_time(element, groups),
        label=label,
        number=int(number[1]) if number else None,
        ms_level=int(about.get(_LEVEL, {}).get("value") or 1),
    )


def _array(packed: Any, told: _Parameters, path: str, label: str) -> NDArray[np.float64]:
    if _NUMPRESS & told.keys():
        raise DataFileError(
            path,
            f"the numbers of {label} are packed by MS-Numpress, which is not read here",
            hint="convert again with msConvert without the numpress options",
        )
    dtype = next((value for key, value in _TYPES.items() if key in told), None)
    if dtype is None:
        raise DataFileError(path, f"does not say the number type of {label}")
    text = packed.findtext("{*}binary") or ""
    return unpack(text, dtype, compressed=_ZLIB in told, path=path, where=label)


def _time(element: Any, groups: dict[str, _Parameters]) -> float | None:
    for scan in element.iter("{*}scan"):
        told = _parameters(scan, groups).get(_TIME)
        if told is not None and told.get("value"):
            return float(told["value"]) * _SECONDS.get(told.get("unitAccession", ""), 60.0)
    return None
