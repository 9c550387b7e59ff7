"""Tables in YAML hold the same records as in CSV; nothing in them is run or built."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from superatom.errors import DataFileError, MissingExtra
from superatom.literature import rows as rows_module
from superatom.literature.store import Store
from superatom.literature.tables import read_table

CSV = (
    "id,document,section,reference,cluster,category,reaction,property,comparator,value,unit,"
    "conditions,status\n"
    "f1,d1,Results,7,Au25(SR)18 | Au38(SR)24,catalysis,HER,TOF,~,0.10,s^-1,"
    "potential: -0.5 V; electrolyte: 0.1 M KOH,curated\n"
    "f2,d1,,,Au25(SR)18,structure,,chirality,=,no,,,\n"
)
YAML = """
documents:
  - {id: d1, citation: "J. Test 2020, 1, 1", year: 2020}
facts:
  - id: f1
    document: d1
    section: Results
    reference: 7
    cluster: [Au25(SR)18, Au38(SR)24]
    category: catalysis
    reaction: HER
    property: TOF
    comparator: ~
    value: 0.10          # stays 0.10
    unit: s^-1
    conditions: {potential: -0.5 V, electrolyte: 0.1 M KOH}
    status: curated
  - {id: f2, document: d1, cluster: Au25(SR)18, category: structure, property: chirality, value: no}
"""


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_records_as_in_csv(tmp_path: Path) -> None:
    from_csv = read_table(write(tmp_path, CSV, "facts.csv"))
    from_yaml = read_table(write(tmp_path, YAML, "facts.yaml"))
    assert from_yaml.facts == from_csv.facts
    assert from_yaml.documents[0].year == 2020


def test_a_list_of_records_alone_and_species_as_lists(tmp_path: Path) -> None:
    text = (
        "- id: t1\n  document: d1\n  kind: ligand exchange\n  reactants: [Au38(PET)24, HTBBT]\n"
        "  products: [Au36(TBBT)24]\n  temperature_C: 80\n"
    )
    (record,) = read_table(write(tmp_path, text, "made.yml")).transformations
    assert record.reactants == ("Au38(PET)24", "HTBBT")
    assert (record.products, record.temperature_C) == (("Au36(TBBT)24",), "80")


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, YAML, "facts.yaml")
    with Store(tmp_path / "store.sqlite") as store:
        assert store.import_file(path).changed
        assert not store.import_file(path).changed
        assert store.counts()["facts"] == 2


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("facts:\n  - id: f1\n   bad: x\n", "is no YAML", 3),
        ("facts: three\n", "no list of records", 1),
        ("- id: f1\n  id: f2\n", "column twice", 1),
        ("- id: f1\n  conditions: [[a, b]]\n", "'conditions' is no text", 2),
        ("- &a\n  id: *a\n", "'id' is no text", 1),
        ("- name: x\n", "no table of records", 1),
        (YAML.replace("value: no", "value:"), "without a value", 18),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, text: str, problem: str, line: int
) -> None:
    with pytest.raises(DataFileError, match=problem) as caught:
        read_table(write(tmp_path, text, "facts.yaml"))
    assert caught.value.line == line


def test_tags_build_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "made"
    text = (
        "- id: f1\n  document: d1\n  cluster: Au25\n  category: structure\n  property: kernel\n"
        f'  value: !!python/object/apply:os.mkdir ["{marker}"]\n'
    )
    read_table(write(tmp_path, text, "facts.yaml"))
    assert not marker.exists()


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> object:
        if name == "yaml":
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(rows_module, "import_module", absent)
    with pytest.raises(MissingExtra, match="pip install pyyaml"):
        read_table(write(tmp_path, YAML, "facts.yaml"))
