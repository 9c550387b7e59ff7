"""Tables, exploded view, 3D page and dossier section of a dissected cluster."""

from __future__ import annotations

import importlib.util
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from ase.build import molecule
from ase.io import write

from superatom.composition.cluster import Cluster
from superatom.errors import DataFileError
from superatom.report.anatomy_figure import anatomy_panels, draw_anatomy, write_anatomy_figure
from superatom.report.anatomy_tables import anatomy_tables, site_table
from superatom.report.sections import DossierInput
from superatom.report.sections.anatomy import anatomy as anatomy_section
from superatom.report.viewer import anatomy_page, with_indices, write_anatomy_page
from superatom.structure.anatomy import Anatomy, dissect


def _models() -> Any:
    """Return the builders of model clusters that the structure tests use."""
    path = Path(__file__).parents[1] / "structure" / "conftest.py"
    spec = importlib.util.spec_from_file_location("cluster_models", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cadmium() -> Anatomy:
    return dissect(_models().m25(shell="Cd"), charge=0)


def test_tables_say_what_a_paper_prints(cadmium: Anatomy) -> None:
    tables = {table.title: table for table in anatomy_tables(cadmium)}
    overview = dict(row for row in tables["Overview"].rows)
    assert overview["formula"] == "[Au24Cd(SMe)18]^0"
    assert overview["superatom electrons"] == "8"
    assert overview["kernel"].startswith("Au12Cd1: centred icosahedron")
    assert tables["Kernel and motifs"].rows[0] == ("geometric", "Au12Cd1", "6 Au2(SR)3")
    assert ("kernel Au12Cd1", "1", "+14", "+14") in tables["Electrons by part"].rows
    assert tables["Electrons by part"].rows[-1][-1] == "+8"
    assert "Ambiguous contacts" not in tables
    for table in tables.values():
        assert all(len(row) == len(table.columns) == len(table.numeric) for row in table.rows)
    text = tables["Bond lengths"].as_text()
    assert text.splitlines()[0].split("\t")[0] == "bond"


def test_site_table(cadmium: Anatomy) -> None:
    rows = site_table(cadmium).rows
    assert sum(int(row[0]) for row in rows) == 25
    (dopant,) = [row for row in rows if row[-1] == "yes"]
    assert dopant[2:4] == ("kernel surface", "Cd")
    assert {row[1] for row in rows} == {"1", "2", "3"}  # three places for one dopant in Au25, Th
    assert len(site_table(cadmium, every=True).rows) == 25


def test_panels_cover_every_metal_once_before_the_last(cadmium: Anatomy) -> None:
    panels = anatomy_panels(cadmium)
    titles = [panel.title for panel in panels]
    assert titles == ["Au1", "Au11Cd1", "6 Au2(SR)3", "all metals and donors"]
    drawn = [k for panel in panels[:-1] for k in panel.atoms if k in cadmium.metals]
    assert sorted(drawn) == sorted(cadmium.metals)
    assert len(panels[-1].atoms) == 25 + 18


def test_figure_draws_each_atom(cadmium: Anatomy) -> None:
    figure = draw_anatomy(cadmium)
    shown = [ax for ax in figure.axes if ax.patches]
    assert len(shown) == 4
    vivid = [p for p in shown[-1].patches if p.get_alpha() is None]
    assert len(vivid) == 25 + 18


@pytest.mark.parametrize(
    ("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]
)
def test_figure_files(cadmium: Anatomy, tmp_path: Path, suffix: str, start: bytes) -> None:
    path = write_anatomy_figure(tmp_path / f"view.{suffix}", cadmium, dpi=40)
    assert path.read_bytes().startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [f"view.{suffix}"]


def test_figure_of_an_unknown_format_is_refused(cadmium: Anatomy, tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"cannot be written as '\.doc'"):
        write_anatomy_figure(tmp_path / "view.doc", cadmium)
    with pytest.raises(DataFileError, match="cannot be written"):
        write_anatomy_figure(tmp_path / "absent" / "view.png", cadmium, dpi=40)


def test_page_stands_alone_and_carries_the_structure(cadmium: Anatomy, tmp_path: Path) -> None:
    path = write_anatomy_page(tmp_path / "page.html", cadmium)
    page = path.read_text(encoding="utf-8")
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="(https?:)?//', page)
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    data = json.loads(text.group(1))
    assert data["symbols"] == list(cadmium.atoms.symbols)
    assert len(data["positions"]) == len(data["role"]) == len(data["shell"]) == len(cadmium.atoms)
    assert data["role"].count("heteroatom") == 1
    assert data["role"].count("donor") == 18
    assert data["motif"].count("Au2(SR)3") == 6 * 5
    assert "3Dmol" in page
    assert "Au<sub>24</sub>Cd(SMe)<sub>18</sub>" in page


def test_page_of_a_cluster_without_kernel() -> None:
    found = dissect(_models().catenane())
    page = anatomy_page(found, title="a <catenane>")
    assert "<h1>a &lt;catenane&gt;</h1>" in page
    assert "2 ring-Au<sub>5</sub>(SR)<sub>5</sub>" in page


def test_indices_are_escaped() -> None:
    assert str(with_indices("6 Au2(SR)3 <b>")) == "6 Au<sub>2</sub>(SR)<sub>3</sub> &lt;b&gt;"


def test_dossier_section(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xyz"
    write(path, _models().m25())
    dossier = DossierInput(Cluster.parse("[Au25(SCH3)18]-"), path)
    found = anatomy_section(dossier)
    assert found is not None
    assert found.facts[0].value == "Au13"
    assert found.data["anatomy"]["electrons"] == 8
    assert "6 Au<sub>2</sub>(SR)<sub>3</sub>" in found.html
    figure = found.html[found.html.index("<svg") : found.html.index("</svg>") + 6]
    ElementTree.fromstring(figure)
    assert anatomy_section(DossierInput(Cluster.parse("[Au25(SCH3)18]-"))) is None


def test_dossier_section_says_why_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "methane.xyz"
    write(path, molecule("CH4"))
    found = anatomy_section(DossierInput(Cluster.parse("[Au25(SCH3)18]-"), path))
    assert found is not None
    assert "No anatomy" in found.html
    assert "no metal atoms" in found.html
