"""Write a mass spectrum as a table of text that every program reads."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from superatom.errors import DataFileError
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["write_spectrum"]

_DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}


def write_spectrum(spectrum: Spectrum, path: str | Path) -> Path:
    """Write m/z and intensity as csv, tsv or txt, by the ending of the name.

    The file appears whole or not at all.

    Raises
    ------
    DataFileError
        If the ending is another, or the file cannot be written.
    """
    target = Path(path)
    delimiter = _DELIMITERS.get(target.suffix.lower())
    if delimiter is None:
        raise DataFileError(
            str(path), "a spectrum is written as .csv, .tsv or .txt", hint="choose one of these"
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    points = np.column_stack([spectrum.mz, spectrum.intensity])
    head = f"m/z{delimiter}intensity"
    try:
        np.savetxt(part, points, delimiter=delimiter, header=head, comments="", fmt="%.6f")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataFileError(str(path), f"cannot be written ({error.strerror})") from error
    return target
