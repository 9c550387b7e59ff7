"""Papers as passages: every character remembers its place in the file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.errors import DataFileError, MissingExtra
from superatom.literature.mining import text as text_module
from superatom.literature.mining.sentences import sentences
from superatom.literature.mining.text import Passage, read_manuscript, read_passages

PAPER = """# 1 Introduction

Small clusters are red.

The yield of the product was raised when the mixture was

Fig. 2 A picture of Ag12 in its crystal.

heated to 60 °C [\\[12](#page-1-0), [13](#page-2-0)].

| name | gap |
|---|---|
| Ag13 | 1.2 eV |

# References

1. A. Author, Some J. 2001, Ag14 and its kind.
"""


def kinds(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.kind for passage in passages]


def test_the_blocks_of_a_paper() -> None:
    found = read_passages(PAPER)
    assert kinds(found) == [
        *("heading", "paragraph", "paragraph", "caption"),
        *("cell", "cell", "cell", "cell", "heading", "reference"),
    ]
    assert found[1].section == "1 Introduction"
    assert found[3].section == "Fig. 2 caption"


def test_a_paragraph_cut_by_a_figure_is_one() -> None:
    joined = read_passages(PAPER)[2].text
    assert "when the mixture was heated to 60 °C" in " ".join(joined.split())


def test_citations_in_brackets_are_left_out() -> None:
    assert "12" not in read_passages(PAPER)[2].text


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (r"about $10\,\text{mA cm}^{-2}$ of", "about 10 mA cm-2 of"),
        (r"at $80\,^\circ\text{C}$ or more", "at 80 °C or more"),
        (r"FE of $\geq 90\%$ here", "FE of ≥ 90% here"),
        ("a<sub>1</sub> &gt; 3 and <em>b</em>", "a1 > 3 and b"),
    ],
)
def test_markup_is_taken_off(printed: str, read: str) -> None:
    (passage,) = read_passages(printed)
    assert " ".join(passage.text.split()) == read


def test_html_and_xml_have_the_same_blocks() -> None:
    page = (
        "<html><head><title>T</title></head><body><h1>Synthesis</h1><p>Made of Au<sub>25</sub>.</p>"
        "<table><tr><td>Ag<sub>14</sub></td></tr></table><figure>"
        "<figcaption>Fig. 1 Red.</figcaption></figure><h2>References</h2>"
        "<ol><li>Author, 2001.</li></ol></body></html>"
    )
    found = read_passages(page, tagged=True)
    assert kinds(found) == ["heading", "paragraph", "cell", "caption", "heading", "reference"]
    assert found[1].text.strip() == "Made of Au25."
    article = "<article><sec><title>Gaps</title><p>It is <italic>red</italic>.</p></sec></article>"
    heading, paragraph = read_passages(article, tagged=True)
    assert (heading.text.strip(), paragraph.text.strip()) == ("Gaps", "It is red.")
    assert paragraph.section == "Gaps"


@given(st.text(max_size=400), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_character_has_a_place(raw: str, tagged: bool) -> None:
    for passage in read_passages(raw, tagged=tagged):
        assert len(passage.text) == len(passage.marked.columns) == len(passage.math)
        assert all(0 <= column <= len(raw) for column in passage.marked.columns)


@given(st.text(alphabet="abcAuFig. 0123(){}$_^\\<>/sub[]#|\n-", max_size=300))
@settings(max_examples=150, deadline=None)
def test_plain_characters_stand_where_they_say(raw: str) -> None:
    for passage in read_passages(raw):
        pairs = zip(passage.text, passage.marked.columns, strict=True)
        letters = [(char, column) for char, column in pairs if char in "AFig"]
        assert all(raw[column] in {char, "_", "^"} for char, column in letters)


def test_sentences_end_at_full_stops_only() -> None:
    text = (
        "It has 0.95 V vs. RHE (Fig. 3).12 At 80 °C.83 They made it (ca. 5 g). "
        "J. Smith et al. saw it."
    )
    assert [text[a:b] for a, b in sentences(text)] == [
        "It has 0.95 V vs. RHE (Fig. 3).",
        "At 80 °C.",
        "They made it (ca. 5 g).",
        "J. Smith et al. saw it.",
    ]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "paper.docx"
    file.write_bytes(b"x")
    with pytest.raises(DataFileError, match="not read"):
        read_manuscript(file)
    with pytest.raises(DataFileError, match="cannot be read"):
        read_manuscript(tmp_path / "absent.txt")
    binary = tmp_path / "paper.txt"
    binary.write_bytes(b"\0\1\2")
    with pytest.raises(DataFileError, match="no text"):
        read_manuscript(binary)


def test_a_pdf_without_a_reader_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> object:
        if name.startswith("pypdf"):
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(text_module, "import_module", absent)
    file = tmp_path / "paper.pdf"
    file.write_bytes(b"%PDF-1.4")
    with pytest.raises(MissingExtra, match="pip install pypdf"):
        read_manuscript(file)


def test_a_text_taken_from_a_pdf_has_references_and_cut_words() -> None:
    text = (
        "Results\n\nThe yield of Ag14(SR)8 is high; its quan-\ntum yield is 4%, and the as-\n"
        "made cluster Au47-\nCd2(SR)31 is red.\nReferences\n1. A. Smith, Au99(SR)42, yield 9%.\n"
        "2. B. Smith."
    )
    passages = read_passages(text)
    (body,) = (p for p in passages if p.kind == "paragraph")
    assert "its quantum yield" in body.text
    assert "as- made" in body.text
    assert not any("Au99" in p.text for p in passages if p.kind != "reference")
    place = body.text.index("tum yield is")
    assert text[body.place(place, place + 3)[0] :].startswith("tum yield is")
