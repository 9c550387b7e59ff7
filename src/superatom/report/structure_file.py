"""Reading a structure file for the comparison with a formula."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from superatom.composition.cluster import Cluster
from superatom.errors import DataFileError
from superatom.report.agreement import Agreement, compare

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["check_structure"]


def check_structure(cluster: Cluster, path: Path) -> Agreement:
    """Compare the atoms of a structure file with a formula.

    Raises
    ------
    DataFileError
        If the file cannot be read.
    StructureError
        If its atoms cannot be a metal cluster.
    """
    return compare(cluster, _read(path), name=path.name)


def _read(path: Path) -> Atoms:
    from ase.io import read

    try:
        atoms = read(path)
    except Exception as error:
        raise DataFileError(str(path), f"cannot be read as a structure ({error})") from error
    if isinstance(atoms, list):
        atoms = atoms[-1]
    return atoms
