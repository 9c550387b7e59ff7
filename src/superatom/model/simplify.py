"""Smaller ligands for cheap calculations: SCH3 or SH, PH3, C≡CH; metals and anchors stay.

A ligand keeps its anchors, the atoms that make it what it is (the carbon of a methanethiolate,
the second carbon of an alkynyl, the carbon of a formate) and, where it holds the cluster in
several places, the shortest chains between its anchors. Every bond that is cut gets a hydrogen
along it, at the usual length of such a bond. Atoms that stay keep their positions exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.construction import construction, coordinates_hash, record_operation
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.bonds import BondKind
from superatom.structure.element_pairs import covalent_radii
from superatom.structure.ligand_shell import BoundLigand

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["CHOICES", "Simplified", "simplify", "simplify_told"]

FloatArray = NDArray[np.float64]

#: What each kind of donor may become; the first is the default, 'keep' leaves it as it is.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "thiolate": ("CH3", "H", "keep"),
    "phosphine": ("H", "CH3", "keep"),
    "alkynyl": ("H", "CH3", "keep"),
    "carboxylate": ("H", "CH3", "keep"),
}
_DONOR_KIND = {
    "SR": "thiolate", "SeR": "thiolate", "TeR": "thiolate", "PR3": "phosphine",
    "CCR": "alkynyl", "OR": "carboxylate",
}  # fmt: skip
_TETRAHEDRAL = np.arccos(-1 / 3)
_TURNS = 24  # torsions tried for a new methyl group


@dataclass(frozen=True, slots=True, eq=False)
class Simplified:
    """A model with smaller ligands, and what became of the old ones.

    Attributes
    ----------
    atoms : ase.Atoms
        The model: atoms that stay, in their order, then the new hydrogens.
    kept : tuple[int, ...]
        Index in the parent of each atom that stayed.
    changes : tuple[tuple[str, int], ...]
        Ligands that were cut and how many of each ('PET', 18).
    unchanged : tuple[tuple[str, int], ...]
        Ligands left as they are.
    """

    atoms: Atoms
    kept: tuple[int, ...]
    changes: tuple[tuple[str, int], ...]
    unchanged: tuple[tuple[str, int], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "kept": list(self.kept),
            "changes": dict(self.changes),
            "unchanged": dict(self.unchanged),
            "construction": construction(self.atoms),
        }


def simplify(
    atoms: Atoms,
    *,
    thiolate: str = "CH3",
    phosphine: str = "H",
    alkynyl: str = "H",
    carboxylate: str = "H",
    anatomy: Anatomy | None = None,
) -> Atoms:
    """Return the cluster with every ligand cut to its smallest relative.

    Parameters
    ----------
    atoms : ase.Atoms
        One cluster with complete ligands; not changed. Counter-ions and solvent are dropped.
    thiolate : str
        'CH3' (SCH3, SeCH3), 'H' (SH) or 'keep'.
    phosphine : str
        'H' (PH3), 'CH3' (PMe3) or 'keep'.
    alkynyl : str
        'H' (C≡CH), 'CH3' or 'keep'.
    carboxylate : str
        'H' (formate), 'CH3' (acetate) or 'keep'.
    anatomy : Anatomy, optional
        The dissected cluster if already known.

    Raises
    ------
    SearchError
        If a choice is none of these.
    """
    chosen = {
        "thiolate": thiolate,
        "phosphine": phosphine,
        "alkynyl": alkynyl,
        "carboxylate": carboxylate,
    }
    return simplify_told(atoms, chosen, anatomy=anatomy).atoms


def simplify_told(
    atoms: Atoms, choices: Mapping[str, str] | None = None, *, anatomy: Anatomy | None = None
) -> Simplified:
    """Return the cluster with smaller ligands, and which ligands were cut.

    Parameters
    ----------
    atoms : ase.Atoms
        One cluster; not changed.
    choices : mapping of kind to ending, optional
        Rows of `CHOICES` that shall differ from their default.
    anatomy : Anatomy, optional
        The dissected cluster if already known.

    Raises
    ------
    SearchError
        If there is no such kind or ending.
    """
    asked = _checked(choices or {})
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    shell = _Shell(taken_apart, asked)
    cuts = [shell.cut(bound) for bound in taken_apart.ligands.ligands]
    stays = {*taken_apart.metals, *(a for cut in cuts for a in cut.kept)}
    kept = tuple(sorted(stays))
    model: Atoms = atoms[list(kept)]
    hydrogens = _hydrogens(atoms.positions[list(kept)], cuts, shell)
    if len(hydrogens):
        from ase import Atoms as NewAtoms

        model += NewAtoms(f"H{len(hydrogens)}", positions=hydrogens)
    model.info = dict(atoms.info)
    record_operation(
        model,
        construction(atoms),
        "simplify",
        full=coordinates_hash(atoms),
        kept=list(kept),
        **asked,
    )
    changed = Counter(cut.name for cut in cuts if cut.caps or cut.methyls)
    same = Counter(cut.name for cut in cuts if not (cut.caps or cut.methyls))
    return Simplified(model, kept, tuple(sorted(changed.items())), tuple(sorted(same.items())))


def _checked(choices: Mapping[str, str]) -> dict[str, str]:
    for kind, ending in choices.items():
        if kind not in CHOICES:
            raise SearchError(f"no kind of ligand {kind!r}; choose from {', '.join(CHOICES)}")
        if ending not in CHOICES[kind]:
            raise SearchError(
                f"a {kind} cannot end in {ending!r}; choose from {', '.join(CHOICES[kind])}"
            )
    return {**{kind: options[0] for kind, options in CHOICES.items()}, **choices}


@dataclass(frozen=True, slots=True)
class _Cut:
    """What stays of one ligand: atoms, bonds cut (inner, outer atom), carbons made methyls."""

    name: str
    kept: tuple[int, ...]
    caps: tuple[tuple[int, int], ...] = ()
    methyls: tuple[tuple[int, int], ...] = ()  # (carbon, the atom it hangs on)


class _Shell:
    """The covalent graph of a cluster's ligands and what each shall become."""

    def __init__(self, anatomy: Anatomy, choices: Mapping[str, str]) -> None:
        self.numbers = anatomy.atoms.numbers
        self.positions = np.asarray(anatomy.atoms.positions, dtype=np.float64)
        self.choices = choices
        self.neighbours: dict[int, list[int]] = {}
        for a, b in anatomy.bonds.of(BondKind.COVALENT).tolist():
            self.neighbours.setdefault(a, []).append(b)
            self.neighbours.setdefault(b, []).append(a)
        self.donor = {
            atom: anatomy.donors.names[group]
            for group, atoms in anatomy.donors.group_atoms.items()
            for atom in atoms
        }

    def cut(self, bound: BoundLigand) -> _Cut:
        """Return what stays of a ligand."""
        kinds = {self._kind(a) for a in bound.anchors}
        whole = _Cut(bound.ligand.name, bound.atoms)
        if len(kinds) != 1 or "" in kinds:
            return whole
        kind = kinds.pop()
        ending = self.choices[kind]
        if ending == "keep":
            return whole
        core = self._core(bound.anchors, kind)
        added = self._outer(core) if ending == "CH3" else []
        kept = core | {carbon for carbon, _ in added}
        carbons = {carbon for carbon, _ in added}
        caps = [
            (a, b)
            for a in sorted(core)
            for b in self.neighbours.get(a, [])
            if b not in kept and self.numbers[b] != 1
        ]
        hydrogens = {
            b
            for a in core
            for b in self.neighbours.get(a, [])
            if self.numbers[b] == 1 and a not in carbons
        }
        done = {c for c, _ in added if self._is_methyl(c)}
        hydrogens |= {b for c in done for b in self.neighbours[c] if self.numbers[b] == 1}
        methyls = tuple((c, on) for c, on in added if c not in done)
        return _Cut(bound.ligand.name, tuple(sorted(kept | hydrogens)), tuple(caps), methyls)

    def _kind(self, anchor: int) -> str:
        kind = _DONOR_KIND.get(self.donor.get(anchor, ""), "")
        if kind == "carboxylate" and self._carboxyl(anchor) is None:
            return ""
        return kind

    def _carboxyl(self, oxygen: int) -> int | None:
        """Return the carbon of a carboxylate group, if the oxygen is in one."""
        for carbon in self.neighbours.get(oxygen, []):
            near = self.neighbours.get(carbon, [])
            ends = [k for k in near if self.numbers[k] == 8 and len(self.neighbours[k]) == 1]
            if self.numbers[carbon] == 6 and len(ends) == 2 and len(near) == 3:
                return carbon
        return None

    def _core(self, anchors: tuple[int, ...], kind: str) -> set[int]:
        """Return anchors, their head groups, and the shortest chains between the anchors."""
        core = set(anchors)
        for anchor in anchors:
            core |= self._head(anchor, kind)
        for other in anchors[1:]:
            core |= set(self._chain(anchors[0], other))
        return core

    def _head(self, anchor: int, kind: str) -> set[int]:
        if kind == "alkynyl":
            near = [k for k in self.neighbours[anchor] if self.numbers[k] == 6]
            gaps = [float(np.linalg.norm(self.positions[k] - self.positions[anchor])) for k in near]
            return {near[int(np.argmin(gaps))]} if near else set()
        carbon = self._carboxyl(anchor) if kind == "carboxylate" else None
        if carbon is None:
            return set()
        return {carbon, *(k for k in self.neighbours[carbon] if self.numbers[k] == 8)}

    def _chain(self, start: int, end: int) -> list[int]:
        """Return the atoms of a shortest chain of bonds, ends included."""
        came: dict[int, int] = {start: start}
        front = [start]
        while front and end not in came:
            reached = []
            for atom in front:
                for k in self.neighbours.get(atom, []):
                    if k not in came:
                        came[k] = atom
                        reached.append(k)
            front = reached
        if end not in came:
            return [start, end]
        chain = [end]
        while chain[-1] != start:
            chain.append(came[chain[-1]])
        return chain

    def _outer(self, core: set[int]) -> list[tuple[int, int]]:
        """Return the carbons bonded to the core's atoms, which become methyls."""
        return [
            (b, a)
            for a in sorted(core)
            for b in self.neighbours.get(a, [])
            if b not in core and self.numbers[b] == 6
        ]

    def _is_methyl(self, carbon: int) -> bool:
        near = self.neighbours[carbon]
        return len(near) == 4 and sum(self.numbers[k] == 1 for k in near) == 3


def _hydrogens(kept: FloatArray, cuts: list[_Cut], shell: _Shell) -> FloatArray:
    """Return the positions of the new hydrogens, ligand by ligand, shape (n, 3)."""
    placed: list[FloatArray] = []
    for cut in cuts:
        placed += [_capped(shell, inner, outer) for inner, outer in cut.caps]
    for cut in cuts:
        for carbon, on in cut.methyls:
            others = np.concatenate([kept, np.array(placed).reshape(-1, 3)])
            placed += _methyl(shell, carbon, on, others)
    return np.array(placed, dtype=np.float64).reshape(-1, 3)


def _bond_to_hydrogen(number: int) -> float:
    radii = covalent_radii()
    return float(radii[number] + radii[1])


def _capped(shell: _Shell, inner: int, outer: int) -> FloatArray:
    """Return a hydrogen along a bond that was cut."""
    step = shell.positions[outer] - shell.positions[inner]
    length = _bond_to_hydrogen(int(shell.numbers[inner]))
    return np.asarray(shell.positions[inner] + length * step / np.linalg.norm(step))


def _methyl(shell: _Shell, carbon: int, on: int, others: FloatArray) -> list[FloatArray]:
    """Return three hydrogens on a carbon, turned to where they have most room.

    The turn that lays a hydrogen along the first bond that was cut comes first, and is kept
    unless another has more room.
    """
    here = shell.positions[carbon]
    axis = here - shell.positions[on]
    axis = axis / np.linalg.norm(axis)
    cut = [k for k in shell.neighbours[carbon] if k != on]
    toward = shell.positions[cut[0]] - here if cut else np.roll(axis, 1)
    start = toward - axis * float(toward @ axis)
    if np.linalg.norm(start) < 1e-6:
        start = np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))])
    start = start / np.linalg.norm(start)
    side = np.cross(axis, start)
    length = _bond_to_hydrogen(6)
    far = np.linalg.norm(others - here, axis=1)
    near = others[(far > 0.1) & (far < 6.0)]
    turns = np.arange(_TURNS)[:, None] * 2 * np.pi / 3 / _TURNS + np.arange(3) * 2 * np.pi / 3
    flat = np.cos(turns)[..., None] * start + np.sin(turns)[..., None] * side
    ends = here + length * (-np.cos(_TETRAHEDRAL) * axis + np.sin(_TETRAHEDRAL) * flat)
    room = np.linalg.norm(ends[:, :, None] - near, axis=3).min(axis=(1, 2), initial=10.0)
    return list(ends[int(np.argmax(room > room.max() - 1e-6))])
