"""Building full-ligand models: time, nearest contact, and what placing ligands at random gives.

Run: python benchmarks/model_build.py [formula ...] (CPU times of this process, one thread)

Random placement is what one gets from tools that put a ligand on each site with a random turn:
each ligand has its best conformer and a random turn on a random side, the same core, no search.
A contact counts between atoms more than three bonds apart of which one is no metal and no
donor; ratios are of the larger of Bondi's and Alvarez's van der Waals sums.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from ase import Atoms

from superatom.model.assemble import build_model
from superatom.model.shell.bound_molecules import bound_molecule, known_ligand
from superatom.model.shell.dressing import Frame, Place, _parts, _Shell
from superatom.structure.anatomy import dissect
from superatom.structure.bonds import BondKind

BARS = {
    "[Au25(PET)18]-": 5.0,
    "Au38(PET)24-Q": None,
    "Au102(p-MBA)44": 30.0,
    "[Ag44(p-MBA)30]4-": None,
    "Au11(PPh3)8Cl2": None,
}
DRAWS = 20


def random_contact(model: Atoms) -> tuple[float, float]:
    """Return the best and the median nearest contact of random turns on the same core."""
    anatomy = dissect(model)
    ligands = [b for b in anatomy.ligands.ligands if len(b.atoms) > 1]
    tails = {a for b in ligands for a in b.atoms if a not in b.anchors}
    kept = [k for k in range(len(model)) if k not in tails]
    number = {atom: k for k, atom in enumerate(kept)}
    pairs = anatomy.bonds.of(BondKind.METAL_LIGAND).tolist()
    bonds = [(number[a], number[b]) for a, b in pairs if a in number and b in number]
    frame = Frame(model.positions[kept], model.numbers[kept], np.array(bonds))
    molecules = {b.ligand.name: bound_molecule(known_ligand(b.ligand.name)) for b in ligands}
    places = [
        Place(
            molecules[b.ligand.name],
            {molecules[b.ligand.name].donors[0]: number[b.anchors[0]]},
        )
        for b in ligands
    ]
    shell = _Shell(frame, _parts(frame, places, 0))
    rng = np.random.default_rng(0)
    found = []
    for _ in range(DRAWS):
        taken = []
        for part in shell.parts:
            axis = part.directions[rng.integers(len(part.directions))].axis
            turn = 2 * np.pi * rng.random()
            x = np.cross(np.eye(3)[int(np.argmin(np.abs(axis)))], axis)
            x /= np.linalg.norm(x)
            y = np.cross(axis, x)
            basis = np.array([np.cos(turn) * x + np.sin(turn) * y,
                              np.cos(turn) * y - np.sin(turn) * x, axis])  # fmt: skip
            taken.append(part.unit.shapes[0] @ basis + frame.positions[part.root])
        contact = shell.contact(np.concatenate([frame.positions, *taken]))
        found.append(contact.ratio if contact is not None else np.inf)
    return float(np.max(found)), float(np.median(found))


def main(formulas: list[str]) -> None:
    """Print one line per model."""
    print(f"{'model':<22}{'atoms':>6}{'s':>7}{'bar, s':>8}{'contact':>9}   random: best, median")
    for formula in formulas:
        start = time.process_time()
        model = build_model(formula)
        spent = time.process_time() - start
        contact = model.info["construction"]["operations"][0]["closest_contact"]
        best, median = random_contact(model)
        bar = BARS.get(formula)
        print(
            f"{formula:<22}{len(model):>6}{spent:>7.2f}{bar if bar else '-':>8}{contact:>9.3f}"
            f"   {best:.2f}, {median:.2f} of {DRAWS}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:] or list(BARS))
