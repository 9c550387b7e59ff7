"""Tables of records: what is wrong is told with its line; the shipped ones are right."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superatom.errors import DataFileError
from superatom.literature.checks import check_vocabulary
from superatom.literature.records import CATEGORIES, COMPARATORS
from superatom.literature.subjects import read_subjects
from superatom.literature.tables import main, read_table, shipped_files, shipped_tables

FACTS_HEADER = (
    "id,document,section,reference,cluster,category,reaction,property,comparator,value,unit,"
    "conditions,status,correction,remark\n"
)
GOOD = "f1,d1,Results,7,Au25(SR)18 | Au38(SR)24,catalysis,HER,TOF,=,3,s^-1,,curated,,\n"


def write(folder: Path, text: str, name: str = "facts.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_read(tmp_path: Path) -> None:
    (fact,) = read_table(write(tmp_path, FACTS_HEADER + GOOD)).facts
    assert fact.clusters == ("Au25(SR)18", "Au38(SR)24")
    assert (fact.reaction, fact.value, fact.unit) == ("HER", "3", "s^-1")
    assert (fact.source.document, fact.source.section, fact.source.reference) == (
        "d1",
        "Results",
        "7",
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",d1,,,Au25,catalysis,HER,TOF,=,3,s^-1,,,,\n", "without an id"),
        ("f1,d1,Results,7,Au25,catalysis,HER,TOF,=,3,s^-1,,,,\n", "already on line 2"),
        ("f2,d1,,,Au25,cooking,HER,TOF,=,3,s^-1,,,,\n", "category 'cooking'"),
        ("f2,d1,,,Au25,catalysis,HER,TOF,=>,3,s^-1,,,,\n", "comparator '=>'"),
        ("f2,d1,,,Au25,catalysis,HER,TOF,=,,s^-1,,,,\n", "without a value"),
        ("f2,d1,,,Au25,catalysis,HER,TOF,=,3,s^-1,,sure,,\n", "status 'sure'"),
        ("f2,d1,,,Au25,catalysis,HER,TOF,=,3,s^-1,,,,,and,more\n", "17 cells under 15 columns"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, row: str, problem: str) -> None:
    path = write(tmp_path, FACTS_HEADER + GOOD + row)
    with pytest.raises(DataFileError, match=problem) as caught:
        read_table(path)
    assert caught.value.line == 3


def test_lines_are_counted_through_cells_with_line_breaks(tmp_path: Path) -> None:
    broken = 'f2,d1,,,Au25,structure,,kernel,=,"two\nlines",,,,,\n'
    path = write(tmp_path, FACTS_HEADER + broken + "f3,d1,,,Au25,cooking,,TOF,=,3,,,,,\n")
    with pytest.raises(DataFileError) as caught:
        read_table(path)
    assert caught.value.line == 4


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "id,id\n1,2\n"])
def test_what_is_no_table_of_records(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataFileError, match="columns"):
        read_table(write(tmp_path, text))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        read_table(tmp_path / "absent.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataFileError, match="cannot be read"):
        read_table(tmp_path / "binary.csv")


@given(st.text(max_size=60))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    for content in (text, FACTS_HEADER + text, FACTS_HEADER + GOOD + text):
        with contextlib.suppress(DataFileError):
            assert read_table("some.csv", content).facts is not None


def test_a_cell_of_a_megabyte(tmp_path: Path) -> None:
    path = write(tmp_path, FACTS_HEADER + '"' + "x" * 1_000_000)
    with pytest.raises(DataFileError, match="is no table"):
        read_table(path)


def test_transformations_documents_and_modes(tmp_path: Path) -> None:
    text = (
        "id,document,kind,reactants,products,time_h\nt1,d1,etching,Au38(SR)24 + HSR,Au25(SR)18,2\n"
    )
    (step,) = read_table(write(tmp_path, text, "transformations.csv")).transformations
    assert step.reactants == ("Au38(SR)24", "HSR")
    assert step.equation == "Au38(SR)24 + HSR -> Au25(SR)18"
    text = "id,citation,doi,title,year\nd1,J. 2020,10.1/x,Title,2020\n"
    (document,) = read_table(write(tmp_path, text, "documents.csv")).documents
    assert document.year == 2020
    text = "id,document,ligand_class,anchor,mode\nm1,d1,alkynyl,C,mu3-eta1\n"
    assert read_table(write(tmp_path, text, "modes.csv")).modes[0].anchor == "C"


def test_a_label_carried_down_is_not_the_rows_own(tmp_path: Path) -> None:
    text = (
        "line\tseries_printed\tlabel_on_this_line\tformula_printed\ttype_printed\tnumber_printed\n"
        "7\t(M-Au)25\tyes\tAu24Pd(SR)18\tPd\t1\n8\t(M-Au)25\tno\tAu37Pd(SR)24\tPd\t1\n"
    )
    own, carried = read_table(write(tmp_path, text, "printed.tsv")).doping
    assert (own.id, own.series) == ("line 7", "(M-Au)25")
    assert carried.series == ""


def test_the_command_reports_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = FACTS_HEADER + "f1,d1,,,gold dust,catalysis,HER,smell,=,3,furlong,,,,\n"
    first = write(tmp_path, wrong, "one.csv")
    second = write(tmp_path, FACTS_HEADER + GOOD, "two.csv")
    assert main([str(first), str(second)]) == 2
    told = capsys.readouterr().out
    for problem in ("gold dust", "'smell' is not in the vocabulary", "also in", "one.csv"):
        assert problem in told
    assert main([str(second)]) == 0


def test_shipped_tables_are_sound() -> None:
    tables = shipped_tables()
    assert len(set(tables.ids)) == len(tables)
    assert {d.id for d in tables.documents} >= {f.source.document for f in tables.facts}
    problems = [suspicion.text for suspicion in check_vocabulary(tables)]
    assert not problems, "\n".join(problems[:40])


@pytest.mark.parametrize("path", shipped_files(), ids=lambda p: p.name)
def test_each_shipped_table_is_read_and_its_formulas_too(path: Path) -> None:
    tables = read_table(path)
    assert len(tables) + len(tables.documents) > 0
    for fact in tables.facts:
        assert fact.category in CATEGORIES
        assert fact.comparator in COMPARATORS
        for text in fact.clusters:
            assert read_subjects(text), fact.id
    for row in tables.doping:
        assert read_subjects(row.formula), row.id
