"""`read_structure`: any structure file to a whole cluster and an account of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from superatom.errors import DataFileError
from superatom.provenance import Provenance, stamp
from superatom.structure.crystal import Crystal

if TYPE_CHECKING:
    from ase import Atoms

    from superatom.structure.sites import CrystalFile

__all__ = ["MOST_ATOMS", "MOST_BYTES", "read_structure"]

#: Largest file that is read, in bytes.
MOST_BYTES = 200_000_000
#: Most atoms of a structure (sites of a CIF, atoms of a frame, atoms in the cell).
MOST_ATOMS = 200_000

_METHOD = "Superatom structure reader"
_SOURCES = ("bond_distances.csv", "companions.csv", "ligands.csv", "radii.csv")
_OVERLAP = 0.5  # times the sum of covalent radii: no bond is that short


def read_structure(
    path: str | Path,
    picture: int | Mapping[str, str] | None = None,
    *,
    cluster: int = 0,
    frame: int = -1,
) -> Crystal:
    """Read a structure file.

    Parameters
    ----------
    path : str or Path
        CIF, XYZ or extended XYZ, PDB, .gro, POSCAR, or anything ASE reads.
    picture : int, mapping or None
        For disordered crystals: 0 or None is the picture of the major parts, 1 that of the
        next ones, and so on; ``{"A": "2"}`` takes group 2 of assembly A.
    cluster : int
        Which cluster, if the crystal has several independent ones.
    frame : int
        Which frame, if the file holds several; the last by default.

    Returns
    -------
    Crystal
        The cluster whole, its companions, charge, pictures, what is missing, and a note on
        every repair.

    Raises
    ------
    DataFileError
        If the file is missing, empty, truncated, too large (200 MB or 200,000 atoms), of
        another kind than its name says, has no cell where it needs one, no atoms,
        coordinates that are no numbers, or atoms on top of each other.
    StructureError
        If there is no such picture or cluster.
    """
    place = Path(path)
    raw = _bytes(place)
    provenance = stamp(_METHOD, raw, repr(picture), cluster, frame, sources=_SOURCES)
    text = _text(raw)
    suffix = place.suffix.lower()
    if suffix in (".cif", ".mcif") or (text is not None and _looks_like_cif(text)):
        if text is None:
            raise DataFileError(str(place), "a binary file, not a CIF")
        from superatom.structure.readers.cif import read_cif

        return _crystal(read_cif(text, str(place)), place, provenance, picture, cluster)
    if suffix in (".pdb", ".ent") and text is not None:
        from superatom.structure.readers.pdb import read_pdb

        file = read_pdb(text, str(place), frame)
        return _crystal(file, place, provenance, picture, cluster)
    from superatom.structure.readers.coordinates import read_coordinates

    atoms, notes = read_coordinates(place, text, frame)
    return _of_atoms(atoms, notes, place, provenance, picture, cluster)


def _bytes(path: Path) -> bytes:
    """Return the content of a file that can be read."""
    if path.is_dir():
        raise DataFileError(str(path), "a folder, not a file")
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DataFileError(
                str(path),
                f"{size / 1e6:.0f} MB; files up to {MOST_BYTES // 10**6} MB are read",
                hint="cut out one frame or one structure",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataFileError(str(path), f"cannot be read ({error.strerror})") from error
    if not raw.strip():
        raise DataFileError(str(path), "an empty file")
    return raw


def _text(raw: bytes) -> str | None:
    """Return the text of a file, None if it is binary."""
    if b"\0" in raw[:4096]:
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like_cif(text: str) -> bool:
    """Whether the first line that says something opens a CIF data block."""
    lines = (line.strip() for line in text[:20000].splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return first.lower().startswith("data_")


def _crystal(
    file: CrystalFile,
    path: Path,
    provenance: Provenance,
    picture: int | Mapping[str, str] | None,
    cluster: int,
) -> Crystal:
    from superatom.structure.assembly import assemble

    most = len(file.sites) * max(len(s) for s in file.symmetries)
    if most > MOST_ATOMS:
        raise DataFileError(
            str(path), f"up to {most} atoms in the cell; structures up to {MOST_ATOMS} are read"
        )
    return assemble(file, str(path), provenance, picture, cluster)


def _of_atoms(
    atoms: Atoms,
    notes: list[str],
    path: Path,
    provenance: Provenance,
    picture: int | Mapping[str, str] | None,
    cluster: int,
) -> Crystal:
    """Return atoms read by a program for molecules, as a crystal if they have a cell."""
    _check(atoms, path)
    if atoms.pbc.any() and atoms.cell.rank == 3:
        from superatom.structure.readers.periodic import file_of_atoms

        return _crystal(file_of_atoms(atoms, notes), path, provenance, picture, cluster)
    from superatom.structure.isolated import of_isolated

    return of_isolated(atoms, notes, provenance)


def _check(atoms: Atoms, path: Path) -> None:
    """Refuse atoms that cannot be a structure."""
    from superatom.structure.lattice import free_contacts
    from superatom.structure.proximity import covalent_radii

    if not len(atoms):
        raise DataFileError(str(path), "0 atoms")
    if len(atoms) > MOST_ATOMS:
        raise DataFileError(
            str(path), f"{len(atoms)} atoms; structures up to {MOST_ATOMS} are read"
        )
    positions = np.asarray(atoms.positions, dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(positions).all(axis=1))
    if len(bad):
        raise DataFileError(
            str(path), f"atom {bad[0] + 1} ({atoms.symbols[int(bad[0])]}) has a coordinate that is "
            "not a number", hint="the file is damaged",
        )  # fmt: skip
    if (np.asarray(atoms.numbers) < 1).any():
        which = int(np.flatnonzero(np.asarray(atoms.numbers) < 1)[0])
        raise DataFileError(str(path), f"atom {which + 1} has no element")
    contacts = free_contacts(positions, 2.0)
    radii = covalent_radii()[np.asarray(atoms.numbers)]
    near = contacts.length < _OVERLAP * (radii[contacts.first] + radii[contacts.second])
    if near.any():
        worst = int(np.argmin(np.where(near, contacts.length, np.inf)))
        i, j = int(contacts.first[worst]), int(contacts.second[worst])
        raise DataFileError(
            str(path),
            f"atoms on top of each other: {atoms.symbols[i]} {i + 1} and {atoms.symbols[j]} "
            f"{j + 1} are {contacts.length[worst]:.2f} Å apart ({int(near.sum())} such pairs)",
            hint="give each atom once; for a disordered crystal give the CIF",
        )
