"""Recall of mining on the hand-made rows, by offset and value, and its speed.

python benchmarks/mining.py [--misses] [--samples N]
"""

from __future__ import annotations

import csv
import os
import re
import sys
import time
from pathlib import Path

from superatom.composition.formula import parse_formulas
from superatom.errors import SuperatomError
from superatom.literature.mining.mentions import find_mentions, frame
from superatom.literature.mining.text import read_manuscript

SHARED = Path(os.environ.get("SUPERATOM_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NEGATIVE = "NOT_A_CLUSTER_FORMULA"


def rows(name: str) -> list[dict[str, str]]:
    path = SHARED / "reference" / name
    with path.open(encoding="utf-8", newline="") as file:
        quoting = csv.QUOTE_NONE if name.startswith("formula") else csv.QUOTE_MINIMAL
        return list(csv.DictReader(file, delimiter="\t", quoting=quoting))


def normals(text: str) -> list[str]:
    return [str(f) for f in parse_formulas(text)]


def unlabelled(cluster) -> str:
    return cluster.text(label=False)


def judge_formulas(papers: dict, *, misses: bool) -> None:
    right = metals_right = total = missing = false = negatives = 0
    for row in rows("formula_examples.tsv"):
        paper, mentions = papers[row["review"]]
        places = [m.start() for m in re.finditer(re.escape(row["raw"]), paper.text)]
        if not places:
            missing += 1
            if misses:
                print("not printed so:", row["raw"])
            continue
        found = [
            [m for m in mentions if m.start < p + len(row["raw"]) and m.end > p] for p in places
        ]
        if row["normal"] == NEGATIVE:
            negatives += 1
            false += any(found)
            if misses and any(found):
                print("FALSE", row["raw"], [m.normal for m in found[0]])
            continue
        total += 1
        wanted = {unlabelled(f) for f in parse_formulas(row["normal"])}
        frames = {frame(f) for f in parse_formulas(row["normal"])}
        best = max(
            (
                (frames <= {frame(m.cluster) for m in f}),
                wanted <= {unlabelled(m.cluster) for m in f},
            )
            for f in found
        )
        metals_right += best[0]
        right += best[1]
        if misses and not all(best):
            print(
                "MISS" if not best[0] else "form",
                "|",
                row["raw"],
                "|",
                row["normal"],
                "|",
                [(m.printed, m.normal) for m in found[0]],
            )
    print(
        f"formulas: metals {metals_right}/{total}, normal form {right}/{total}, "
        f"false {false}/{negatives}, not found in print {missing}"
    )


def main() -> int:
    if not (SHARED / "reference").is_dir():
        print("skipped: the reference tables are not here (SUPERATOM_SHARED)")
        return 0
    papers = {}
    for path in sorted((SHARED / "reviews").glob("0*.txt")):
        began = time.perf_counter()
        paper = read_manuscript(path)
        read = time.perf_counter() - began
        mentions = [m for n, p in enumerate(paper.passages) for m in find_mentions(p, n)]
        print(
            path.name,
            len(paper.text),
            "characters",
            f"read {read:.2f} s, all {time.perf_counter() - began:.2f} s",
            len(mentions),
        )
        papers[path.name[:3]] = (paper, mentions)
    judge_formulas(papers, misses="--misses" in sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
