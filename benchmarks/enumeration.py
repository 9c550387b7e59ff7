"""Speed of enumeration and of scoring, next to brute force and a general formula finder.

Run: python benchmarks/enumeration.py (times are CPU times of this process)
The general finder is find-mfs (PyPI); it is skipped if it is not installed. It searches element
counts at the monoisotopic mass, which an instrument cannot see for silver or copper clusters,
so its mass is handed to it here.
"""

from __future__ import annotations

import itertools
import time

import numpy as np

from superatom.spectra.mass.candidates import candidates_in, count_in
from superatom.spectra.mass.isotopes import average_mass, monoisotopic_mass
from superatom.spectra.mass.scoring import Trace, scan, shifts_to_try, sticks_of
from superatom.spectra.mass.simulate import simulate
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.traces import estimate_fwhm, thinned_trace

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}
WIDE = SearchSpace.parse(
    "Au:0-37 Ag:0-60 Cu:0-60", "PET:0-40 MHA:0-40", "Cl:0-6 H:-32-32 Na:0-6", "-1"
)
SMALL = SearchSpace.parse("Au:0-30 Ag:0-20", "PET:0-25 MHA:0-10", "H:-8-8 Na:0-3", "-1")


def window(ppm: float) -> tuple[float, float]:
    """Return a window about the average mass of Au25(SC2H4Ph)18."""
    mass = average_mass(AU25)
    return mass * (1 - ppm * 1e-6), mass * (1 + ppm * 1e-6)


def brute_force(space: SearchSpace, low: float, high: float) -> int:
    """Count compositions in a window by trying all, the last two parts as one array."""
    masses = space.masses()
    steps = [
        mass * np.arange(p.low, p.high + 1) for mass, p in zip(masses, space.parts, strict=True)
    ]
    inner = (steps[-2][:, None] + steps[-1]).ravel()
    return sum(
        int(((inner >= low - outer) & (inner <= high - outer)).sum())
        for outer in map(sum, itertools.product(*steps[:-2]))
    )


def timed(label: str, work: object) -> object:
    """Run a function, print how long it took, and return what it gave."""
    start = time.process_time()
    result = work()  # type: ignore[operator]
    print(f"{label:58s} {time.process_time() - start:8.3f} s")
    return result


def general_finder() -> None:
    """Run find-mfs on the same ion, with the elements of the small space."""
    try:
        from find_mfs import FormulaFinder
    except ImportError:
        print("find-mfs is not installed: skipped")
        return
    finder = FormulaFinder(["C", "H", "O", "S", "Na", "Ag", "Au"], use_precalculated=False)
    most = {"C": 250, "H": 300, "O": 20, "S": 35, "Na": 3, "Ag": 20, "Au": 30}
    found = timed(
        "find-mfs, elements C H O S Na Ag Au, 5 ppm (at most 500000)",
        lambda: finder.find_formulae(
            mass=monoisotopic_mass(AU25), error_ppm=5.0, max_counts=most, max_results=500_000
        ),
    )
    print(f"    {len(found)} element formulas, none of which knows a ligand")  # type: ignore[arg-type]
    silver = {"Ag": 44, "C": 210, "H": 150, "O": 60, "S": 30}
    print(
        f"    the peak it needs for Ag44(pMBA)30 lies at {monoisotopic_mass(silver):.3f} u, "
        f"{average_mass(silver) - monoisotopic_mass(silver):.0f} u below the visible envelope"
    )


def main() -> None:
    """Print all figures."""
    low, high = window(5.0)
    print(f"space of {WIDE.size():.2e}: {WIDE.words}")
    number = timed("count, meeting in the middle, first time", lambda: count_in(WIDE, low, high))
    timed("count again", lambda: count_in(WIDE, low, high))
    found = timed("list them", lambda: candidates_in(WIDE, low, high, -1))
    print(f"    {number} candidates within 5 ppm of {average_mass(AU25):.3f} u")
    print(f"space of {SMALL.size():.2e}: {SMALL.words}")
    quick = timed("meeting in the middle", lambda: candidates_in(SMALL, low, high, -1))
    slow = timed("brute force", lambda: brute_force(SMALL, low, high))
    print(f"    {len(quick)} and {slow} candidates")  # type: ignore[arg-type]
    general_finder()
    spectrum = simulate({"[Au25(PET)18]-": 1.0}, resolving_power=15_000, noise=0.02, seed=1)
    width = estimate_fwhm(spectrum.mz, spectrum.intensity)
    trace: Trace = thinned_trace(spectrum.mz, spectrum.intensity, width)
    some = found.take(np.arange(40_000))  # type: ignore[attr-defined]
    shifts = shifts_to_try(trace, -30.0, 30.0)
    start = time.process_time()
    scan(trace, sticks_of(some, trace.centre), shifts)
    rate = len(some) / (time.process_time() - start)
    print(f"scoring: {rate:.0f} candidates a second, whole envelopes at {len(shifts)} shifts")


if __name__ == "__main__":
    main()
