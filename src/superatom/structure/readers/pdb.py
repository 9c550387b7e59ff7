"""PDB files (by gemmi): alternate locations are disorder groups, CRYST1 is the cell."""

from __future__ import annotations

import numpy as np

from superatom.errors import DataFileError
from superatom.structure.lattice import Lattice
from superatom.structure.readers.operators import candidate_symmetries, identity
from superatom.structure.sites import CrystalFile, Sites

__all__ = ["read_pdb"]

_MARGIN = 15.0  # Å around atoms of a file without a cell, so that images do not touch


def read_pdb(text: str, path: str, frame: int) -> CrystalFile:
    """Read one model of a PDB file.

    A file without a cell is put into a large box of its own.

    Raises
    ------
    DataFileError
        If there are no atoms, no such model, or coordinates that are no numbers.
    """
    import gemmi

    try:
        structure = gemmi.read_pdb_string(text)
    except (RuntimeError, ValueError) as error:
        raise DataFileError(path, f"no readable PDB ({error})") from error
    if not len(structure):
        raise DataFileError(
            path, "no atoms in this PDB file", hint="it is truncated or another kind"
        )
    if not -len(structure) <= frame < len(structure):
        raise DataFileError(path, f"no model {frame}: the file holds {len(structure)}")
    notes = []
    if len(structure) > 1:
        notes.append(
            f"the file holds {len(structure)} models; number {frame % len(structure)} read"
        )
    found = [(residue, atom) for chain in structure[frame] for residue in chain for atom in residue]
    if not found:
        raise DataFileError(path, "no atoms in this PDB file")
    positions = np.array([atom.pos.tolist() for _, atom in found])
    numbers = np.array([atom.element.atomic_number for _, atom in found], dtype=np.int64)
    bad = [k for k in range(len(found)) if numbers[k] == 0 or not np.isfinite(positions[k]).all()]
    if bad:
        raise DataFileError(
            path, f"atom {bad[0] + 1} ({found[bad[0]][1].name}) has no element or no place"
        )
    cell = structure.cell
    symmetries = [identity()]
    if cell.is_crystal():
        lengths, angles = (
            np.array([cell.a, cell.b, cell.c]),
            np.array([cell.alpha, cell.beta, cell.gamma]),
        )
        lattice = Lattice.of_cell(lengths, angles)
        named = [structure.spacegroup_hm] if structure.spacegroup_hm else []
        groups, remarks = candidate_symmetries(["x,y,z"], "", named, None, lattice)
        symmetries, notes = groups or symmetries, notes + remarks
    else:
        extent = np.ptp(positions, axis=0).max() + 2 * _MARGIN
        lattice = Lattice(np.eye(3) * extent)
        notes.append("no cell in the file: read as a molecule in a large box")
    altlocs = [atom.altloc.strip("\0 ") for _, atom in found]
    occupancy = np.array([atom.occ if 0 < atom.occ <= 1 else 1.0 for _, atom in found])
    sites = Sites(
        labels=tuple(f"{atom.name}:{residue.seqid}" for residue, atom in found),
        numbers=np.where(numbers == 119, 1, numbers),
        fractional=lattice.fractional(positions),
        occupancy=occupancy,
        assembly=("",) * len(found),
        group=tuple(altlocs),
        order=np.zeros(len(found), dtype=np.int64),
    )
    return CrystalFile(sites, lattice, tuple(symmetries), {}, "", None, False, tuple(notes))
