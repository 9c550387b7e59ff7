"""Time for the whole symmetry and shape analysis of clusters built by geometry.

    python benchmarks/symmetry.py [FILE.xyz ...]

Files given are measured as well. "All" is the dissection with shells, kernel shape and symmetry.
Set OMP_NUM_THREADS=1 for figures of one core.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from ase import Atoms
from ase.io import read

from superatom.structure.anatomy import dissect
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


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def described(atoms: Atoms) -> None:
    anatomy = dissect(atoms, charge=0)
    anatomy.shells()
    anatomy.kernel_shape()
    for part in ("metals", "skeleton"):
        anatomy.symmetry(part)


def main() -> None:
    noise = np.random.default_rng(0)
    for name, points in built().items():
        shaken = points + noise.normal(scale=0.05, size=points.shape)
        atoms = Atoms("Au" * len(points), positions=shaken)
        described(atoms)  # templates are built once
        symmetry = milliseconds(lambda s=shaken: point_group(s))
        whole = milliseconds(lambda a=atoms: described(a))
        print(f"{name:24s} {len(points):5d} atoms  group {symmetry:7.1f} ms  all {whole:7.1f} ms")
    for path in sys.argv[1:]:
        atoms = read(path)
        described(atoms)
        whole = milliseconds(lambda a=atoms: described(a))
        print(f"{path[-24:]:24s} {len(atoms):5d} atoms  {'':16s}  all {whole:7.1f} ms")


if __name__ == "__main__":
    main()
