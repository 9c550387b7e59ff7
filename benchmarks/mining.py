"""Recall of mining on the hand-made rows, by offset and value, its speed, and a sample to read.

    python benchmarks/mining.py [--misses] [--sample N]

A formula counts if a mention overlaps the printed text with the same metals and counts (and,
second figure, the same normal form). A fact counts if a candidate near its offset has the same
cluster (metals and counts), property of the vocabulary, value and unit. Rows on clusters whose
formula is not printed count apart. Precision has to be read: --sample prints candidates with
their quotes, chosen by a fixed seed.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import sys
import time
from pathlib import Path

from superatom.composition.formula import parse_formulas
from superatom.errors import SuperatomError
from superatom.literature.mining.mentions import Mention, find_mentions, frame
from superatom.literature.mining.miner import Mined, mine_manuscript
from superatom.literature.mining.text import Manuscript, read_manuscript
from superatom.literature.properties import recognise
from superatom.literature.records import Fact
from superatom.literature.units import UnitError, read_unit

SHARED = Path(os.environ.get("SUPERATOM_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NEGATIVE = "NOT_A_CLUSTER_FORMULA"
NEAR = 150  # characters between the offset of a row and its candidate
SEED = 20261


def rows(name: str) -> list[dict[str, str]]:
    quoting = csv.QUOTE_NONE if name.startswith("formula") else csv.QUOTE_MINIMAL
    with (SHARED / "reference" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=quoting))


def mentions_at(row: dict[str, str], text: str, mentions: list[Mention]) -> list[list[Mention]]:
    """Return the mentions that overlap each place where the formula of a row is printed."""
    places = [m.span() for m in re.finditer(re.escape(row["raw"]), text)]
    return [[m for m in mentions if m.start < end and m.end > start] for start, end in places]


def judge_formulas(papers: dict[str, tuple[Manuscript, list[Mention]]], *, misses: bool) -> None:
    total = metals = forms = negatives = false = 0
    for row in rows("formula_examples.tsv"):
        paper, mentions = papers[row["review"]]
        found = mentions_at(row, paper.text, mentions)
        if row["normal"] == NEGATIVE:
            negatives += 1
            false += any(found)
            continue
        total += 1
        wanted = parse_formulas(row["normal"])
        frames, texts = {frame(w) for w in wanted}, {w.text(label=False) for w in wanted}
        right = any(frames <= {frame(m.cluster) for m in f} for f in found)
        same = any(texts <= {m.cluster.text(label=False) for m in f} for f in found)
        metals, forms = metals + right, forms + same
        if misses and not same:
            got = [m.normal for f in found for m in f]
            print("  other form:" if right else "  missed:", row["raw"], "read as", got)
    print(
        f"formulas: metals and counts {metals}/{total} ({metals / total:.0%}), normal form "
        f"{forms}/{total} ({forms / total:.0%}), negatives taken {false}/{negatives}"
    )


def frames_of(text: str) -> frozenset[object]:
    try:
        parts = [p for p in text.split("|") if p.strip()]
        return frozenset(frame(f) for p in parts for f in parse_formulas(p.strip()))
    except SuperatomError:  # 'Au NCs (size not given)'
        return frozenset()


def number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text.replace(" ", "")


def same_unit(row: dict[str, str], fact: Fact) -> bool:
    if row["unit"].split(" ")[0] == fact.unit or not row["unit"]:
        return True
    try:
        return read_unit(row["unit"]).dimension == read_unit(fact.unit).dimension
    except UnitError:
        return row["unit"].startswith(fact.unit)


def same_fact(row: dict[str, str], fact: Fact) -> bool:
    return (
        number(row["value"]) == number(fact.value)
        and recognise(row["property"]).name == recognise(fact.property).name
        and same_unit(row, fact)
    )


def judge_facts(papers: dict[str, Mined], *, misses: bool) -> None:
    named = found = unnamed = found_unnamed = 0
    for row in rows("fact_examples.tsv"):
        wanted = frames_of(row["cluster"])
        facts = papers[row["review"]].candidates
        near = [f for f in facts if abs((f.source.start or 0) - int(row["offset"])) < NEAR]
        hits = [f for f in near if same_fact(row, f)]
        right = any(wanted <= frames_of(f.cluster) for f in hits)
        if wanted:
            named, found = named + 1, found + right
        else:
            unnamed, found_unnamed = unnamed + 1, found_unnamed + bool(hits)
        if misses and not (right if wanted else hits):
            got = [(f.cluster, f.property, f.reading) for f in hits]
            print("  missed:", row["cluster"], "|", row["property"], "|", row["value"], "|", got)
    print(
        f"facts: {found}/{named} ({found / named:.0%}) with cluster, property, value and unit; "
        f"of clusters without a formula {found_unnamed}/{unnamed}"
    )


def show_sample(papers: dict[str, Mined], size: int) -> None:
    facts = [f for mined in papers.values() for f in mined.candidates]
    for fact in random.Random(SEED).sample(facts, min(size, len(facts))):
        print(f"\n{fact.cluster or fact.remark} | {fact.property} | {fact.reading} | {fact.rule}")
        print("   ", " ".join(fact.quote.split())[-400:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--sample", type=int, default=0)
    given = parser.parse_args()
    if not (SHARED / "reference").is_dir():
        print("skipped: the reference tables are not here (SUPERATOM_SHARED)")
        return 0
    read: dict[str, tuple[Manuscript, list[Mention]]] = {}
    mined: dict[str, Mined] = {}
    for path in sorted((SHARED / "reviews").glob("0*.txt")):
        began = time.perf_counter()
        paper = read_manuscript(path)
        mined[path.name[:3]] = mine_manuscript(paper)
        took = time.perf_counter() - began
        mentions = [m for n, p in enumerate(paper.passages) for m in find_mentions(p, n)]
        read[path.name[:3]] = (paper, mentions)
        kilobytes = path.stat().st_size / 1000
        candidates = len(mined[path.name[:3]].candidates)
        print(
            f"{path.name[:3]}: {kilobytes:.0f} kB in {took:.2f} s, {len(mentions)} formulas, "
            f"{candidates} candidates"
        )
    judge_formulas(read, misses=given.misses)
    judge_facts(mined, misses=given.misses)
    show_sample(mined, given.sample)
    return 0


if __name__ == "__main__":
    sys.exit(main())
