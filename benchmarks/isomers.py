"""Unique doped isomers per second, beside a brute-force set of canonical tuples.

    python benchmarks/isomers.py

Au25 (Th, 24 operations, 25 sites) for k = 1-6 and an icosahedral 144-site cluster
(Ih, 120 operations) for k = 1-3; peak memory is that of the whole process.
"""

from __future__ import annotations

import resource
import time
from itertools import combinations, product

import numpy as np

from superatom.structure.burnside import count_isomers
from superatom.structure.isomers import iterate_isomers
from superatom.structure.permutations import PermutationGroup
from superatom.structure.pointgroup import site_permutations

PHI = (1 + 5**0.5) / 2


def orbit(x: float, y: float, z: float) -> np.ndarray:
    points = {
        tuple(np.round(np.roll(np.array([x, y, z]) * s, k), 9) + 0.0)
        for s in product((-1, 1), repeat=3)
        for k in range(3)
    }
    return np.array(sorted(points))


def icosahedral(*seeds: tuple[float, float, float]) -> np.ndarray:
    group = site_permutations(orbit(0, 1, PHI), tolerance=0.01)
    home = orbit(0, 1, PHI)
    matrices = [np.linalg.lstsq(home, home[row], rcond=None)[0].T for row in group.elements]
    points = np.concatenate([np.array(matrices) @ np.array(seed) for seed in seeds])
    return np.unique(np.round(points, 6), axis=0)


def brute_force(group: PermutationGroup, k: int) -> int:
    rows = group.elements.tolist()
    return len(
        {
            min(tuple(sorted(row[s] for s in chosen)) for row in rows)
            for chosen in combinations(range(group.degree), k)
        }
    )


def race(name: str, group: PermutationGroup, sizes: range, brute_limit: int) -> None:
    print(f"{name}: {group.degree} sites, {group.order} operations")
    print(f"{'k':>3} {'isomers':>10} {'Burnside':>10} {'ms':>9} {'per s':>12} {'brute per s':>12}")
    for k in sizes:
        start = time.perf_counter()
        found = sum(len(block) for block in iterate_isomers(group, k))
        seconds = time.perf_counter() - start
        brute = ""
        if found <= brute_limit:
            start = time.perf_counter()
            brute_force(group, k)
            brute = f"{found / (time.perf_counter() - start):12.0f}"
        counted = count_isomers(group, k)
        rate = found / seconds
        print(f"{k:3d} {found:10d} {counted:10d} {seconds * 1e3:9.2f} {rate:12.0f} {brute}")


def main() -> None:
    au25 = np.vstack([np.zeros(3), orbit(0, 1, PHI) * 1.5, orbit(0, 1.6, 4.9)])
    race("Au25", site_permutations(au25, tolerance=0.05), range(1, 7), 600)
    au144 = icosahedral((3.1, 1.3, 2.2), (0, 1.4, 1.4 * PHI), (0, 4.0, 4.0 * PHI))
    race("144 sites, Ih", site_permutations(au144, tolerance=0.05), range(1, 5), 150)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
