"""House rules a machine can check (CONTRIBUTING.md)."""

from __future__ import annotations

import csv
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "superatom"
MODULES = sorted(PACKAGE.rglob("*.py"))
TABLES = sorted(p for p in PACKAGE.rglob("data/*") if p.suffix in {".csv", ".tsv"})
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "tools"}
#: Facts mined from a paper name the document, and documents their citation.
SOURCE_COLUMNS = {"source", "document", "citation"}
UNITS = ("_u", "_angstrom", "_ev", "_v", "_da")
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+( ; .+)?")

# Written so that this file does not match itself.
FORBIDDEN = re.compile(
    "|".join(
        (
            "/" + "work/",
            "/" + "root/",
            "/" + "farm/",
            "py" + r"pi\.org",
            "python" + "hosted",
            "registry" + r"\.npm",
            "deb" + r"\.debian",
        )
    )
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): version.split(" ")[0] for name, version in pairs}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_module_has_one_subject(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def states_a_value(row: dict[str, str]) -> bool:
    """Whether a row gives a number that needs a source (an element may have no weight)."""
    measured = [cell for column, cell in row.items() if column.endswith(UNITS)]
    return not measured or any(measured)


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_table_names_its_sources(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    rows = list(csv.DictReader(lines, delimiter="\t" if path.suffix == ".tsv" else ","))
    assert rows, "an empty table"
    named = SOURCE_COLUMNS & set(rows[0])
    assert named, f"none of the columns {', '.join(sorted(SOURCE_COLUMNS))}"
    without = [r for r in rows if states_a_value(r) and not any(r[c].strip() for c in named)]
    assert not without


def test_there_are_tables() -> None:
    assert "ligands.csv" in {path.name for path in TABLES}


def test_no_tracked_file_names_a_machine_or_a_package_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            text = path.read_bytes().decode("utf-8", errors="replace")
            found += [f"{name}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert not found


def test_constraints_pin_versions_and_name_no_place() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    wrong = [line for line in lines if not line.startswith("#") and not PIN.fullmatch(line)]
    assert not wrong


def test_constraints_pin_every_direct_dependency() -> None:
    metadata = project()["project"]
    wanted = [*metadata["dependencies"], *metadata["optional-dependencies"]["dev"]]
    names = {normal(re.match(r"[\w.-]+", requirement).group()) for requirement in wanted}
    assert names <= set(pins())


def test_the_build_uses_the_pinned_back_end() -> None:
    assert project()["build-system"]["requires"] == [f"hatchling=={pins()['hatchling']}"]


def test_every_installed_dependency_is_pinned() -> None:
    """Walk the requirements of the installed package, extras included, to the end."""
    from importlib.metadata import distribution

    from packaging.requirements import Requirement

    seen: set[tuple[str, str]] = set()
    todo = [Requirement(text) for text in project()["project"]["dependencies"]]
    todo += [Requirement(text) for text in project()["project"]["optional-dependencies"]["dev"]]
    while todo:
        requirement = todo.pop()
        for extra in ("", *sorted(requirement.extras)):
            if (normal(requirement.name), extra) not in seen:
                seen.add((normal(requirement.name), extra))
                inner = map(Requirement, distribution(requirement.name).requires or ())
                todo += [r for r in inner if not r.marker or r.marker.evaluate({"extra": extra})]
    assert {name for name, _ in seen} - set(pins()) == set()
