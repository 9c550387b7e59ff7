"""Atoms in a periodic box, as the crystal structure they are (P1, every site full)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from superatom.structure.lattice import Lattice
from superatom.structure.readers.operators import identity
from superatom.structure.sites import CrystalFile, Sites

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["file_of_atoms"]


def file_of_atoms(atoms: Atoms, notes: list[str]) -> CrystalFile:
    """Return periodic atoms as a crystal structure file.

    Parameters
    ----------
    atoms : ase.Atoms
        With three lattice vectors.
    notes : list of str
        Remarks made so far.
    """
    lattice = Lattice(np.asarray(atoms.cell.array, dtype=np.float64))
    symbols = atoms.get_chemical_symbols()
    sites = Sites(
        labels=tuple(f"{s}{k + 1}" for k, s in enumerate(symbols)),
        numbers=np.asarray(atoms.numbers, dtype=np.int64),
        fractional=lattice.fractional(np.asarray(atoms.positions, dtype=np.float64)),
        occupancy=np.ones(len(atoms)),
        assembly=("",) * len(atoms),
        group=("",) * len(atoms),
        order=np.zeros(len(atoms), dtype=np.int64),
    )
    return CrystalFile(sites, lattice, (identity(),), {}, "", None, False, tuple(notes))
