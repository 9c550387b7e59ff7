"""Pictures of clusters: which way they are seen, what is drawn, and in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from ase import Atoms
from matplotlib.image import imread
from typer.testing import CliRunner

from superatom.cli import app
from superatom.errors import SearchError
from superatom.report.cluster_look import element_colour, look_of, skeleton_look
from superatom.report.cluster_picture import draw_cluster, draw_model
from superatom.report.cluster_views import VIEWS, cluster_axes, seen_from
from superatom.report.print_figure import figure_svg, save_figure
from superatom.structure.anatomy import dissect

_TURN = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]


def prism(sides: int, height: float) -> np.ndarray:
    """Two staggered rings and a metal on the axis above and below: D(sides)d."""
    angles = 2 * np.pi * np.arange(sides) / sides
    ring = np.column_stack([2.4 * np.cos(angles), 2.4 * np.sin(angles), 0 * angles])
    twisted = ring @ np.array(
        [[np.cos(np.pi / sides), np.sin(np.pi / sides), 0],
         [-np.sin(np.pi / sides), np.cos(np.pi / sides), 0], [0, 0, 1]]
    )  # fmt: skip
    up = np.array([0, 0, height])
    return np.vstack([ring + up, twisted - up, [2.2 * up, -2.2 * up]])


@pytest.mark.parametrize("sides", [3, 4, 5])
@pytest.mark.parametrize("height", [2.4, 4.0])
def test_the_axis_is_that_of_highest_order(sides: int, height: float) -> None:
    axes = cluster_axes(prism(sides, height) @ _TURN.T)
    assert abs(axes[2] @ _TURN[:, 2]) == pytest.approx(1.0, abs=1e-3)
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_a_symmetric_kernel_decides_where_the_whole_has_no_axis() -> None:
    kernel = prism(5, 4.0)
    outside = np.array([[6.0, 1.0, 3.0], [-2.0, 6.5, -1.0], [0.5, -6.0, 4.0]])
    points = np.vstack([kernel, outside]) @ _TURN.T
    axes = cluster_axes(points, range(len(kernel)))
    assert abs(axes[2] @ _TURN[:, 2]) == pytest.approx(1.0, abs=1e-3)
    assert abs(cluster_axes(points)[2] @ _TURN[:, 2]) < 0.99


def test_without_symmetry_the_flat_side_faces_the_reader() -> None:
    flat = np.random.default_rng(1).normal(size=(12, 3)) * [6.0, 4.0, 0.5]
    axes = cluster_axes(flat @ _TURN.T)
    assert abs(axes[2] @ _TURN[:, 2]) > 0.98
    assert abs(axes[0] @ _TURN[:, 0]) > 0.9  # and its length lies across the page


@pytest.mark.parametrize("points", [[[0.0, 0, 0]], [[0.0, 0, 0], [0, 0, 2.8]]])
def test_atoms_and_dimers_have_axes(points: list[list[float]]) -> None:
    axes = cluster_axes(np.array(points))
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-9)


@pytest.mark.parametrize("view", VIEWS)
def test_views_turn_and_do_not_mirror(view: str) -> None:
    turn = seen_from(np.eye(3), view)
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)


def test_back_is_the_other_side() -> None:
    assert seen_from(np.eye(3), "back") @ [0, 0, 1] == pytest.approx([0, 0, -1])


@pytest.fixture
def staple() -> Atoms:
    """Au4 with one monomeric staple S-Au-S and methyl groups."""
    places = {
        "Au": [[0, 0, 0], [2.8, 0, 0], [1.4, 2.42, 0], [1.4, 0.81, 2.29], [1.4, -3.3, 0.4]],
        "S": [[-0.9, -2.2, 0.2], [3.7, -2.2, 0.2]],
        "C": [[-2.6, -2.3, 0.8], [5.4, -2.3, 0.8]],
        "H": [[-3.2, -3.0, 0.2], [-3.0, -1.3, 0.8], [-2.6, -2.7, 1.8],
              [6.0, -3.0, 0.2], [5.8, -1.3, 0.8], [5.4, -2.7, 1.8]],
    }  # fmt: skip
    symbols = [symbol for symbol, points in places.items() for _ in points]
    return Atoms(symbols, positions=np.vstack(list(places.values())))


@pytest.mark.parametrize(("ligands", "drawn"), [("full", 15), ("heavy", 9), ("none", 7)])
def test_how_much_of_the_ligands_is_drawn(staple: Atoms, ligands: str, drawn: int) -> None:
    look = look_of(dissect(staple), ligands=ligands)
    assert np.isfinite(look.radii).sum() == drawn
    assert (look.radii > 0).sum() == 7  # balls: 5 Au and 2 S


def test_kernel_and_motif_have_their_own_shade(staple: Atoms) -> None:
    look = look_of(dissect(staple))
    assert len({tuple(c) for c in look.colours[:4]}) == 1
    assert tuple(look.colours[4]) != tuple(look.colours[0])
    assert [name for name, _ in look.legend] == ["Au of the kernel", "Au of motifs", "S"]
    plain = look_of(dissect(staple), by="element")
    assert tuple(plain.colours[4]) == tuple(plain.colours[0])


@pytest.mark.parametrize(("view", "near"), [("along", "Ag"), ("back", "Cu")])
def test_near_atoms_are_painted_over_far_ones(view: str, near: str, tmp_path: Path) -> None:
    pair = np.array([[0, 0, 0], [0, 0, 3.0]])
    bonds = np.zeros((0, 2), dtype=np.int64)
    look = skeleton_look(["Cu", "Ag"], pair, bonds, n_metals=2, kernel=2)
    look = replace(look, axes=np.eye(3))
    figure = draw_cluster(look, (view,), legend=False, scale_bar=False)
    pixels = imread(save_figure(figure, tmp_path / "pair.png", dpi=100))[..., :3]
    blueness = {"Ag": 1, "Cu": -1}[near]  # silver is bluish, copper reddish
    red, _, blue = pixels[pixels.shape[0] * 5 // 8, pixels.shape[1] * 5 // 8]
    assert (blue - red) * blueness > 0.02


def test_a_skeleton_without_tails() -> None:
    places = np.array([[0.0, 0, 0], [2.8, 0, 0], [1.4, 2.4, 0], [1.4, -2.0, 0.5]])
    look = skeleton_look(
        ["Ag", "Ag", "Ag", "S"], places, np.array([[0, 3], [1, 3]]), n_metals=3, kernel=2
    )
    assert look.bonds.tolist() == [[0, 3], [1, 3], [0, 1]]
    assert [name for name, _ in look.legend] == ["Ag of the kernel", "Ag of motifs", "S"]


def test_pictures_are_written_whole(staple: Atoms, tmp_path: Path) -> None:
    figure = draw_model(dissect(staple), ("along", "across", "turned"))
    assert figure_svg(figure) == figure_svg(figure)
    root = ElementTree.fromstring(figure_svg(figure))
    assert root.tag.endswith("svg")
    width, height = figure.get_size_inches()
    saved = imread(save_figure(figure, tmp_path / "staple.png", dpi=60))
    assert saved.shape[:2] == pytest.approx((height * 60, width * 60), abs=1)
    assert saved[..., :3].min() < 0.5  # not an empty page
    assert [p.name for p in tmp_path.iterdir()] == ["staple.png"]


def test_other_colours(staple: Atoms) -> None:
    from matplotlib.colors import to_rgb

    look = look_of(dissect(staple)).recoloured({4: "#ff0000"}, pale=0.5)
    assert tuple(look.colours[4]) == to_rgb("#ff0000")
    assert (look.colours[:4] >= 0.5).all()
    assert draw_cluster(look, ("along",), entries=[("red", "#ff0000")]).legends


def test_every_metal_of_the_field_has_a_colour() -> None:
    colours = [element_colour(s) for s in ("Au", "Ag", "Cu", "Pd", "Pt", "Ni", "Cd", "Hg", "Ru")]
    assert len(set(colours)) == len(colours)


def test_the_command(staple: Atoms, tmp_path: Path) -> None:
    staple.write(tmp_path / "staple.xyz")
    file, picture = str(tmp_path / "staple.xyz"), tmp_path / "picture.svg"
    result = CliRunner().invoke(app, ["model", "draw", file, "-o", str(picture)])
    assert result.exit_code == 0, result.output
    assert picture.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    "options", [["--view", "below"], ["--ligands", "some"], ["--colour", "mood"]]
)
def test_bad_requests(staple: Atoms, tmp_path: Path, options: list[str]) -> None:
    staple.write(tmp_path / "staple.xyz")
    command = ["model", "draw", str(tmp_path / "staple.xyz"), "-o", str(tmp_path / "a.png")]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 2
    assert not (tmp_path / "a.png").exists()


def test_unknown_view() -> None:
    with pytest.raises(SearchError):
        seen_from(np.eye(3), "below")
