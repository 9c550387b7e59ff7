"""Time questions to a store of 100,000 synthetic records.

    python benchmarks/literature_store.py [records]

Prints the time of an import, of the shipped store on its first use, and the longest of five
runs of each kind of question.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from superatom.literature.queries import Findings, find, read_metric
from superatom.literature.records import Document, Fact, Source
from superatom.literature.store import Store, open_store
from superatom.literature.tables import Tables

HOSTS = ("Au", "Ag", "Cu")
DOPANTS = ("Cd", "Pt", "Pd", "Hg", "Ir", "Ni")
LIGANDS = ("SC2H4Ph", "TBBT", "SG", "C#CtBu", "PPh3", "p-MBA", "SePh", "SPhMe2")
REACTIONS = ("CO2RR", "HER", "OER", "ORR", "NRR", "click", "")
NUMBERS = (
    ("Faradaic efficiency CO", "%", 0, 100),
    ("Faradaic efficiency HCOOH", "%", 0, 100),
    ("overpotential", "mV", 30, 700),
    ("onset potential", "V vs RHE", -1, 0),
    ("TOF", "s^-1", 0, 300),
    ("emission maximum", "nm", 400, 1200),
    ("yield", "%", 1, 99),
)
WORDS = (
    ("kernel", ("icosahedron", "cuboctahedron", "fcc", "bi-icosahedron")),
    ("motif", ("dimeric staples", "monomeric staples", "bridging thiolates")),
    ("synthesis method", ("co-reduction", "ligand exchange", "intercluster reaction")),
)


def synthetic_facts(count: int, seed: int = 1) -> tuple[Fact, ...]:
    """Return facts that look like those of papers, about some thousand clusters."""
    chance = random.Random(seed)
    formulas = [synthetic_formula(chance) for _ in range(min(count, 4000))]
    return tuple(synthetic_fact(chance, number, formulas) for number in range(count))


def synthetic_formula(chance: random.Random) -> str:
    host, dopant = chance.choice(HOSTS), chance.choice(DOPANTS)
    size, ligands = chance.randint(8, 200), chance.randint(6, 60)
    metals = f"{host}{size}" + (f"{dopant}{chance.randint(1, 4)}" if chance.random() < 0.4 else "")
    charge = chance.choice(("", "-", "2+"))
    body = f"{metals}({chance.choice(LIGANDS)}){ligands}"
    return f"[{body}]{charge}" if charge else body


def synthetic_fact(chance: random.Random, number: int, formulas: list[str]) -> Fact:
    where = Source(f"doc{number % 500}", "Results", number, number + 80, str(number % 300))
    if chance.random() < 0.25:
        name, words = chance.choice(WORDS)
        value, unit, reaction, category = chance.choice(words), "", "", "structure"
    else:
        name, unit, low, high = chance.choice(NUMBERS)
        value, reaction = f"{chance.uniform(low, high):.3g}", chance.choice(REACTIONS)
        category = "catalysis"
    conditions = f"potential: {chance.uniform(-1, 0):.2f} V vs RHE; electrolyte: 0.5 M KHCO3"
    cluster = chance.choice(formulas)
    return Fact(
        f"s{number}", (cluster,), category, name, value, where, reaction, "=", unit, conditions
    )


def questions() -> dict[str, Callable[[Store], Findings]]:
    metric = read_metric("FE(CO)", ">90")
    return {
        "everything": lambda s: find(s),
        "metal Au": lambda s: find(s, metal="Au"),
        "issue example": lambda s: find(
            s, metal="Au", dopant="Cd", reaction="CO2RR", metric=metric
        ),
        "metric FE(CO) > 90": lambda s: find(s, metric=metric),
        "metric FE(CO) > 0": lambda s: find(s, metric=read_metric("FE(CO)", ">0")),
        "FE(CO) > 90, overpotential < 90": lambda s: find(
            s, metric=[metric, read_metric("overpotential", "<90 mV")]
        ),
        "FE(CO) > 0, TOF > 0": lambda s: find(
            s, metric=[read_metric("FE(CO)", ">0"), read_metric("TOF", ">0")]
        ),
        "reaction CO2RR": lambda s: find(s, reaction="CO2RR"),
        "ligand PET": lambda s: find(s, ligand="PET"),
        "ligand class thiolate": lambda s: find(s, ligand="thiolate"),
        "formula Au25": lambda s: find(s, formula="Au25"),
        "method co-reduction": lambda s: find(s, method="co-reduction"),
        "motif icosahedron": lambda s: find(s, motif="icosahedron"),
        "electrons 8": lambda s: find(s, electrons=8),
        "text KHCO3": lambda s: find(s, text="KHCO3"),
        "text cuboctahedron doc77": lambda s: find(s, text="cuboctahedron doc77"),
        "method + metal + ligand": lambda s: find(
            s, method="ligand exchange", metal="Au", ligand="TBBT", reaction="HER"
        ),
    }


def milliseconds(action: Callable[[], object]) -> tuple[float, float]:
    """Return wall-clock and processor time; they differ where others use the machine too."""
    wall, processor = time.perf_counter(), time.process_time()
    action()
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        first, _ = milliseconds(lambda: open_store(Path(folder) / "shipped.sqlite").close())
        again, _ = milliseconds(lambda: open_store(Path(folder) / "shipped.sqlite").close())
        print(f"shipped store: first use {first:.0f} ms, later {again:.0f} ms")
        documents = tuple(Document(f"doc{n}", f"Journal {n}") for n in range(500))
        tables = Tables(documents=documents, facts=synthetic_facts(count))
        with Store(Path(folder) / "synthetic.sqlite") as store:
            wall, processor = milliseconds(lambda: store.import_tables(tables, "synthetic"))
            print(
                f"import of {count} records: {wall / 1e3:.1f} s ({processor / 1e3:.1f} s of work)"
            )
            print(f"{'longest of five runs':32} {'wall':>7} {'work':>10}")
            for name, ask in questions().items():
                runs = [milliseconds(lambda ask=ask: ask(store)) for _ in range(5)]
                wall, work = (max(times) for times in zip(*runs, strict=True))
                print(f"{name:32} {wall:7.1f} {work:7.1f} ms  {ask(store).total:7d} found")


if __name__ == "__main__":
    main()
