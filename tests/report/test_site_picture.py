"""Unique sites drawn: as many as there are orbits, each listed with its multiplicity."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from matplotlib.figure import Figure
from typer.testing import CliRunner

from superatom.cli import app
from superatom.errors import SearchError
from superatom.model.adsorption.adsorption_sites import adsorption_sites
from superatom.model.dope import count_doped, dope
from superatom.model.strip import count_stripped, strip
from superatom.report.site_picture import PALETTE, SiteRow, draw_choices, draw_sites
from superatom.report.site_rows import (
    adsorption_rows,
    doping_choices,
    doping_row,
    loss_choices,
    loss_row,
)
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.skeleton_graph import bond_permutations

_BUILDERS = Path(__file__).resolve().parents[1] / "structure" / "conftest.py"


@pytest.fixture(scope="module")
def gold25() -> Atoms:
    """Au25(SCH3)18 with the symmetry Th of its skeleton; Au 0 is the centre."""
    spec = importlib.util.spec_from_file_location("structure_models_for_pictures", _BUILDERS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.m25()


@pytest.fixture(scope="module")
def anatomy(gold25: Atoms) -> Anatomy:
    return dissect(gold25, -1)


def texts(figure: Figure) -> list[str]:
    """Return what is written beside the pictures."""
    return [text.get_text().replace("\n", " ") for text in figure.texts]


# 12 thiolates at the kernel and 6 in the middle of a staple
@pytest.mark.parametrize(("what", "piece"), [("SR", "-SMe"), ("R", "-CH3")])
def test_losses_drawn_are_the_orbits(
    gold25: Atoms, anatomy: Anatomy, what: str, piece: str
) -> None:
    row = loss_row(anatomy, what)
    assert sorted(len(one.members) for one in row.sets) == [6, 12]
    assert len(row.sets) == count_stripped(gold25, what)
    # numbers of the picture are those of the list that the command prints
    models = list(strip(gold25, what, anatomy=anatomy))
    assert [len(one.members) for one in row.sets] == [m.multiplicity for m in models]
    listed = [t for t in texts(draw_sites(anatomy, [row])) if "×" in t]
    assert [t.split("×")[1] for t in listed] == [str(m.multiplicity) for m in models]
    assert all(piece in t for t in listed)


def test_hydrogen_sites_drawn_are_burnsides(gold25: Atoms, anatomy: Anatomy) -> None:
    """The number of sets is the mean number of sites that an operation leaves in place."""
    metals = np.flatnonzero(gold25.symbols == "Au").tolist()
    operations = bond_permutations(gold25).elements
    sites = adsorption_sites(anatomy, ("top", "bridge", "hollow", "interstitial"))
    rows = adsorption_rows(sites)
    assert [row.title for row in rows] == ["top", "bridge", "hollow", "tetrahedral"]
    for row in rows:
        members = {frozenset(m) for one in row.sets for m in one.members}
        fixed = sum(
            frozenset(metals[p[metals.index(k)]] for k in member) == member
            for p in operations
            for member in members
        )
        assert fixed == len(operations) * len(row.sets)
    told = [t for t in texts(draw_sites(anatomy, rows)) if "×" in t]
    assert len(told) == len(sites)


def test_doping_sites(gold25: Atoms, anatomy: Anatomy) -> None:
    row = doping_row(anatomy)
    assert sorted(len(one.members) for one in row.sets) == [1, 12, 12]
    assert len(row.sets) == count_doped(gold25, {"Ag": 1})
    order = [m.multiplicity for m in dope(gold25, {"Ag": 1}, anatomy=anatomy)]
    assert [len(one.members) for one in row.sets] == order
    assert len(doping_row(anatomy, ["motif"]).sets) == 1


def test_numbers_stand_on_visible_sites_of_their_colour(anatomy: Anatomy) -> None:
    figure = draw_sites(anatomy, [loss_row(anatomy, "SR"), doping_row(anatomy)])
    numbers = [{t.get_text() for t in ax.texts} for ax in figure.axes]
    assert numbers[:2] == [{"1", "2"}, {"1", "2"}]
    # the centre, number 3 + 2, is behind others unless one looks through a face
    assert numbers[2] - {"3", "4", "5"} == set()
    assert {"4", "5"} & numbers[2]
    faces = {tuple(np.round(c, 2)) for c in figure.axes[0].collections[0].get_facecolors()[:, :3]}
    blue = np.array([int(PALETTE[0][k : k + 2], 16) / 255 for k in (1, 3, 5)])
    assert min(np.abs(np.array(sorted(faces)) - blue).max(axis=1)) < 0.12


def test_sets_that_atoms_hide_are_ringed(anatomy: Anatomy) -> None:
    """Of the bridges, those under the motifs (6) cannot be seen from outside."""
    (row,) = adsorption_rows(adsorption_sites(anatomy, ("bridge",)))
    hidden = str(1 + [len(one.members) for one in row.sets].index(6))
    figure = draw_sites(anatomy, [row])
    assert all(hidden in {t.get_text() for t in ax.texts} for ax in figure.axes)
    assert all(ax.patches for ax in figure.axes)
    (plain,) = adsorption_rows(adsorption_sites(anatomy, ("top",)))
    assert not any(ax.patches for ax in draw_sites(anatomy, [plain]).axes)


def test_sites_without_a_model_are_marked(anatomy: Anatomy) -> None:
    sites = adsorption_sites(anatomy, ("top",))
    (row,) = adsorption_rows(sites, [])
    assert all(one.name.endswith("(no room)") for one in row.sets)
    (row,) = adsorption_rows(sites)
    assert not any("no room" in one.name for one in row.sets)


def test_several_at_once_are_drawn_one_by_one(gold25: Atoms, anatomy: Anatomy) -> None:
    choices = loss_choices(strip(gold25, "SR", 2, anatomy=anatomy))
    figure = draw_choices(anatomy, choices)
    titles = [ax.get_title() for ax in figure.axes]
    assert len(titles) == count_stripped(gold25, "SR", 2) == 12
    # all pairs of 18 thiolates
    assert sum(int(title.split("×")[1]) for title in titles) == 18 * 17 // 2
    doped = doping_choices(dope(gold25, {"Ag": 2}, anatomy=anatomy))
    figure = draw_choices(anatomy, doped, total=len(doped))
    assert len(figure.axes) == 16
    assert f"16 of {len(doped)} unique" in figure.get_suptitle()


def test_nothing_to_draw(anatomy: Anatomy) -> None:
    with pytest.raises(SearchError):
        draw_sites(anatomy, [SiteRow("top", ())])
    with pytest.raises(SearchError):
        draw_choices(anatomy, [])


@pytest.mark.parametrize(
    "command",
    [["strip", "R"], ["strip", "SR", "-n", "2", "--limit", "3"], ["dope", "Ag:1"],
     ["dope", "Ag:2", "--limit", "2"], ["adsorb", "H", "--kind", "top"]],
)  # fmt: skip
def test_the_commands_draw(gold25: Atoms, tmp_path: Path, command: list[str]) -> None:
    gold25.write(tmp_path / "au25.xyz")
    picture = tmp_path / "sites.svg"
    name, *rest = command
    done = CliRunner().invoke(
        app, ["model", name, str(tmp_path / "au25.xyz"), *rest, "--figure", str(picture)]
    )
    assert done.exit_code == 0, done.output
    assert f"drawn: {picture}" in done.output.replace("\n", "")
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
