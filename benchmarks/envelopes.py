"""Speed and accuracy of isotope envelopes, next to IsoSpec in the same run.

Run: python benchmarks/envelopes.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import IsoSpecPy
import numpy as np

from superatom.spectra.mass.isotopes import envelopes, isotopes

THRESHOLD = 1e-4
BATCH = 2000


def gold() -> list[dict[str, int]]:
    """Return compositions around Au25(SC2H4Ph)18."""
    return [
        {"Au": 20 + i % 8, "C": 140 + i % 40, "H": 160 + i % 33, "S": 16 + i % 5}
        for i in range(BATCH)
    ]


def copper() -> list[dict[str, int]]:
    """Return compositions around Cu61(StBu)26S6Cl6H14."""
    return [
        {"Cu": 55 + i % 10, "S": 30 + i % 4, "Cl": 6, "C": 100 + i % 30, "H": 240 + i % 27}
        for i in range(BATCH)
    ]


def silver() -> list[dict[str, int]]:
    """Return compositions around Au12Ag32(pMBA)30."""
    return [
        {"Ag": 28 + i % 8, "Au": 12, "S": 30, "O": 60, "C": 204 + i % 30, "H": 140 + i % 27}
        for i in range(BATCH)
    ]


def seconds(work: Callable[[], object], repeats: int = 7) -> float:
    """Return the shortest time of several runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def isospec(compositions: list[dict[str, int]]) -> None:
    """Compute the same with IsoSpec: fine structure above the threshold, with our table."""
    for composition in compositions:
        tables = [isotopes(symbol) for symbol in composition]
        IsoSpecPy.IsoThreshold(
            THRESHOLD,
            absolute=False,
            atomCounts=list(composition.values()),
            isotopeMasses=[[i.mass for i in table] for table in tables],
            isotopeProbabilities=[[i.abundance for i in table] for table in tables],
        )


def main() -> None:
    """Print one line per family of clusters."""
    print(f"{'family':8s} {'envelopes/s':>12s} {'us each':>8s} {'IsoSpec us':>11s} {'ratio':>6s}")
    for family in (gold, copper, silver):
        compositions = family()
        symbols = tuple(compositions[0])
        counts = np.array([[c[s] for s in symbols] for c in compositions])
        ours = seconds(lambda c=compositions: envelopes(c, THRESHOLD)) / BATCH
        arrays = seconds(lambda s=symbols, n=counts: envelopes((s, n), THRESHOLD)) / BATCH
        theirs = seconds(lambda c=compositions[:100]: isospec(c), 3) / 100
        print(
            f"{family.__name__:8s} {1 / ours:12.0f} {ours * 1e6:8.2f} {theirs * 1e6:11.1f} "
            f"{theirs / ours:6.1f}   from count arrays {1 / arrays:.0f}/s"
        )


if __name__ == "__main__":
    main()
