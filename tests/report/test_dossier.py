"""The dossier as a page: complete, self-contained, and open to further sections."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import Ligand
from superatom.errors import DataFileError
from superatom.report import sections as registry
from superatom.report.dossier import dossier
from superatom.report.sections import DossierInput, HeadFact, Section, registered, section
from superatom.report.templating import formula_html

VOID = {"meta", "br", "hr", "img", "link", "input", "col", "path", "use"}


class Page(HTMLParser):
    """Text, balance of tags, ids and everything a browser would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag in {"script", "link", "img", "iframe", "object", "embed"}:
            self.fetched.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


@pytest.mark.parametrize(
    "formula",
    [
        "[Au25(SC2H4Ph)18]-",
        "Au144(SC2H4Ph)60",
        "[Au25(SR)18]-",
        "(AuAg)44(SR)30",
        "[Cu25H22(PPh3)12]Cl",
        "[Ag46Au24(StBu)32](BPh4)2",
        "Cu32H20(S2P(OiPr)2)12",
    ],
)
def test_page_is_whole_and_asks_nothing_of_a_network(formula: str) -> None:
    html = dossier(Cluster.parse(formula)).html
    page = Page(html)
    assert page.open == []
    assert page.fetched == []
    assert "@import" not in html
    assert "url(http" not in html
    assert len(page.ids) == len(set(page.ids))


def test_page_tells_the_electrons_and_their_levels() -> None:
    text = " ".join(Page(dossier(Cluster.parse("[Au25(SC2H4Ph)18]-")).html).text.split())
    assert "8 free electrons" in text  # Walter 2008
    assert "A closed spherical shell" in text
    assert "10.1073/pnas.0801001105" in text


def test_unknown_charge_is_not_taken_for_zero() -> None:
    made = dossier(Cluster.parse("Au25(SC2H4Ph)18"))
    text = " ".join(Page(made.html).text.split())
    assert "n* = 7 − q" in text
    assert "7 free electrons" not in text
    assert any("unknown is not zero" in note for part in made.sections for note in part.notes)


def test_guesses_made_in_reading_are_on_the_page() -> None:
    cluster = Cluster.parse("[Cu25H22(PPh3)12]Cl")
    assert cluster.notes
    text = Page(dossier(cluster).html).text
    for note in cluster.notes:
        assert note in text


def test_names_from_users_cannot_bring_markup() -> None:
    harmful = Ligand("<script>alert(1)</script>", "thiolate", "C2H5S", charge_taken=1)
    cluster = Cluster.of({"Au": 25}, {harmful: 18}, charge=-1)
    html = dossier(cluster).html
    assert "<script" not in html
    assert "&lt;script&gt;" in str(formula_html(cluster))


def test_two_pages_of_the_same_cluster_are_equal() -> None:
    cluster = Cluster.parse("[Ag44(SPhCOOH)30]4-")
    assert dossier(cluster).html == dossier(cluster).html


def test_unreadable_structure_fails_and_names_the_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xyz"
    broken.write_text("12\nno atoms\n")
    with pytest.raises(DataFileError, match=r"broken\.xyz"):
        dossier(Cluster.parse("Au38(PET)24"), broken)
    with pytest.raises(DataFileError, match=r"absent\.xyz"):
        dossier(Cluster.parse("Au38(PET)24"), tmp_path / "absent.xyz")


@pytest.fixture
def extra_section(monkeypatch: pytest.MonkeyPatch) -> None:
    registered()
    monkeypatch.setattr(registry, "_REGISTRY", dict(registry._REGISTRY))

    @section("Colour", order=45)
    def colour(given: DossierInput) -> Section | None:
        if "Ag" not in given.cluster.metals:
            return None
        fact = HeadFact("colour", "red")
        return Section("<b>seen</b>", facts=(fact,), notes=("by eye",))


@pytest.mark.usefixtures("extra_section")
def test_a_room_adds_a_section_without_touching_the_page() -> None:
    silver = dossier(Cluster.parse("[Ag25(SPhMe2)18]-"))
    titles = [made.title for made in silver.sections]
    assert titles.index("Superatom electrons") < titles.index("Colour")
    assert titles[-1] == "Notes and provenance"
    page = Page(silver.html)
    assert "colour" in page.text
    assert "by eye" in page.text
    assert "<b>seen</b>" in page.text, "text that is not marked as safe must be escaped"
    gold = dossier(Cluster.parse("[Au25(SPhMe2)18]-"))
    assert "Colour" not in [made.title for made in gold.sections]


def test_envelopes_shown_look_different() -> None:
    """[M]- and [M]+ differ by two electrons only: one figure is enough."""
    (part,) = (
        made
        for made in dossier(Cluster.parse("[Au25(SC2H4Ph)18]-")).sections
        if made.title == "Isotope envelopes"
    )
    names = [ion["name"] for ion in part.data["ions"]]
    assert {"[M]-", "[M]+"} <= set(names)
    figures = part.html.split("Likely ions")[0]
    assert figures.count("<svg") == 4
    assert figures.count("tallest peak at m/z 7392.93") == 1
    with_caesium = 7392.932 + 2 * 132.905452 - 0.000549  # u: IsoSpec, AME2020, one electron
    assert f"m/z {with_caesium:.3f}" in figures
