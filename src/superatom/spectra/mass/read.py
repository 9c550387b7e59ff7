"""Read mass spectra from files: tables, workbooks, mzML, mzXML and mgf, also gzipped."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from superatom.errors import DataFileError
from superatom.spectra.mass.readers.scan import Scan
from superatom.spectra.mass.repairs import repaired
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["ScanChoice", "read_spectra", "read_spectrum"]

#: One scan by its number, all scans summed, or a range of scan numbers summed.
ScanChoice = int | Literal["sum"] | tuple[int, int] | None

_VENDOR = {
    ".raw": "Thermo or Waters",
    ".d": "Agilent or Bruker",
    ".baf": "Bruker",
    ".tdf": "Bruker",
    ".tsf": "Bruker",
    ".yep": "Bruker",
    ".fid": "Bruker",
    ".wiff": "Sciex",
    ".wiff2": "Sciex",
    ".t2d": "Sciex",
    ".lcd": "Shimadzu",
    ".qgd": "Shimadzu",
    ".ms": "Agilent",
    ".cdf": "netCDF (ANDI-MS)",
}
_CONVERT = (
    "convert it with msConvert of ProteoWizard (https://proteowizard.sourceforge.io):\n"
    "  msconvert {name} --mzML"
)
_TEXT = {".txt", ".csv", ".tsv", ".tab", ".dat", ".asc", ".xy", ".prn", ".dx", ".jdx", ""}
_KNOWN = {*_TEXT, ".xlsx", ".xlsm", ".mzml", ".mzxml", ".mgf"}


def read_spectrum(path: str | Path, scan: ScanChoice = None) -> Spectrum:
    """Read one spectrum from a file.

    Parameters
    ----------
    path : str or Path
        Text table (csv, tsv, txt: any header, delimiter and decimal sign), xlsx, mzML, mzXML
        or mgf; any of them may be gzipped.
    scan : int, 'sum', (int, int) or None
        A scan by its number, all scans summed, or a range of numbers (both ends included)
        summed. Without it a file with several survey scans is summed, and the spectrum says
        so in its notes. In a workbook scans are its sheets, numbered from 1.

    Returns
    -------
    Spectrum
        Sorted and repaired; `notes` states every repair.

    Raises
    ------
    DataFileError
        If the file is missing, empty, broken, in a vendor's own format, or has no such scan.
    """
    from superatom.spectra.mass.sums import sum_spectra

    file = Path(path)
    scans = _numbered_scans(file)
    if isinstance(scan, int):
        return _one(scans, scan, file)
    chosen = [(number, each) for number, each in scans if _is_wanted(number, each, scan)]
    notes = tuple(note for _, each in chosen for note in each.notes)
    chosen = [(number, each) for number, each in chosen if each.mz.size] or chosen[:1]
    if not chosen:
        raise DataFileError(str(file), f"has no scan for {scan!r}")
    if len(chosen) == 1:
        return repaired(chosen[0][1], _source(file, chosen[0][1]))
    if scan is None and file.suffix.lower() in (".xlsx", ".xlsm"):
        return repaired(_with_note(chosen[0][1], len(chosen)), _source(file, chosen[0][1]))
    _same_polarity([each for _, each in chosen], file)
    spectra = [repaired(each, _source(file, each)) for _, each in chosen if _has_signal(each)]
    if not spectra:
        raise DataFileError(str(file), "has no intensity above zero in any scan")
    return sum_spectra(spectra, source=str(file), notes=notes)


def read_spectra(path: str | Path) -> list[Spectrum]:
    """Read every scan of a file, or every spectrum of a folder, in order.

    In a folder, each file gives one spectrum (its scans summed), in the natural order of the
    names ('t2' before 't10'); files that are no spectra by their name are left out.

    Raises
    ------
    DataFileError
        As `read_spectrum`; also if a folder holds no spectrum.
    """
    place = Path(path)
    if place.is_dir() and place.suffix.lower() not in _VENDOR:
        files = [file for file in sorted(place.iterdir(), key=_natural) if _is_spectrum(file)]
        if not files:
            raise DataFileError(str(place), "the folder holds no spectrum that can be read")
        return [read_spectrum(file) for file in files]
    scans = [scan for _, scan in _numbered_scans(place) if scan.ms_level == 1 and scan.mz.size]
    spectra = [repaired(scan, _source(place, scan)) for scan in scans if _has_signal(scan)]
    if not spectra:
        raise DataFileError(str(place), "has no intensity above zero in any scan")
    return spectra


def _has_signal(scan: Scan) -> bool:
    return bool((scan.intensity > 0).any())


def _natural(file: Path) -> list[tuple[int, float, str]]:
    """Order names by the numbers in them."""
    parts = re.split(r"(\d+(?:\.\d+)?)", file.name)
    return [(0, float(p), "") if p[:1].isdigit() else (1, 0.0, p.lower()) for p in parts]


def _is_spectrum(file: Path) -> bool:
    return not file.name.startswith((".", "~")) and _suffix(file) in _KNOWN - {""}


def _suffix(file: Path) -> str:
    """Return the ending that tells the format, without '.gz', in lower case."""
    name = file.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _source(file: Path, scan: Scan) -> str:
    return f"{file}, {scan.label}" if scan.label else str(file)


def _with_note(scan: Scan, n_sheets: int) -> Scan:
    from dataclasses import replace

    note = f"took sheet {scan.label!r}, the first of {n_sheets} that hold a spectrum"
    return replace(scan, notes=(*scan.notes, note))


def _same_polarity(scans: list[Scan], file: Path) -> None:
    polarities = {scan.polarity for scan in scans}
    if {1, -1} <= polarities:
        raise DataFileError(
            str(file),
            "holds scans of both polarities, which cannot be summed",
            hint="choose scans by their numbers, for example --scan 1-20",
        )


def _is_wanted(number: int, scan: Scan, choice: ScanChoice) -> bool:
    if isinstance(choice, tuple):
        return choice[0] <= number <= choice[1] and scan.ms_level == 1
    return scan.ms_level == 1


def _one(scans: Iterator[tuple[int, Scan]], wanted: int, file: Path) -> Spectrum:
    numbers = []
    for number, scan in scans:
        if number == wanted:
            return repaired(scan, _source(file, scan))
        numbers.append(number)
    has = f"it has {numbers[0]} to {numbers[-1]}" if numbers else "it has none"
    raise DataFileError(str(file), f"has no scan {wanted}; {has}")


def _numbered_scans(file: Path) -> Iterator[tuple[int, Scan]]:
    """Return the scans of a file with their numbers (counted from 1 where it gives none)."""
    for position, scan in enumerate(_scans(file), start=1):
        yield (position if scan.number is None else scan.number), scan


def _scans(file: Path) -> Iterator[Scan]:
    raw = _content(file)
    path, suffix = str(file), _suffix(file)
    head = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if raw[:4] == b"PK\x03\x04":
        from superatom.spectra.mass.readers.workbook import read_workbook

        yield from read_workbook(raw, path)
    elif head.startswith(b"<") and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise DataFileError(path, "is a web page or XML with a document type, not a spectrum")
    elif suffix == ".mzml" or b"<mzML" in head or b"<indexedmzML" in head:
        from superatom.spectra.mass.readers.mzml import read_mzml

        yield from read_mzml(raw, path)
    elif suffix == ".mzxml" or b"<mzXML" in head:
        from superatom.spectra.mass.readers.mzxml import read_mzxml

        yield from read_mzxml(raw, path)
    elif suffix == ".mgf" or b"BEGIN IONS" in head:
        from superatom.spectra.mass.readers.mgf import read_mgf

        yield from read_mgf(raw, path)
    else:
        from superatom.spectra.mass.readers.text import read_text

        _refuse_vendor(file, raw)
        yield read_text(raw, path)


def _content(file: Path) -> bytes:
    """Return the bytes of a file, unpacked if it is gzipped."""
    if file.is_dir():
        _refuse_vendor(file, b"")
        raise DataFileError(str(file), "is a folder, not a file", hint="give one file of it")
    try:
        raw = file.read_bytes()
    except FileNotFoundError as error:
        raise DataFileError(str(file), "does not exist") from error
    except OSError as error:
        raise DataFileError(str(file), f"cannot be opened ({error.strerror})") from error
    if raw.startswith(b"\x1f\x8b"):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise DataFileError(
                str(file), f"is a damaged or cut-off gzip file ({error})", hint="copy it again"
            ) from error
    if not raw.strip():
        raise DataFileError(str(file), "is empty")
    return raw


def _refuse_vendor(file: Path, raw: bytes) -> None:
    vendor = _VENDOR.get(_suffix(file))
    if _suffix(file) == ".xls" or raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataFileError(str(file), "is an old Excel workbook", hint="save it as .xlsx or .csv")
    if vendor and (file.is_dir() or b"\0" in raw[:65536]):
        raise DataFileError(
            str(file),
            f"is in the binary format of {vendor}",
            hint=_CONVERT.format(name=file.name),
        )
