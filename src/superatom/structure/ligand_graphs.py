"""Ligands known by their graph: fingerprints of heavy-atom graphs and the library's index.

Two ligands have the same fingerprint if their heavy atoms are connected the same way
(Weisfeiler-Lehman refinement). Hydrogens are left out, so the free form of the library
and the bound form of a crystal structure without hydrogens look alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import Ligand, LigandLibrary

__all__ = ["LigandIndex", "fingerprints", "hill_formula", "ligand_index", "mean_cc_length"]

IntArray = NDArray[np.int64]
HashArray = NDArray[np.uint64]

_ROUNDS = 8  # covers ligands of up to 16 bonds across; more changes nothing in practice
#: Mean C-C lengths (Å) by bond order, for structures without hydrogens
#: (Allen et al. 1987, 10.1039/P298700000S1).
_CC_LENGTH = {1.0: 1.53, 1.5: 1.39, 2.0: 1.33, 3.0: 1.20}


def _mixed(values: HashArray) -> HashArray:
    """Return a well-mixed hash of each value (splitmix64)."""
    with np.errstate(over="ignore"):
        z = values + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def fingerprints(numbers: IntArray, pairs: IntArray, labels: IntArray, n_labels: int) -> HashArray:
    """Return one fingerprint for each fragment of a graph.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers of the heavy atoms.
    pairs : ndarray of int, shape (m, 2)
        Bonds among them.
    labels : ndarray of int, shape (n,)
        Fragment of each atom.
    n_labels : int
        Number of fragments.
    """
    colour = _mixed(numbers.astype(np.uint64))
    with np.errstate(over="ignore"):
        for _ in range(_ROUNDS):
            around = np.zeros_like(colour)
            mixed = _mixed(colour)
            np.add.at(around, pairs[:, 0], mixed[pairs[:, 1]])
            np.add.at(around, pairs[:, 1], mixed[pairs[:, 0]])
            colour = _mixed(colour * np.uint64(3) + around)
        total = np.zeros(n_labels, dtype=np.uint64)
        np.add.at(total, labels, _mixed(colour))
    return total


def hill_formula(elements: Mapping[str, int]) -> str:
    """Return counted elements in Hill order: C, H, then the alphabet."""
    carbon_first = ("C", "H") if elements.get("C") else ()
    rest = sorted(set(elements) - set(carbon_first))
    ordered = [e for e in carbon_first if elements.get(e)] + rest
    return "".join(f"{e}{elements[e] if elements[e] > 1 else ''}" for e in ordered)


def mean_cc_length(smiles: str) -> float | None:
    """Return the mean C-C bond length (Å) expected for a molecule; None without C-C bond."""
    from rdkit import Chem

    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return None
    lengths = [
        _CC_LENGTH[bond.GetBondTypeAsDouble()]
        for bond in molecule.GetBonds()
        if bond.GetBeginAtom().GetAtomicNum() == bond.GetEndAtom().GetAtomicNum() == 6
        and bond.GetBondTypeAsDouble() in _CC_LENGTH
    ]
    return float(np.mean(lengths)) if lengths else None


@lru_cache(maxsize=4096)
def _smiles_fingerprint(smiles: str) -> int | None:
    """Return the fingerprint of a SMILES; None if it cannot be read."""
    from rdkit import Chem

    molecule = Chem.MolFromSmiles(smiles, sanitize=False)
    if molecule is None:
        return None
    numbers = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()], dtype=np.int64)
    heavy = numbers != 1
    place = np.cumsum(heavy) - 1
    ends = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds()]
    pairs = np.array(
        [(place[i], place[j]) for i, j in ends if heavy[i] and heavy[j]], dtype=np.int64
    ).reshape(-1, 2)
    labels = np.zeros(int(heavy.sum()), dtype=np.int64)
    return int(fingerprints(numbers[heavy], pairs, labels, 1)[0])


class LigandIndex:
    """Ligands of a library by their heavy atoms and by their graph.

    Parameters
    ----------
    library : LigandLibrary
        Ligands to index; generic ones have no atoms and are left out.
    """

    def __init__(self, library: LigandLibrary) -> None:
        self._by_heavy: dict[str, list[Ligand]] = {}
        for ligand in library:
            if not ligand.is_generic:
                self._by_heavy.setdefault(_heavy(ligand.elements), []).append(ligand)

    def with_heavy_atoms(self, elements: Mapping[str, int]) -> tuple[Ligand, ...]:
        """Return the ligands that have these heavy atoms; hydrogens do not matter."""
        return tuple(self._by_heavy.get(_heavy(elements), ()))

    def with_graph(self, elements: Mapping[str, int], fingerprint: int) -> tuple[Ligand, ...]:
        """Return the ligands with this heavy-atom graph."""
        return tuple(
            ligand
            for ligand in self.with_heavy_atoms(elements)
            if ligand.smiles and _smiles_fingerprint(ligand.smiles) == fingerprint
        )


def _heavy(elements: Mapping[str, int]) -> str:
    counted = Counter({e: n for e, n in elements.items() if e not in ("H", "D")})
    return hill_formula(counted)


@lru_cache(maxsize=4)
def _index_of(library: LigandLibrary) -> LigandIndex:
    return LigandIndex(library)


def ligand_index(library: LigandLibrary) -> LigandIndex:
    """Return the index of a library, made once."""
    return _index_of(library)
