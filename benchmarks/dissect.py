"""Time of a dissection against the number of atoms, on one core, after import.

    python benchmarks/dissect.py [FILE ...]

Without files: round pieces of fcc gold with a thiolate SC2H4Ph on every surface atom, from
about 100 to 5,000 atoms. The partition alone, the whole dissection, and the shells, kernel
shape and symmetry are timed apart; the exponent is that of a power law through the times.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.build import bulk
from numpy.typing import NDArray

from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.partition import partition
from superatom.structure.read import read_structure

_REPEATS = 5
FloatArray = NDArray[np.float64]


def tail() -> Atoms:
    """Return SC2H4Ph with S at the origin, pointing along z (RDKit geometry)."""
    from rdkit import Chem
    from rdkit.Chem import AllChem

    molecule = Chem.AddHs(Chem.MolFromSmiles("SCCc1ccccc1"))
    AllChem.EmbedMolecule(molecule, randomSeed=3)
    positions = molecule.GetConformer().GetPositions()
    symbols = [atom.GetSymbol() for atom in molecule.GetAtoms()]
    thiol = next(
        n.GetIdx() for n in molecule.GetAtomWithIdx(0).GetNeighbors() if n.GetAtomicNum() == 1
    )
    keep = [k for k in range(len(symbols)) if k != thiol]
    positions = positions[keep] - positions[0]
    out = positions.mean(axis=0)
    found = Atoms([symbols[k] for k in keep], positions=positions)
    found.rotate(out, (0, 0, 1))
    return found


def protected_sphere(radius: float) -> Atoms:
    """Return a round piece of gold with ligands, spread out so that none collide."""
    lattice = bulk("Au", "fcc", a=4.08, cubic=True).repeat(int(2 * radius / 4.08) + 3)
    lattice.positions -= lattice.positions.mean(axis=0)
    distance = np.linalg.norm(lattice.positions, axis=1)
    gold = lattice[distance < radius]
    gold.pbc = False
    surface = np.flatnonzero(np.linalg.norm(gold.positions, axis=1) > radius - 2.0)
    ligand = tail()
    cluster = Atoms("Au" * len(gold), positions=gold.positions)
    taken: list[FloatArray] = []
    for k in surface:
        out = gold.positions[k] / np.linalg.norm(gold.positions[k])
        if any(np.arccos(np.clip(out @ other, -1, 1)) * (radius + 6.0) < 6.0 for other in taken):
            continue
        taken.append(out)
        placed = ligand.copy()
        placed.rotate((0, 0, 1), out)
        placed.translate(gold.positions[k] + 2.40 * out)
        cluster += placed
    return cluster


def best(work: Callable[[], object]) -> float:
    """Return the shortest of a few times, s."""
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def geometry(anatomy: Anatomy) -> None:
    """Work out shells, kernel shape and symmetry afresh."""
    from superatom.structure import anatomy_shape

    for kept in (
        anatomy_shape.metal_shells,
        anatomy_shape.kernel_shape,
        anatomy_shape.symmetry,
    ):
        kept.cache_clear()
    anatomy.shells()
    if anatomy.geometric.kernel:
        anatomy.kernel_shape()
    anatomy.symmetry()


def report(name: str, atoms: Atoms, whole: bool) -> tuple[int, float]:
    """Print one line; return atoms and time of the dissection."""
    first = time.perf_counter()
    anatomy = dissect(atoms)
    first = time.perf_counter() - first
    split, full = best(lambda: partition(atoms)), best(lambda: dissect(atoms))
    shape = f"{best(lambda: geometry(anatomy)) * 1e3:9.1f}" if whole else "        -"
    columns = f"{split * 1e3:10.1f} {first * 1e3:9.1f} {full * 1e3:9.1f} {shape}"
    print(f"{name:28s} {len(atoms):6d} {columns}")
    return len(atoms), full


def main() -> None:
    headings = f"{'partition':>10s} {'first':>9s} {'dissect':>9s} {'geometry':>9s}"
    print(f"{'structure':28s} {'atoms':>6s} {headings}  (ms)")
    if sys.argv[1:]:
        for file in sys.argv[1:]:
            report(Path(file).stem[:28], read_structure(file).atoms, whole=True)
        return
    points = [
        report(f"Au sphere of radius {r:.1f} Å", protected_sphere(r), whole=False)
        for r in (3.0, 5.0, 7.0, 9.0, 12.0, 15.0, 18.0, 20.5)
    ]
    atoms, times = np.log(np.array(points)).T
    print(f"time grows as atoms^{np.polyfit(atoms, times, 1)[0]:.2f}")


if __name__ == "__main__":
    main()
