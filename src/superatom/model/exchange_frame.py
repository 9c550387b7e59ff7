"""What stays of a cluster while ligands are exchanged, and where the new ones hang."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import Ligand
from superatom.errors import SearchError
from superatom.model.shell.bound_molecules import bound_molecule
from superatom.model.shell.dressing import Dressed, Frame, Place
from superatom.model.shell.head_fits import fit_head, settled_head
from superatom.model.shell.heads import head_of
from superatom.structure.anatomy import Anatomy
from superatom.structure.bonds import BondKind
from superatom.structure.ligand_shell import BoundLigand

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["ExchangeFrame"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class ExchangeFrame:
    """The atoms that stay when some ligands leave, and places for others.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent.
    anatomy : Anatomy
        The parent, dissected.
    leaving : sequence of BoundLigand
        What leaves; the donor atoms stay, as donors of the new ligands.
    new : Ligand
        What comes.
    seed : int
        Seed of its conformers.

    Attributes
    ----------
    molecule : BoundMolecule
        What comes.
    frame : Frame
        Atoms that stay, backbones of new ligands with several donors last.

    Raises
    ------
    SearchError
        If the new ligand has other donors than the leaving ones.
    """

    def __init__(
        self,
        atoms: Atoms,
        anatomy: Anatomy,
        leaving: Sequence[BoundLigand],
        new: Ligand,
        seed: int,
    ) -> None:
        self.atoms, self.anatomy, self.leaving = atoms, anatomy, leaving
        self.molecule = bound_molecule(new, len(leaving[0].anchors))
        gone = {a for bound in leaving for a in bound.atoms if a not in bound.anchors}
        bound_atoms = {a for one in anatomy.ligands.ligands for a in one.atoms}
        loose = {k for k in range(len(atoms)) if k not in bound_atoms | set(anatomy.metals)}
        self.kept = [k for k in range(len(atoms)) if k not in gone | loose]
        self.number = {atom: k for k, atom in enumerate(self.kept)}
        numbers = np.asarray(atoms.numbers[self.kept], dtype=np.int64)
        self.donors = [self._ordered_donors(bound) for bound in leaving]
        for own in self.donors:
            for donor, atom in zip(self.molecule.donors, own, strict=True):
                numbers[self.number[atom]] = self.molecule.numbers[donor]
        positions = np.asarray(atoms.positions[self.kept], dtype=np.float64)
        self.frame = Frame(positions, numbers, self._bonds())
        self.held = [
            {d: self.number[a] for d, a in zip(self.molecule.donors, own, strict=True)}
            for own in self.donors
        ]
        self.axes: list[dict[tuple[int, int], FloatArray]] = [{} for _ in leaving]
        if len(self.molecule.donors) > 1:
            self._add_backbones(seed)

    def _ordered_donors(self, bound: BoundLigand) -> tuple[int, ...]:
        """Return the anchors of a leaving ligand in the order of the new one's donors."""
        free = list(bound.anchors)
        chosen = []
        for donor in self.molecule.donors:
            element = int(self.molecule.numbers[donor])
            same = [a for a in free if int(self.atoms.numbers[a]) == element] or free
            if not same:
                raise SearchError(
                    f"{bound.ligand.name} has {len(bound.anchors)} donor atoms, "
                    f"{self.molecule.name} {len(self.molecule.donors)}"
                )
            chosen.append(same[0])
            free.remove(same[0])
        return tuple(chosen)

    def _bonds(self) -> IntArray:
        pairs = self.anatomy.bonds.of(
            BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN, BondKind.COVALENT
        )
        inside = [
            (self.number[a], self.number[b])
            for a, b in pairs.tolist()
            if a in self.number and b in self.number
        ]
        return np.array(inside, dtype=np.int64).reshape(-1, 2)

    def _metals(self, atom: int) -> list[int]:
        """Return the metals of a donor, numbered in the frame."""
        pairs = self.anatomy.bonds.of(BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN)
        mine = pairs[(pairs == atom).any(axis=1)]
        return sorted({self.number[int(k)] for k in mine.ravel() if int(k) != atom})

    def _add_backbones(self, seed: int) -> None:
        """Fit the backbones of chelating and bridging ligands between donors that stay."""
        head = head_of(self.molecule, seed)
        added_positions: list[FloatArray] = []
        added_numbers: list[IntArray] = []
        added_bonds: list[tuple[int, int]] = []
        size = len(self.frame.positions)
        for k, own in enumerate(self.donors):
            rows = [self.number[a] for a in own]
            metals = [self._metals(a) for a in own]
            held = {*rows, *(m for group in metals for m in group)}
            free = [i for i in range(len(self.kept)) if i not in held]
            others = np.concatenate([self.frame.positions[free], *added_positions])
            numbers = np.concatenate([self.frame.numbers[free], *added_numbers])
            at = [self.frame.positions[group].reshape(-1, 3) for group in metals]
            placed, shape = fit_head(head, self.frame.positions[rows], at, others, numbers)
            placed = settled_head(head, placed, shape, at)
            index = list(rows)
            for atom in range(head.n_donors, len(head.numbers)):
                if head.origin[atom] < 0:
                    index.append(-1)
                    continue
                index.append(size + sum(len(p) for p in added_positions))
                added_positions.append(placed[[atom]])
                added_numbers.append(head.numbers[[atom]])
                self.held[k][head.origin[atom]] = index[-1]
            added_bonds += [
                (index[a], index[b])
                for a, b in head.bonds.tolist()
                if index[a] >= 0 and index[b] >= 0
            ]
            place = {origin: i for i, origin in enumerate(head.origin) if origin >= 0}
            for cap, inner, outer in head.caps:
                step = placed[cap] - placed[place[inner]]
                self.axes[k][inner, outer] = step / np.linalg.norm(step)
        self.frame = Frame(
            np.concatenate([self.frame.positions, *added_positions]),
            np.concatenate([self.frame.numbers, *added_numbers]),
            np.concatenate([self.frame.bonds, np.array(added_bonds).reshape(-1, 2)]),
        )

    def places(self, *, keep: bool) -> list[Place]:
        """Return the places of the new ligands.

        Parameters
        ----------
        keep : bool
            Whether a new ligand leaves its donor the way the old one did.
        """
        return [
            Place(
                self.molecule,
                self.held[k],
                "auto",
                self._old_way(k) if keep and not self.axes[k] else self.axes[k],
                f"atom {own[0]}",
            )
            for k, own in enumerate(self.donors)
        ]

    def _old_way(self, k: int) -> dict[tuple[int, int], FloatArray]:
        """Return the direction in which the old ligand leaves its donor."""
        donor = self.donors[k][0]
        pairs = self.anatomy.bonds.of(BondKind.COVALENT)
        mine = pairs[(pairs == donor).any(axis=1)]
        others = [int(a if b == donor else b) for a, b in mine.tolist()]
        if not others:
            return {}
        steps = self.atoms.positions[others] - self.atoms.positions[donor]
        axis = np.sum(steps / np.linalg.norm(steps, axis=1)[:, None], axis=0)
        if np.linalg.norm(axis) < 0.1:
            return {}
        root = self.molecule.donors[0]
        own = self.molecule.bonds
        near = own[(own == root).any(axis=1)].sum(axis=1) - root
        direction = axis / np.linalg.norm(axis)
        return {(root, int(first)): direction for first in near}

    def model(self, done: Dressed) -> Atoms:
        """Return the cluster with the new ligands: what stays, then new atoms in order."""
        from ase import Atoms as NewAtoms

        stays: Atoms = self.atoms[self.kept]
        stays.numbers = self.frame.numbers[: len(self.kept)]
        symbols, positions = [], []
        donors = set(self.molecule.donors)
        rest = [k for k in range(self.molecule.n_atoms) if k not in donors]
        for placed in done.positions:
            symbols += self.molecule.numbers[rest].tolist()
            positions.append(placed[rest])
        stays.arrays.pop("labels", None)
        whole: Atoms = stays + NewAtoms(numbers=symbols, positions=np.concatenate(positions))
        return whole
