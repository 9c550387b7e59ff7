"""How a model was made: the record every changed structure carries in `atoms.info`.

The record stands under `info["construction"]` in plain JSON types, so that it survives
extXYZ files: the parent (formula and hash of its coordinates), the operations in order, each
with its seed where one was used, and the version of Superatom.
"""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["KEY", "construction", "coordinates_hash", "record_operation"]

#: Where the record stands in `atoms.info`.
KEY = "construction"
_FIRST = "build"  # the operation that names a model


def coordinates_hash(atoms: Atoms) -> str:
    """Return the first 16 hex digits of the SHA-256 of elements and positions (1e-6 Å)."""
    digest = hashlib.sha256(np.ascontiguousarray(atoms.numbers, dtype=np.int64).tobytes())
    rounded = np.round(np.asarray(atoms.positions, dtype=np.float64) * 1e6).astype(np.int64)
    digest.update(np.ascontiguousarray(rounded).tobytes())
    return digest.hexdigest()[:16]


def construction(atoms: Atoms) -> dict[str, Any]:
    """Return the record of a model; for a structure that has none, one that names it parent."""
    from superatom.provenance import version

    known = atoms.info.get(KEY)
    if isinstance(known, dict):
        return copy.deepcopy(known)
    return {
        "parent": {"formula": atoms.get_chemical_formula(), "hash": coordinates_hash(atoms)},
        "operations": [],
        "version": version(),
    }


def record_operation(model: Atoms, parent: dict[str, Any], operation: str, **details: Any) -> None:
    """Write into `model.info` that it came from `parent` by `operation`.

    Parameters
    ----------
    model : ase.Atoms
        The new structure; its `info` is changed. The parent's name and the atom labels of a
        source file are dropped.
    parent : dict
        Record of the structure it was made from (`construction`).
    operation : str
        Name of the function: 'dope', 'strip', 'simplify', 'adsorb'.
    **details
        What it was asked, in JSON types (`seed` where chance was used).

    Examples
    --------
    >>> from ase import Atoms
    >>> gold, silver = Atoms("Au"), Atoms("Ag")
    >>> record_operation(silver, construction(gold), "dope", sites={"Ag": [0]})
    >>> silver.info["construction"]["operations"]
    [{'operation': 'dope', 'sites': {'Ag': [0]}}]
    """
    operations = [*parent.get("operations", []), {"operation": operation, **details}]
    kept = {k: v for k, v in model.info.items() if operation == _FIRST or k != "name"}
    model.info = {**kept, KEY: {**parent, "operations": operations}}
    # labels of the file it was read from fit neither new atoms nor other elements
    model.arrays.pop("labels", None)
