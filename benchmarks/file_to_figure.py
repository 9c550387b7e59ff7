"""From a file to a figure: a 100 000-point profile with 50 envelopes and a three-metal space.

    python benchmarks/file_to_figure.py

Writes a simulated spectrum of 50 Au/Ag/Pt thiolate ions (fixed seed) as csv, then runs
`superatom ms assign` on it in a new process, windows found by itself, and reports the wall
time, the processor time with that of its workers, the peak memory of that process, and how many
ions were named rightly.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.spectra.mass.isotopes import charge_to_mz, envelope
from superatom.spectra.mass.simulate import Ion, simulate

SEED = 20240601
N_ENVELOPES = 50
N_POINTS = 100_000
RESOLVING_POWER = 10_000.0
RANGE = (1500.0, 8000.0)
WORDS = (
    "--metals", "Au:0-40", "Ag:0-20", "Pt:0-2", "--ligands", "PET:0-30",
    "--others", "Na:0-1", "--charge", "-3..-1",
)  # fmt: skip
CHILD = """
import json, multiprocessing, resource, sys
from superatom.cli import app
try:
    app(sys.argv[1:], standalone_mode=False)
finally:
    for worker in multiprocessing.active_children():
        worker.join()
    own, workers = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    spent = sum(each.ru_utime + each.ru_stime for each in (own, workers))
    told = {"peak_kib": own.ru_maxrss, "processor_s": spent}
    print(json.dumps(told), file=sys.stderr)
"""


def species(rng: np.random.Generator) -> list[tuple[str, Ion]]:
    """Draw plausible ions whose envelopes lie at least 5 m/z apart."""
    found: list[tuple[str, Ion]] = []
    taken: list[float] = []
    while len(found) < N_ENVELOPES:
        n = int(rng.integers(6, 36))
        silver = int(rng.integers(0, min(n // 2, 20)))
        platinum = int(rng.integers(0, 3)) if n > 12 else 0
        ligands = round(n * rng.uniform(0.6, 1.05))
        charge = -int(rng.integers(1, 4))
        metals = {"Pt": platinum, "Au": n - silver - platinum, "Ag": silver}
        cluster = Cluster.of(metals, {"PET": min(ligands, 30)}, charge)
        elements = {symbol: int(k) for symbol, k in cluster.elements.items()}
        mz = float(charge_to_mz(envelope(elements).base_mass, charge))
        inside = RANGE[0] + 20 < mz < RANGE[1] - 20
        if inside and all(abs(mz - other) > 12 for other in taken):
            taken.append(mz)
            height = float(10 ** rng.uniform(-0.9, 0.0))
            found.append((cluster.text(), Ion(elements, charge, height)))
    return found


def identity(elements: dict[str, int], charge: int) -> str:
    return f"{sorted(elements.items())} {charge}"


def write(path: Path) -> list[str]:
    rng = np.random.default_rng(SEED)
    chosen = species(rng)
    per_fwhm = N_POINTS / (RESOLVING_POWER * np.log(RANGE[1] / RANGE[0]))
    spectrum = simulate(
        [ion for _, ion in chosen],
        resolving_power=RESOLVING_POWER,
        noise=0.002,
        shift_ppm=(8.0, -4.0),
        jitter_ppm=2.0,
        mz_range=RANGE,
        points_per_fwhm=per_fwhm,
        seed=SEED,
    )
    points = np.column_stack([spectrum.mz, spectrum.intensity])
    np.savetxt(path, points, delimiter=",", header="m/z,intensity", comments="", fmt="%.5f")
    print(f"{len(spectrum)} points, {len(chosen)} envelopes -> {path.name}")
    return [identity(ion.elements, ion.charge) for _, ion in chosen]


def measure(folder: Path, truth: list[str], figure: str) -> None:
    command = [sys.executable, "-c", CHILD, "ms", "assign", str(folder / "spectrum.csv"), *WORDS]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--json", "-o", str(folder / figure)], capture_output=True, text=True, check=True
    )
    wall = time.perf_counter() - start
    usage = json.loads(done.stderr.strip().splitlines()[-1])
    assigned = json.loads(done.stdout)["assignments"]
    candidates = [each["candidates"] for each in assigned]
    first = {identity(c["elements"], c["charge"]) for group in candidates for c in group[:1]}
    tied = {
        identity(c["elements"], c["charge"])
        for group in candidates
        for c in group
        if c["equivalent"]
    }
    print(
        f"{figure}: {wall:.1f} s from file to figure (processor {usage['processor_s']:.1f} s), "
        f"{usage['peak_kib'] / 1024:.0f} MiB peak; "
        f"{len(assigned)} species; of {len(truth)} true ones {len(first & set(truth))} first, "
        f"{len(tied & set(truth))} first or tied; figure {(folder / figure).stat().st_size} bytes"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="folder to leave the files in")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        truth = write(folder / "spectrum.csv")
        for figure in ("figure.png", "figure.svg", "page.html"):
            measure(folder, truth, figure)


if __name__ == "__main__":
    main()
