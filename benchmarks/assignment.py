"""How often is the truth found? 400 simulated cluster ions, assigned blindly.

Every ion is drawn from clusters that have been reported (families below), with other ligands
of the same class, dopants, protons and alkali ions; measured with a resolving power of 5000 to
120000, 2 % noise, 3 ppm random and up to 30 ppm systematic m/z error, and 0 to 3 overlapping
species. The assignment is told the family's elements and ligands, the resolving power, and that
the m/z error is within 35 ppm.

Where it fails: nearly all ions without a rival are in the reported set; the failures are
mixtures. With two or three rivals of similar strength the sum of several envelopes can be made
from other compositions as well, the more so in spaces with near ties (Au/Ag with Na and H;
hydrides with several ligands and halides) and at resolving powers that merge isotope peaks; then
either one species explains what two did, or the right mixture is not among those that were tried.

Reliability: statements are sorted by their probability and cut into bins of equal numbers, and
the share of right ones in a bin is compared with their mean probability. Even if all
probabilities are right, that share scatters with the standard deviation sqrt(sum p (1 - p)) / n,
which is printed beside it: 0.07 for 40 statements about a half, 0.035 for 200. Two curves are
reported. One is of the first candidate of each ion, of which few are in doubt (a quarter is
stated below 0.95); its bins hold 66. The other is of every candidate of every species that was
given at least 1 %, ten times as many statements. There a species can be one ion only: among the
true ones in its list the most probable that no stronger species has taken is right, and no other.

Run: python benchmarks/assignment.py [--n 400] [--seed 1] [--out assignment.tsv]
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from superatom.errors import SuperatomError
from superatom.spectra.mass.assign import assign
from superatom.spectra.mass.assignments import Assignment, Window
from superatom.spectra.mass.isotopes import average_mass
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.space import SearchSpace

LEAST_STATED = 0.01  # probability above which a candidate counts as a statement
FIRST_IN_BIN, EVERY_BINS = 66, 12


@dataclass(frozen=True)
class Family:
    """Reported clusters of one kind and the space in which they are sought.

    `clusters` holds (metals, ligands, charge); a ligand class stands for any of `choices`.
    """

    name: str
    metals: str
    others: str
    clusters: list[tuple[dict[str, int], dict[str, int], int]]
    choices: dict[str, list[str]]
    ranges: dict[str, int]
    acid: bool = False
    dope: str = ""
    cation: str = "Cs"


THIOLATES = ["PET", "SPh", "StBu", "TBBT", "pMBT", "SC6H11", "SC12H25"]
ACIDS = ["pMBA", "MHA", "SG"]
GOLD = [
    ({"Au": 10}, {"SR": 10}, 0), ({"Au": 15}, {"SR": 13}, 0), ({"Au": 18}, {"SR": 14}, 0),
    ({"Au": 20}, {"SR": 16}, 0), ({"Au": 23}, {"SR": 16}, -1), ({"Au": 24}, {"SR": 20}, 0),
    ({"Au": 25}, {"SR": 18}, -1), ({"Au": 25}, {"SR": 18}, 0), ({"Au": 28}, {"SR": 20}, 0),
    ({"Au": 30}, {"SR": 18}, 0), ({"Au": 36}, {"SR": 24}, 0), ({"Au": 38}, {"SR": 24}, 0),
    ({"Au": 44}, {"SR": 28}, 0), ({"Au": 52}, {"SR": 32}, 0), ({"Au": 67}, {"SR": 35}, 0),
    ({"Au": 102}, {"SR": 44}, 0), ({"Au": 130}, {"SR": 50}, 0), ({"Au": 144}, {"SR": 60}, 0),
]  # fmt: skip
SMALL_GOLD = [row for row in GOLD if row[0]["Au"] <= 44]
FAMILIES = [
    Family("gold thiolate", "Au:1-150", "Cs:0-4", GOLD, {"SR": THIOLATES}, {"SR": 70}),
    Family("gold acid", "Au:1-60", "H:-14-4 Na:0-4", SMALL_GOLD, {"SR": ACIDS}, {"SR": 44}, True),
    Family("AuAg thiolate", "Au:0-50 Ag:0-50", "Cs:0-3", SMALL_GOLD, {"SR": THIOLATES},
           {"SR": 40}, dope="Ag"),
    Family("AuAg acid", "Au:0-50 Ag:0-50", "H:-12-2 Na:0-3", SMALL_GOLD, {"SR": ACIDS},
           {"SR": 40}, True, dope="Ag"),
    Family("silver thiolate", "Ag:1-60", "H:-12-2 Na:0-3",
           [({"Ag": 25}, {"SR": 18}, -1), ({"Ag": 44}, {"SR": 30}, -4),
            ({"Ag": 15}, {"SR": 11}, 0), ({"Ag": 32}, {"SR": 19}, 0)],
           {"SR": ["pMBA", "SG", "MHA"]}, {"SR": 40}, True),
    Family("AuAg44", "Au:0-50 Ag:0-50", "H:-12-2 Na:0-2", [({"Ag": 32, "Au": 12}, {"SR": 30}, -4)],
           {"SR": ["pMBA"]}, {"SR": 40}, True),
    Family("PtAu", "Pt:0-3 Au:1-60", "Cs:0-3",
           [({"Pt": 1, "Au": 24}, {"SR": 18}, 0), ({"Pt": 1, "Au": 24}, {"SR": 18}, -1),
            ({"Pt": 2, "Au": 36}, {"SR": 24}, 0), ({"Pt": 1, "Au": 17}, {"SR": 14}, 0)],
           {"SR": THIOLATES}, {"SR": 36}),
    Family("PdAu", "Pd:0-3 Au:1-60", "Cs:0-3",
           [({"Pd": 1, "Au": 24}, {"SR": 18}, 0), ({"Pd": 2, "Au": 36}, {"SR": 24}, 0),
            ({"Pd": 1, "Au": 17}, {"SR": 14}, 0)],
           {"SR": THIOLATES}, {"SR": 36}),
    Family("CuAu", "Cu:0-30 Au:0-60", "Cs:0-3", SMALL_GOLD, {"SR": THIOLATES}, {"SR": 40},
           dope="Cu"),
    Family("copper hydride", "Cu:1-70", "Na:0-1",
           [({"Cu": 25}, {"H": 22, "PR": 12}, 1), ({"Cu": 18}, {"H": 16, "PR": 10, "X": 1}, 1),
            ({"Cu": 20}, {"H": 11, "AC": 9}, 0), ({"Cu": 32}, {"H": 20, "SR": 12}, 0),
            ({"Cu": 28}, {"H": 15, "SR": 12}, 1), ({"Cu": 61}, {"H": 14, "SR": 26, "X": 6}, 1)],
           {"SR": ["StBu", "SPh"], "PR": ["PPh3"], "X": ["Cl"], "AC": ["CCPh"]},
           {"SR": 36, "PR": 16, "X": 8, "H": 30, "AC": 20}, cation="Na"),
    Family("gold alkynyl", "Au:1-60", "Cs:0-3",
           [({"Au": 36}, {"AC": 24}, 0), ({"Au": 44}, {"AC": 28}, 0), ({"Au": 25}, {"AC": 18}, -1),
            ({"Au": 24}, {"AC": 14, "PR": 4}, 2), ({"Au": 23}, {"AC": 15}, 0),
            ({"Au": 13}, {"AC": 4, "PR": 8}, 1)],
           {"AC": ["CCPh", "tBuC#C"], "PR": ["PPh3"]}, {"AC": 36, "PR": 12}),
    Family("gold phosphine", "Au:1-60", "Na:0-2",
           [({"Au": 11}, {"PR": 8, "X": 2}, 1), ({"Au": 9}, {"PR": 8}, 3),
            ({"Au": 8}, {"PR": 8}, 2), ({"Au": 13}, {"PR": 9, "X": 3}, 2),
            ({"Au": 20}, {"PR": 10, "X": 4}, 2), ({"Au": 6}, {"PR": 6}, 2),
            ({"Au": 25}, {"PR": 10, "SR": 5, "X": 2}, 2)],
           {"PR": ["PPh3"], "X": ["Cl", "Br"], "SR": ["PET"]}, {"PR": 16, "X": 10, "SR": 12},
           cation="Na"),
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A simulated ion: its parts, its charge, its rivals, and the instrument."""

    family: Family
    space: SearchSpace
    counts: dict[str, int]
    charge: int
    rivals: tuple[tuple[dict[str, int], float], ...]
    resolving_power: float
    shift_ppm: float
    seed: int

    def atoms(self, counts: dict[str, int]) -> dict[str, int]:
        """Return the atoms of an ion of this space."""
        total: dict[str, int] = {}
        for part in self.space.parts:
            for symbol, n in part.elements:
                total[symbol] = total.get(symbol, 0) + n * counts.get(part.name, 0)
        return {symbol: n for symbol, n in total.items() if n}


def draw_case(number: int, seed: int) -> Case:
    """Return one case; the same number and seed give the same case."""
    rng = np.random.default_rng([seed, number])
    while True:
        family = FAMILIES[number % len(FAMILIES)]
        metals, ligands, core = family.clusters[rng.integers(len(family.clusters))]
        named = {
            kind: kind if kind == "H" else str(rng.choice(family.choices[kind]))
            for kind in ({*ligands} | {k for k in family.choices if rng.random() < 0.25})
        }
        counts = dict(metals)
        if family.dope:
            most = sum(metals.values())
            swapped = int(rng.integers(0, max(2, most // 2)))
            counts["Au"] -= swapped
            counts[family.dope] = swapped
        for kind, n in ligands.items():
            counts[named[kind]] = counts.get(named[kind], 0) + n
        charge = _ionise(rng, family, counts, core)
        space = SearchSpace.parse(
            family.metals,
            " ".join(f"{name}:0-{family.ranges[kind]}" for kind, name in sorted(named.items())),
            family.others,
            "-8..-1" if charge < 0 else "1..8",
        )
        case = Case(
            family, space, counts, charge, (),
            float(np.exp(rng.uniform(np.log(5e3), np.log(120e3)))),
            float(rng.uniform(-30, 30)), int(rng.integers(1 << 30)),
        )  # fmt: skip
        mass = average_mass(case.atoms(counts))
        if charge and 1000 <= mass <= 40000 and mass / abs(charge) > 300:
            rivals = _rivals(rng, case)
            return Case(
                family, space, counts, charge, rivals,
                case.resolving_power, case.shift_ppm, case.seed,
            )  # fmt: skip


def _ionise(rng: np.random.Generator, family: Family, counts: dict[str, int], core: int) -> int:
    """Put protons or cations on a cluster; return its charge."""
    if family.acid:
        size = sum(n for n in counts.values())
        charge = -int(rng.integers(2, 4 + min(5, size // 8)))
        sodium = int(rng.choice([0, 0, 0, 1, 2]))
        lost = charge - core - sodium
        if lost < -12 or lost > 2:
            return 0
        counts["H"], counts["Na"] = lost, sodium
        return charge
    if core < 0:
        return core
    if core > 0:
        return core
    added = int(rng.integers(1, 3 if family.cation == "Cs" else 2))
    counts[family.cation] = added
    return added


def _rivals(rng: np.random.Generator, case: Case) -> tuple[tuple[dict[str, int], float], ...]:
    """Return 0 to 3 species whose envelopes overlap that of the case, with relative amounts."""
    found: list[tuple[dict[str, int], float]] = []
    mass = average_mass(case.atoms(case.counts))
    names = [part.name for part in case.space.parts]
    limits = {part.name: (part.low, part.high) for part in case.space.parts}
    for _ in range(int(rng.choice([0, 0, 1, 1, 2, 3]))):
        for _ in range(300):
            other = dict(case.counts)
            for name in rng.choice(names, size=int(rng.integers(1, 4)), replace=False):
                other[name] = other.get(name, 0) + int(rng.integers(-3, 4))
            fine = all(limits[n][0] <= other.get(n, 0) <= limits[n][1] for n in names)
            if not fine or other == case.counts or any(other == r for r, _ in found):
                continue
            atoms = case.atoms(other)
            if min(atoms.values()) >= 0 and abs(average_mass(atoms) - mass) < 8:
                found.append((other, float(rng.uniform(0.05, 0.7))))
                break
    return tuple(found)


def run_case(case: Case) -> dict[str, object]:
    """Simulate and assign one case; return what came out."""
    ions = [Ion(case.atoms(case.counts), case.charge, 1.0)]
    ions += [Ion(case.atoms(other), case.charge, amount) for other, amount in case.rivals]
    spectrum = simulate(
        ions, resolving_power=case.resolving_power, noise=0.02, shift_ppm=case.shift_ppm,
        jitter_ppm=3.0, seed=case.seed,
    )  # fmt: skip
    window = Window(float(spectrum.mz[0]), float(spectrum.mz[-1]))
    truth = {name: n for name, n in case.counts.items() if n}
    start = time.perf_counter()
    row: dict[str, object] = {
        "family": case.family.name,
        "truth": case.space.cluster(
            [case.counts.get(name, 0) for name in case.space.names], case.charge
        ).text(),
        "mass": round(average_mass(case.atoms(case.counts))),
        "charge": case.charge,
        "R": round(case.resolving_power),
        "rivals": len(case.rivals),
    }
    try:
        found = assign(
            spectrum, case.space, [window], max_shift_ppm=35.0, decoys=False,
            resolving_power=case.resolving_power,
        )  # fmt: skip
    except SuperatomError as error:
        return {**row, "rank": 0, "in_set": 0, "error": str(error)[:80], "probability": 0.0}
    best: dict[str, object] = {"rank": 0, "in_set": 0, "n_set": 0, "probability": 0.0}
    for assignment in found.assignments:
        for rank, candidate in enumerate(assignment.candidates, start=1):
            if candidate.counts == truth and candidate.charge == case.charge:
                here = {
                    "rank": rank,
                    "in_set": int(candidate.equivalent),
                    "delta_chi2": round(candidate.delta_chi2, 2),
                    "p_truth": round(candidate.probability_with_evidence, 3),
                    "component": assignment.component,
                }
                if not best["rank"] or rank < int(str(best["rank"])):
                    best.update(here)
    true_ions = [truth, *({k: n for k, n in r.items() if n} for r, _ in case.rivals)]

    best["stated"] = statements(found.assignments, true_ions, case.charge)
    main = found.assignments[0]
    if main.candidates:
        top = main.candidates[0]
        best |= {
            "top": top.formula,
            "probability": top.probability_with_evidence,
            "p_fit": top.probability,
            "right": int(top.counts in true_ions),
            "n_set": len(main.equivalent),
            "r2": round(top.r_squared, 4),
            "components": len(main.components),
            "n_candidates": main.n_candidates,
        }
    return {**row, **best, "seconds": round(time.perf_counter() - start, 2)}


def reliability(what: str, statements: list[tuple[float, int]], n_bins: int) -> None:
    """Print how often statements are right that were made with about the same probability."""
    stated, right = np.array(sorted(statements)).T
    print(f"reliability of {what}:")
    worst = 0.0
    for rows in np.array_split(np.arange(len(stated)), n_bins):
        p, share = stated[rows], right[rows].mean()
        scatter = np.sqrt(np.sum(p * (1 - p))) / len(p)
        worst = max(worst, abs(share - p.mean()))
        print(
            f"  {p[0]:.3f}-{p[-1]:.3f}: n={len(p):4d} stated {p.mean():.3f} right {share:.3f}  "
            f"difference {share - p.mean():+.3f} (scatter {scatter:.3f})"
        )
    print(f"  largest difference {worst:.3f}; of all together {right.mean() - stated.mean():+.3f}")


def statements(
    assignments: Sequence[Assignment], true_ions: list[dict[str, int]], charge: int
) -> str:
    """Return the probability of each candidate of each species, and whether it is right."""
    left = list(true_ions)
    words = []
    for assignment in assignments:
        candidates = sorted(assignment.candidates, key=lambda c: -c.probability_with_evidence)
        true = next((c.counts for c in candidates if c.counts in left and c.charge == charge), None)
        if true is not None:
            left.remove(true)
        words += [
            f"{c.probability_with_evidence:.4f}:{int(c.counts == true and c.charge == charge)}"
            for c in candidates
            if c.probability_with_evidence >= LEAST_STATED
        ]
    return " ".join(words)


def report(rows: list[dict[str, object]]) -> None:
    """Print the figures of merit."""
    n = len(rows)
    ranks = np.array([int(str(row.get("rank", 0))) for row in rows])
    in_set = np.array([int(str(row.get("in_set", 0))) for row in rows])
    print(f"truth in the reported set {in_set.mean():.3f}, first {np.mean(ranks == 1):.3f}, n={n}")
    first = [(float(str(r.get("probability", 0))), int(str(r.get("right", 0)))) for r in rows]
    every = [
        (float(p), int(right))
        for row in rows
        for p, right in (word.split(":") for word in str(row.get("stated", "")).split())
    ]
    reliability("the first candidate of each ion", first, max(1, n // FIRST_IN_BIN))
    reliability(f"every candidate with p >= {LEAST_STATED} of every species", every, EVERY_BINS)
    for family in dict.fromkeys(str(row["family"]) for row in rows):
        own = [i for i, row in enumerate(rows) if row["family"] == family]
        print(
            f"  {family:18s} n={len(own):3d} in set {in_set[own].mean():.2f} "
            f"first {np.mean(ranks[own] == 1):.2f}"
        )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=400)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    rows = []
    for number in range(options.first, options.first + options.n):
        rows.append(run_case(draw_case(number, options.seed)))
        print(number, rows[-1], file=sys.stderr, flush=True)
    report(rows)
    if options.out:
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with open(options.out, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
