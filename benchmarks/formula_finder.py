"""List all compositions near one mass: ours, brute force, and a general formula finder.

    python benchmarks/formula_finder.py [--node-modules FOLDER]

Task: three metals, two ligands, Cl, H and Na, all compositions within 5 ppm of the mass of
[Au25(SC2H4Ph)18]-. The three run one after another on the same machine:

- `candidates_in`, which meets in the middle and keys on the average mass;
- brute force with NumPy over all counts (a part of the space, the rest extrapolated);
- mf-finder of cheminfo/mass-tools, the best general-purpose finder known to us, which keys on
  the monoisotopic mass. `npm install mf-finder` in some folder, and name its node_modules here;
  without it that line is left out.

The last two are also run on a small space that all can finish, where the answers are compared.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superatom.spectra.mass.candidates import candidates_in
from superatom.spectra.mass.isotopes import average_mass, monoisotopic_mass
from superatom.spectra.mass.space import SearchSpace

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}
PPM = 5.0
PATIENCE_S = 20.0  # for brute force; and ten times that for mf-finder
NODE = """
const { findMFs } = require('mf-finder');
const { mass, precision, ranges } = JSON.parse(process.argv[1]);
(async () => {
  const start = process.hrtime.bigint();
  const options = { ranges, precision, allowNeutral: true, limit: 1e9, maxIterations: 1e13 };
  const found = await findMFs(mass, options);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  console.log(JSON.stringify({ seconds, n: found.info.numberResults,
    tried: found.info.numberMFEvaluated }));
})();
"""


@dataclass(frozen=True)
class Task:
    name: str
    metals: str
    ligands: str
    others: str

    @property
    def space(self) -> SearchSpace:
        return SearchSpace.parse(self.metals, self.ligands, self.others, "-1")


SMALL = Task("small", "Au:15-30 Ag:0-8", "PET:10-22", "H:0-4")
LARGE = Task("large", "Au:0-37 Ag:0-68 Cu:0-60", "PET:0-53 PPh3:0-20", "Cl:0-10 H:0-60 Na:0-8")


def ours(task: Task) -> tuple[int, float]:
    mass = average_mass(AU25)
    off = PPM * 1e-6 * mass
    space = task.space
    start = time.perf_counter()
    found = candidates_in(space, mass - off, mass + off, -1)
    return len(found), time.perf_counter() - start


def n_compositions(space: SearchSpace) -> int:
    return math.prod(part.high - part.low + 1 for part in space.parts)


def brute_force(task: Task) -> tuple[int, float, float]:
    """Return how many were found, the seconds taken, and the share of the space that was seen."""
    space = task.space
    mass = average_mass(AU25)
    off = PPM * 1e-6 * mass
    order = np.argsort([part.high - part.low for part in space.parts])
    inner, outer = order[-3:], order[:-3]
    values = [np.arange(part.low, part.high + 1) for part in space.parts]
    masses = space.masses()
    block = np.zeros(1)
    for k in inner:
        block = (block[:, None] + values[k] * masses[k]).ravel()
    found = seen = 0
    start = time.perf_counter()
    total = math.prod(values[k].size for k in outer)
    for counts in itertools.product(*(values[k] for k in outer)):
        rest = mass - float(np.dot(counts, masses[outer]))
        found += int(np.count_nonzero(np.abs(block - rest) <= off))
        seen += 1
        if time.perf_counter() - start > PATIENCE_S:
            break
    return found, time.perf_counter() - start, seen / total


def mf_finder(task: Task, node_modules: Path) -> dict[str, float] | None:
    """Return what mf-finder reports, or None if it does not finish."""
    space = task.space
    ranges = [
        {
            "mf": "".join(f"{symbol}{n}" for symbol, n in part.elements),
            "min": part.low,
            "max": part.high,
        }
        for part in space.parts
    ]
    request = {"mass": monoisotopic_mass(AU25), "precision": PPM, "ranges": ranges}
    command = ["node", "-e", NODE, json.dumps(request)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=10 * PATIENCE_S,
            cwd=node_modules.parent,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise SystemExit(f"mf-finder failed: {done.stderr.strip()[-500:]}")
    result: dict[str, float] = json.loads(done.stdout)
    return result


def compare(task: Task, node_modules: Path | None) -> None:
    space = task.space
    print(f"\n{task.name}: {space.words}\n  {n_compositions(space):.3g} compositions")
    n, seconds = min((ours(task) for _ in range(3)), key=lambda each: each[1])
    print(f"  meeting in the middle  {n:>9} found  {seconds:10.3f} s")
    n_brute, seconds, share = brute_force(task)
    if share < 1:
        print(
            f"  brute force (NumPy)    {n_brute:>9} found in {share:.2g} of the space, "
            f"{seconds / share:.3g} s extrapolated"
        )
    else:
        print(f"  brute force (NumPy)    {n_brute:>9} found  {seconds:10.3f} s")
        if n_brute != n:
            raise SystemExit("brute force and meeting in the middle disagree")
    if node_modules is None:
        print("  mf-finder              not installed: npm install mf-finder, --node-modules")
        return
    found = mf_finder(task, node_modules)
    if found is None:
        print(f"  mf-finder              not finished after {10 * PATIENCE_S:.0f} s")
    else:
        print(
            f"  mf-finder              {found['n']:>9.0f} found  {found['seconds']:10.3f} s "
            f"({found['tried']:.3g} tried; by monoisotopic mass)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node-modules", type=Path, help="folder that holds mf-finder")
    folder = parser.parse_args().node_modules
    if folder is not None and not ((folder / "mf-finder").is_dir() and shutil.which("node")):
        raise SystemExit(f"no node, or no mf-finder in {folder}")
    for task in (SMALL, LARGE):
        compare(task, folder)


if __name__ == "__main__":
    main()
