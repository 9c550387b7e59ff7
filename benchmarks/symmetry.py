"""Time for the whole symmetry and shape analysis of clusters built by geometry.

    python benchmarks/symmetry.py [FILE.xyz ...]

Files given are measured as well (metals and anchors, kernel by the geometric partition).
Set OMP_NUM_THREADS=1 for figures of one core.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from ase import Atoms
from ase.io import read

from superatom.structure.bonds import bonds
from superatom.structure.form import describe_form
from superatom.structure.partition import partition
from superatom.structure.pointgroup import point_group
from superatom.structure.polyhedra import build_kernel, polyhedron


def built() -> dict[str, np.ndarray]:
    inner = polyhedron("icosahedron").points
    outer = inner * [1.7, 1.8, 1.9] * 2.85
    return {
        "25 sites": np.vstack([np.zeros(3), inner * 2.85, outer]),
        "Mackay 147": build_kernel("Mackay icosahedron", 4).points * 2.85,
        "Marks 212": build_kernel("decahedron", 2, 2, 2).points * 2.85,
    }


def milliseconds(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - start) * 1e3


def main() -> None:
    noise = np.random.default_rng(0)
    for name, points in built().items():
        shaken = points + noise.normal(scale=0.05, size=points.shape)
        atoms = Atoms("Au" * len(points), positions=shaken)
        found = bonds(atoms)
        describe_form(atoms, range(len(points)), found=found)  # templates are built once
        symmetry = milliseconds(lambda s=shaken: point_group(s))
        whole = milliseconds(lambda a=atoms, f=found: describe_form(a, range(len(a)), found=f))
        print(f"{name:24s} {len(points):5d} atoms  group {symmetry:7.1f} ms  all {whole:7.1f} ms")
    for path in sys.argv[1:]:
        atoms = read(path)
        found, kernel = bonds(atoms), partition(atoms).geometric.kernel
        describe_form(atoms, kernel, found=found)
        whole = milliseconds(lambda a=atoms, k=kernel, f=found: describe_form(a, k, found=f))
        print(f"{path[-24:]:24s} {len(atoms):5d} atoms  {'':16s}  all {whole:7.1f} ms")


if __name__ == "__main__":
    main()
