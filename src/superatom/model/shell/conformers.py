"""Shapes a ligand can take: conformers by distance geometry, cached, the same for a seed.

ETKDG (Riniker and Landrum 2015, 10.1021/acs.jcim.5b00654, version 3) as in RDKit, relaxed by
MMFF94 without its charges (so that no ligand curls up on a hydrogen bond that the cluster's
surface would open), pruned to shapes that differ, straight chains added.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.model.shell.bound_molecules import BoundMolecule

__all__ = ["conformers", "rotatable_bonds"]

FloatArray = NDArray[np.float64]

_PRUNE = 0.4  # Å RMSD of heavy atoms under which two shapes are the same
_PER_TURN = 1.6  # shapes tried grow by this factor with each rotatable bond
_LEAST, _MOST = 6, 60
_ATOMS = 1500  # atoms of all shapes tried: large ligands get fewer
_STRAIN = 10.0  # kcal/mol above the best shape that are still taken
_RELAXATION = 100  # steps of the force field
_SOFT = "[!$(*#*)&!$([D1])]-!@[!$(*#*)&!$([D1])]"  # single, open, not next to a triple bond
_STIFF = "[$([CX3](=[O,S,N]))]-!@[N,n,O;!H1,$([NX3;H1])]"  # amides and esters stay flat


@lru_cache(maxsize=64)
def conformers(molecule: BoundMolecule, seed: int = 0, most: int = 24) -> FloatArray:
    """Return shapes of a ligand, best first, shape (c, n, 3), Å.

    Parameters
    ----------
    molecule : BoundMolecule
        The ligand.
    seed : int
        Seed of the embedding.
    most : int
        At most so many shapes; those that differ most are kept.

    Raises
    ------
    StructureError
        If no shape can be found (an impossible stereoisomer, for instance).
    """
    if molecule.n_atoms == 1:
        return np.zeros((1, 1, 3))
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdDistGeom

    free = Chem.Mol(molecule.free)
    settings: Any = rdDistGeom.ETKDGv3()
    settings.randomSeed = seed + 1
    settings.pruneRmsThresh = _PRUNE
    settings.numThreads = 1
    settings.maxIterations = 20
    with rdBase.BlockLogs():
        wanted = _wanted(free)
        found = list(rdDistGeom.EmbedMultipleConfs(free, wanted, settings))
        if not found:
            settings.useRandomCoords = True
            found = list(rdDistGeom.EmbedMultipleConfs(free, wanted, settings))
        if not found:
            raise StructureError(
                f"no shape found for ligand {molecule.name} ({molecule.smiles}); "
                "check its stereochemistry"
            )
        _add_straight(free)
        strain = _relaxed(free)
    shapes = np.array([conformer.GetPositions() for conformer in free.GetConformers()])
    same = _of_one_hand(free, shapes)
    shapes, strain = shapes[same], strain[same]
    order = np.argsort(strain, kind="stable")
    good = order[strain[order] <= strain[order[0]] + _STRAIN]
    chosen = shapes[good][:, molecule.kept]
    heavy = molecule.numbers > 1
    return _with_equal_donors(molecule, chosen[_different(chosen[:, heavy], most)])


def rotatable_bonds(molecule: Any) -> list[tuple[int, int]]:
    """Return the bonds of an RDKit molecule around which parts turn freely.

    Parameters
    ----------
    molecule : rdkit.Chem.Mol
        With explicit hydrogens.
    """
    from rdkit import Chem

    soft = molecule.GetSubstructMatches(Chem.MolFromSmarts(_SOFT))
    stiff = {
        frozenset(match[:2])
        for match in molecule.GetSubstructMatches(Chem.MolFromSmarts(_STIFF))
        if molecule.GetAtomWithIdx(match[1]).GetAtomicNum() != 8
        or molecule.GetAtomWithIdx(match[1]).GetTotalNumHs(includeNeighbors=True) == 0
    }
    return [(int(a), int(b)) for a, b in soft if frozenset((a, b)) not in stiff]


_AXIS = "[c;r6](:[c;r6;!$([cH])])(:[c;r6])-!@[c;r6]:[c;r6;!$([cH])]"


def _of_one_hand(free: Any, shapes: FloatArray) -> NDArray[np.bool_]:
    """Return which shapes have the hand of the first at all axes that cannot turn (biaryls)."""
    from rdkit import Chem

    same = np.ones(len(shapes), dtype=bool)
    pattern = Chem.MolFromSmarts(_AXIS)
    for arm, end, other, far in {
        (match[1], match[0], match[3], match[4]) for match in free.GetSubstructMatches(pattern)
    }:
        ways = shapes[:, [arm, other, far]] - shapes[:, [end]]
        hand = np.sign(np.einsum("ck,ck->c", ways[:, 0], np.cross(ways[:, 1], ways[:, 2])))
        same &= hand == hand[0]
    return same


def _wanted(free: Any) -> int:
    """Return how many shapes to try; turns of methyls and of aryl rings make no new shape."""

    def matters(atom: int, other: int) -> bool:
        near = [n for n in free.GetAtomWithIdx(atom).GetNeighbors() if n.GetIdx() != other]
        flat = free.GetAtomWithIdx(atom).GetIsAromatic()
        return not flat and any(n.GetAtomicNum() != 1 for n in near)

    turns = sum(matters(a, b) and matters(b, a) for a, b in rotatable_bonds(free))
    limit = max(_LEAST, _ATOMS // free.GetNumAtoms())
    return int(min(_MOST, limit, _LEAST * _PER_TURN**turns))


def _add_straight(free: Any) -> None:
    """Add the shape whose open chains are all stretched."""
    from rdkit import Chem
    from rdkit.Chem import rdMolTransforms

    chain = Chem.MolFromSmarts("[C,N,O,S;!R]-[CX4;!R]-!@[CX4;!R]-[C,N,O,S]")
    dihedrals = free.GetSubstructMatches(chain)
    if len(dihedrals) < 2:
        return
    number = free.AddConformer(Chem.Conformer(free.GetConformer(0)), assignId=True)
    for dihedral in dihedrals:
        a, b, c, d = dihedral
        rdMolTransforms.SetDihedralDeg(free.GetConformer(number), a, b, c, d, 180.0)


def _relaxed(free: Any) -> FloatArray:
    """Relax all shapes with MMFF94 (UFF where it lacks an element) and return their energies."""
    from rdkit.Chem import rdForceFieldHelpers

    energies = []
    known = rdForceFieldHelpers.MMFFHasAllMoleculeParams(free)
    settings = rdForceFieldHelpers.MMFFGetMoleculeProperties(free) if known else None
    if settings is not None:
        settings.SetMMFFEleTerm(False)
    for conformer in free.GetConformers():
        number = conformer.GetId()
        if settings is not None:
            field = rdForceFieldHelpers.MMFFGetMoleculeForceField(free, settings, confId=number)
        elif rdForceFieldHelpers.UFFHasAllMoleculeParams(free):
            field = rdForceFieldHelpers.UFFGetMoleculeForceField(free, confId=number)
        else:
            energies.append(0.0)
            continue
        field.Minimize(maxIts=_RELAXATION)
        energies.append(float(field.CalcEnergy()))
    return np.array(energies)


def _different(shapes: FloatArray, most: int) -> list[int]:
    """Return shapes that differ, the best first, then always the one furthest from all chosen.

    The measure is the difference of all distances between heavy atoms, which needs no
    superposition but does not tell mirror images apart; those are kept if they come.
    """
    flat = shapes.reshape(len(shapes), -1, 3)
    i, j = np.triu_indices(flat.shape[1], 1)
    apart = np.linalg.norm(flat[:, i] - flat[:, j], axis=2)
    hand = np.sign(_triple(flat))[:, None] if len(i) else np.zeros((len(flat), 1))
    marks = np.concatenate([apart / max(len(i), 1) ** 0.5, hand], axis=1)
    chosen = [0]
    nearest = np.linalg.norm(marks - marks[0], axis=1)
    while len(chosen) < most:
        best = int(np.argmax(nearest.round(6)))
        if nearest[best] < 0.05:
            break
        chosen.append(best)
        nearest = np.minimum(nearest, np.linalg.norm(marks - marks[best], axis=1))
    return chosen


def _triple(points: FloatArray) -> FloatArray:
    """Return a signed volume of each shape: which of two mirror images it is."""
    centred = points - points.mean(axis=1, keepdims=True)
    weight = np.arange(points.shape[1], dtype=np.float64)
    first = centred[:, 0]
    second = np.einsum("n,cnk->ck", weight - weight.mean(), centred)
    third = np.einsum("n,cnk->ck", (weight - weight.mean()) ** 2, centred)
    volume = np.einsum("ck,ck->c", first, np.cross(second, third))
    return np.where(np.abs(volume) < 1e-3, 0.0, volume)


def _with_equal_donors(molecule: BoundMolecule, shapes: FloatArray) -> FloatArray:
    """Return the shapes with equal bonds to two donors that share one atom (O2C, S2P)."""
    near: dict[int, list[int]] = {k: [] for k in molecule.donors}
    for a, b in molecule.bonds.tolist():
        for donor, other in ((a, b), (b, a)):
            if donor in near:
                near[donor].append(other)
    first, *rest = molecule.donors
    if len(rest) != 1 or near[first] != near[rest[0]] or len(near[first]) != 1:
        return shapes
    centre = shapes[:, near[first][0]]
    arms = shapes[:, list(molecule.donors)] - centre[:, None]
    lengths = np.linalg.norm(arms, axis=2, keepdims=True)
    moved = shapes.copy()
    moved[:, list(molecule.donors)] = centre[:, None] + arms / lengths * lengths.mean(
        axis=1, keepdims=True
    )
    return moved
