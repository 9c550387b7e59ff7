"""Coordinate files without crystallography: XYZ with line numbers in errors, the rest by ASE."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.errors import DataFileError

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["read_coordinates", "read_xyz"]

_SPECIAL = ("contcar", "poscar", "xdatcar", "coord", "geometry.in")


def read_coordinates(path: Path, text: str | None, frame: int) -> tuple[Atoms, list[str]]:
    """Read one frame of a coordinate file.

    Parameters
    ----------
    path : Path
        The file.
    text : str or None
        Its text, None if it is binary.
    frame : int
        Which frame; -1 is the last.

    Raises
    ------
    DataFileError
        If it cannot be read.
    """
    if path.suffix.lower() in (".xyz", ".extxyz") and text is not None:
        return read_xyz(text, str(path), frame)
    if path.suffix.lower() == ".gro" and text is not None:
        _check_gro(text.splitlines(), str(path))
    return _by_ase(path, frame)


def read_xyz(text: str, path: str, frame: int) -> tuple[Atoms, list[str]]:
    """Read one frame of an XYZ or extended XYZ text.

    Raises
    ------
    DataFileError
        With the line at which the file stops being an XYZ.
    """
    lines = text.splitlines()
    starts = _frames(lines, path)
    if not -len(starts) <= frame < len(starts):
        raise DataFileError(path, f"no frame {frame}: the file holds {len(starts)}")
    start = starts[frame]
    n_atoms = int(lines[start].split()[0])
    notes = []
    if len(starts) > 1:
        notes.append(f"the file holds {len(starts)} frames; number {frame % len(starts)} was read")
    comment = lines[start + 1]
    if "Properties=" in comment or "Lattice=" in comment:
        return _extended(lines[start : start + 2 + n_atoms], path, start), notes
    rows = lines[start + 2 : start + 2 + n_atoms]
    symbols, positions = [], np.empty((n_atoms, 3))
    for k, row in enumerate(rows):
        symbol, place = _atom(row, path, start + 3 + k)
        symbols.append(symbol)
        positions[k] = place
    from ase import Atoms

    return Atoms(symbols, positions=positions), notes


def _check_gro(lines: list[str], path: str) -> None:
    """Refuse a .gro file with fewer lines than it announces; ASE would read what is there."""
    count = lines[1].strip() if len(lines) > 1 else ""
    if not count.isdigit():
        raise DataFileError(path, "no .gro file: no number of atoms in line 2", line=2)
    if len(lines) < int(count) + 3:
        raise DataFileError(
            path,
            f"truncated: {count} atoms and a box announced, {len(lines) - 2} lines there",
            line=len(lines),
            hint="get the file again from its source",
        )


def _frames(lines: list[str], path: str) -> list[int]:
    """Return the line index at which each frame starts."""
    starts: list[int] = []
    at = 0
    while at < len(lines) and lines[at].strip():
        head = lines[at].split()
        if not head[0].isdigit():
            if starts:
                break
            raise DataFileError(
                path, f"no XYZ file: the first line is '{lines[at][:40]}', not a number of atoms",
                line=at + 1, hint="give the right ending (.cif, .pdb, .gro, ...) or correct it",
            )  # fmt: skip
        n_atoms = int(head[0])
        if n_atoms == 0:
            raise DataFileError(path, "0 atoms", line=at + 1)
        if at + 2 + n_atoms > len(lines):
            raise DataFileError(
                path,
                f"truncated: {n_atoms} atoms announced, {max(len(lines) - at - 2, 0)} lines there",
                line=len(lines), hint="get the file again from its source",
            )  # fmt: skip
        starts.append(at)
        at += 2 + n_atoms
    rest = [k for k in range(at, len(lines)) if lines[k].strip()]
    if not starts:
        raise DataFileError(
            path, "an empty file" if not rest else "the first line is blank", line=1
        )
    if rest and len(lines[rest[0]].split()) >= 4:
        raise DataFileError(
            path, f"more atoms than the {lines[starts[-1]].split()[0]} announced",
            line=rest[0] + 1, hint="correct the number in the first line",
        )  # fmt: skip
    return starts


def _atom(row: str, path: str, line: int) -> tuple[str, list[float]]:
    """Return the element and place of one line."""
    from ase.data import atomic_numbers, chemical_symbols

    words = row.split()
    if len(words) < 4:
        raise DataFileError(
            path, f"not an atom: '{row[:60]}'", line=line, hint="expected: element x y z"
        )
    name = words[0]
    if name.isdigit() and 0 < int(name) < len(chemical_symbols):
        symbol = str(chemical_symbols[int(name)])
    else:
        letters = "".join(c for c in name if c.isalpha())[:2].capitalize()
        symbol = next((c for c in (letters, letters[:1]) if c in atomic_numbers), "")
        symbol = "H" if letters == "D" else symbol
    if not symbol or symbol == "X":
        raise DataFileError(path, f"'{name[:20]}' is no element", line=line)
    try:
        place = [float(w.replace("D", "e").replace("d", "e")) for w in words[1:4]]
    except ValueError:
        raise DataFileError(path, f"coordinates are no numbers: '{row[:60]}'", line=line) from None
    if not all(map(math.isfinite, place)):
        raise DataFileError(path, f"a coordinate is not finite: '{row[:60]}'", line=line)
    return symbol, place


def _extended(lines: list[str], path: str, start: int) -> Atoms:
    import io

    from ase.io import read

    return _guarded(
        path,
        lambda: read(io.StringIO("\n".join(lines) + "\n"), format="extxyz", index=0),
        start + 1,
    )


def _by_ase(path: Path, frame: int) -> tuple[Atoms, list[str]]:
    from ase.io import read
    from ase.io.formats import UnknownFileTypeError

    kind = "vasp" if path.name.lower().startswith(_SPECIAL[:2]) else None

    def load() -> Any:
        try:
            return read(str(path), index=frame, format=kind)
        except UnknownFileTypeError as error:
            raise DataFileError(
                str(path), "a kind of file that is not known",
                hint="give CIF, XYZ, PDB, .gro, POSCAR or another file that ASE reads",
            ) from error  # fmt: skip

    atoms = _guarded(str(path), load, None)
    return atoms, []


def _guarded(path: str, load: Any, line: int | None) -> Atoms:
    """Return what `load` reads; anything it raises on a bad file becomes a DataFileError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            atoms = load()
    except DataFileError:
        raise
    except Exception as error:  # parsers of foreign formats raise whatever they meet
        raise DataFileError(
            path, f"cannot be read ({type(error).__name__}: {str(error)[:200]})", line=line,
            hint="the file is truncated, damaged or of another kind than its name says",
        ) from error  # fmt: skip
    from ase import Atoms

    if not isinstance(atoms, Atoms):
        raise DataFileError(path, "holds no atoms")
    return atoms
