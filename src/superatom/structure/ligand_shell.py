"""The ligands of a structure: what they are, where they bind, what is missing.

A ligand is a connected set of non-metal atoms that touches a metal. Equal ligands are
recognised once by their graph and matched to the ligand library; a ligand the library
does not know is reported by its formula and class, never given a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import Ligand, LigandLibrary, default_library
from superatom.structure.bonds import BondKind, Bonds, is_ion, is_metal
from superatom.structure.donors import ANIONIC, Donors, is_skeleton
from superatom.structure.ligand_graphs import (
    LigandIndex,
    fingerprints,
    hill_formula,
    ligand_index,
    mean_cc_length,
)

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["BoundLigand", "Fragment", "LigandShell", "find_ligands", "recognise_fragments"]

IntArray = NDArray[np.int64]

_KIND_OF_DONOR = {
    "SR": "thiolate",
    "SeR": "selenolate",
    "TeR": "tellurolate",
    "CCR": "alkynyl",
    "PR3": "phosphine",
    "NHC": "carbene",
    "CO": "carbonyl",
    "CNR": "isocyanide",
    "OR": "oxyanion",
    "NL": "amine",
}
_FREE_KINDS = frozenset({"solvent", "cation", "anion"})
#: Mean C-C length (Å) may differ by this much; aromatic and saturated rings differ by 0.14.
_CC_TOLERANCE = 0.08
_CHALCOGEN_TAILS = frozenset({"S", "Se", "Te"})


@dataclass(frozen=True, slots=True)
class Fragment:
    """A connected set of non-metal atoms, recognised or not.

    Attributes
    ----------
    ligand : Ligand
        From the library, or made up from the formula if the library has none.
    atoms : tuple[int, ...]
        Indices of its atoms.
    matched_by : str
        'graph', 'composition', 'element', 'skeleton' (tail missing) or 'none'.
    missing_hydrogens : int
        Hydrogens of the library's ligand that the structure does not show.
    note : str
        What a reader should know about the match; empty if nothing.
    """

    ligand: Ligand
    atoms: tuple[int, ...]
    matched_by: str
    missing_hydrogens: int = 0
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether the library has it."""
        return self.matched_by != "none"


@dataclass(frozen=True, slots=True)
class BoundLigand(Fragment):
    """A ligand on the cluster.

    Attributes
    ----------
    anchors : tuple[int, ...]
        Its atoms bonded to metal.
    metals : tuple[int, ...]
        Metals it is bonded to.
    """

    anchors: tuple[int, ...] = ()
    metals: tuple[int, ...] = ()

    @property
    def denticity(self) -> int:
        """Number of anchor atoms."""
        return len(self.anchors)


@dataclass(frozen=True, slots=True)
class LigandShell:
    """All ligands of a structure, and fragments that are not bound.

    Attributes
    ----------
    ligands : tuple[BoundLigand, ...]
        Ligands on the cluster.
    companions : tuple[Fragment, ...]
        Counter-ions and solvent molecules in the same file.
    notes : tuple[str, ...]
        Missing parts and doubtful matches.
    """

    ligands: tuple[BoundLigand, ...]
    companions: tuple[Fragment, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Mapping[Ligand, int]:
        """Number of each ligand, most frequent anions first as in a formula."""
        counted = Counter(bound.ligand for bound in self.ligands)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0].name)))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Formulas of the ligands that the library does not have."""
        found = {bound.ligand.formula for bound in self.ligands if not bound.known}
        return tuple(sorted(found))


def find_ligands(
    atoms: Atoms, bonds: Bonds, donors: Donors, library: LigandLibrary | None = None
) -> LigandShell:
    """Recognise the ligands of a structure.

    Parameters
    ----------
    atoms : ase.Atoms
        The structure; hydrogens may be missing.
    bonds, donors
        Its bonds and donors.
    library : LigandLibrary, optional
        Ligands known; the built-in library by default.
    """
    fragments = recognise_fragments(atoms, bonds, donors, library)
    anchors: dict[int, set[int]] = {}
    for metal, atom in zip(donors.metals.tolist(), donors.atoms.tolist(), strict=True):
        anchors.setdefault(atom, set()).add(metal)
    near = _near_metal(atoms)
    arenes = {g for g, name in donors.names.items() if name == "arene"}
    ligands, companions = [], []
    for fragment in fragments:
        held = _true_anchors([a for a in fragment.atoms if a in anchors], arenes)
        if not held and not (len(fragment.atoms) == 1 and near[fragment.atoms[0]]):
            companions.append(fragment)
            continue
        metals = tuple(sorted({m for a in held for m in anchors[a]}))
        ligands.append(
            BoundLigand(
                fragment.ligand,
                fragment.atoms,
                fragment.matched_by,
                fragment.missing_hydrogens,
                fragment.note if held else "touches no metal closely, counted as a ligand",
                held,
                metals,
            )
        )
    return LigandShell(tuple(ligands), tuple(companions), _notes(ligands, companions))


def _true_anchors(held: list[int], arenes: set[int]) -> tuple[int, ...]:
    """Return the anchors of a ligand; a ring that only leans on a metal is none of them."""
    strong = tuple(a for a in held if a not in arenes)
    return strong or tuple(held)


def recognise_fragments(
    atoms: Atoms, bonds: Bonds, donors: Donors, library: LigandLibrary | None = None
) -> tuple[Fragment, ...]:
    """Recognise every connected set of non-metal atoms, bound to metal or not."""
    index = ligand_index(library if library is not None else default_library())
    numbers = np.asarray(atoms.numbers, dtype=np.int64)
    members = _members(numbers, bonds)
    prints = _fragment_prints(numbers, bonds, members)
    groups = _groups_by_atom(donors)
    skeleton = is_skeleton(atoms, bonds)
    symbols = np.array(list(atoms.symbols))
    known: dict[tuple[object, ...], Fragment] = {}
    found = []
    for own, fingerprint in zip(members, prints, strict=True):
        elements = Counter(symbols[own].tolist())
        names = tuple(sorted(groups[a] for a in own.tolist() if a in groups))
        key = (fingerprint, elements.get("H", 0), names)
        if key not in known:
            known[key] = _recognise(
                atoms, bonds, own, elements, fingerprint, names, index, skeleton
            )
        found.append(replace(known[key], atoms=tuple(own.tolist())))
    return tuple(found)


def _members(numbers: IntArray, bonds: Bonds) -> list[IntArray]:
    """Return the atoms of each covalent fragment (alkali ions included), by first atom."""
    labels = bonds.fragments(BondKind.COVALENT)
    mine = np.flatnonzero(~is_metal(numbers))
    order = mine[np.argsort(labels[mine], kind="stable")]
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    return np.split(order, starts[1:]) if len(order) else []


def _fragment_prints(numbers: IntArray, bonds: Bonds, members: list[IntArray]) -> list[int]:
    """Return the heavy-atom fingerprint of each fragment."""
    label = np.full(len(numbers), -1, dtype=np.int64)
    for k, own in enumerate(members):
        label[own] = k
    heavy = (numbers != 1) & (label >= 0)
    place = np.cumsum(heavy) - 1
    pairs = bonds.of(BondKind.COVALENT)
    pairs = pairs[heavy[pairs].all(axis=1)]
    prints = fingerprints(numbers[heavy], place[pairs], label[heavy], len(members))
    return [int(value) for value in prints]


def _groups_by_atom(donors: Donors) -> dict[int, str]:
    return {
        atom: donors.names[group]
        for group, atoms in donors.group_atoms.items()
        for atom in atoms
        if atom == group or donors.names[group] not in ("CCR", "OR", "NR")
    }


def _recognise(
    atoms: Atoms,
    bonds: Bonds,
    own: IntArray,
    elements: Mapping[str, int],
    fingerprint: int,
    donor_names: tuple[str, ...],
    index: LigandIndex,
    skeleton: bool,
) -> Fragment:
    """Return what a fragment is (its atoms are filled in by the caller)."""
    if len(own) == 1 and skeleton and _CHALCOGEN_TAILS.intersection(elements):
        return _thiolate_without_tail(*elements)
    heavy_only = {e: n for e, n in elements.items() if e != "H"}
    if heavy_only:
        candidates = index.with_graph(elements, fingerprint)
        matched_by = "element" if len(own) == 1 else "graph"
    else:
        candidates = tuple(c for c in index.with_heavy_atoms({}) if c.elements == dict(elements))
        matched_by = "element"
    if not candidates:
        drawn = index.with_heavy_atoms(elements)
        candidates = tuple(c for c in drawn if not c.smiles)
        matched_by = "composition"
    chosen = _choose(atoms, bonds, own, elements, bool(donor_names), candidates)
    if chosen is None:
        return _unknown(elements, donor_names, index)
    ligand, missing, note = chosen
    return Fragment(ligand, (), matched_by, missing, note)


def _choose(
    atoms: Atoms,
    bonds: Bonds,
    own: IntArray,
    elements: Mapping[str, int],
    bound: bool,
    candidates: tuple[Ligand, ...],
) -> tuple[Ligand, int, str] | None:
    """Return the candidate that fits the hydrogens (and C-C lengths), or None."""
    candidates = tuple(sorted(candidates, key=lambda c: (c.kind in _FREE_KINDS) == bound))
    seen = elements.get("H", 0)
    exact = [c for c in candidates if c.elements.get("H", 0) == seen]
    if exact:
        return exact[0], 0, ""
    lacking = [c for c in candidates if c.elements.get("H", 0) > seen]
    misfit = {c.name: _length_misfit(atoms, bonds, own, c) for c in lacking}
    lacking = [c for c in lacking if misfit[c.name] < _CC_TOLERANCE]
    if not lacking:
        return None
    best = min(lacking, key=lambda c: misfit[c.name])
    missing = best.elements["H"] - seen
    others = [c.name for c in lacking if c is not best and c.elements != best.elements]
    note = f"or {', '.join(others)}: told apart by C-C lengths only" if others else ""
    return best, missing, note


def _length_misfit(atoms: Atoms, bonds: Bonds, own: IntArray, candidate: Ligand) -> float:
    """Return the difference (Å) of the mean C-C length from the candidate's."""
    expected = mean_cc_length(candidate.smiles) if candidate.smiles else None
    mine = np.isin(bonds.pairs, own).all(axis=1)
    carbons = (atoms.numbers[bonds.pairs] == 6).all(axis=1)
    lengths = bonds.lengths[mine & carbons]
    if expected is None or not len(lengths):
        return 0.0
    return abs(float(lengths.mean()) - expected)


def _thiolate_without_tail(element: str) -> Fragment:
    """Return the generic thiolate that a bare S stands for in a metal-sulfur skeleton."""
    library = default_library()
    ligand = library[f"{element}R"]
    note = "no carbon in this file: every bare chalcogen is read as a thiolate without its tail"
    return Fragment(ligand, (), "skeleton", 0, note)


def _unknown(
    elements: Mapping[str, int], donor_names: tuple[str, ...], index: LigandIndex
) -> Fragment:
    """Return a fragment the library does not have, classed by its donors."""
    formula = hill_formula(elements)
    isomers = [c.name for c in index.with_heavy_atoms(elements) if c.elements == dict(elements)]
    name = f"{formula}-isomer" if isomers else formula
    charges = [1 if d in ANIONIC else 0 for d in donor_names if d != "L"]
    certain = bool(donor_names) and "L" not in donor_names
    ligand = Ligand(
        name=name,
        kind=_KIND_OF_DONOR.get(donor_names[0], "other") if donor_names else "other",
        formula=formula,
        charge_taken=sum(charges) if certain else None,
        anchors=tuple(sorted({d[:1] for d in donor_names})),
        source="structure: not in the ligand library; charge from its anchor atoms",
    )
    note = f"not in the ligand library (same formula as {', '.join(isomers)})" if isomers else ""
    return Fragment(ligand, (), "none", 0, note or "not in the ligand library")


def _near_metal(atoms: Atoms) -> NDArray[np.bool_]:
    """Return which atoms lie within 3.3 Å of a metal, alkali ions never."""
    from scipy.spatial import cKDTree

    numbers = np.asarray(atoms.numbers)
    metal = is_metal(numbers)
    if not metal.any():
        return np.zeros(len(numbers), dtype=bool)
    distance, _ = cKDTree(atoms.positions[metal]).query(atoms.positions)
    return np.asarray((distance < 3.3) & ~is_ion(numbers))


def _notes(ligands: list[BoundLigand], companions: list[Fragment]) -> tuple[str, ...]:
    """Return each remark once, with the number of fragments it holds for."""
    remarks: Counter[str] = Counter()
    for fragment in [*ligands, *companions]:
        if fragment.note:
            remarks[f"{fragment.ligand.name}: {fragment.note}"] += 1
        if fragment.missing_hydrogens:
            text = f"{fragment.ligand.name}: {fragment.missing_hydrogens} H not in the file"
            if fragment.missing_hydrogens < fragment.ligand.elements["H"]:
                text += " (or the ligand is deprotonated)"
            remarks[text] += 1
    notes = [f"{n} x {text}" for text, n in remarks.items()]
    doubtful = sum(
        b.ligand.formula in _CHALCOGEN_TAILS and len(b.metals) <= 2 and b.matched_by == "element"
        for b in ligands
    )
    if doubtful:
        notes.append(
            f"{doubtful} bare chalcogen atoms on at most two metals: read as sulfide, could be "
            "thiolates whose tails are missing"
        )
    return tuple(notes)
