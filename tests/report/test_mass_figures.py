"""Figures and the page of an assigned spectrum."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from superatom.errors import DataFileError
from superatom.report.formula_markup import ion_html, ion_mathtext
from superatom.report.mass_figure import (
    draw_assignment,
    draw_assignments,
    draw_pattern,
    thinned,
)
from superatom.report.mass_page import mass_page, write_mass_page
from superatom.report.print_figure import save_figure
from superatom.report.series_figure import draw_series
from superatom.spectra.mass.assign import assign
from superatom.spectra.mass.assignments import Assignments
from superatom.spectra.mass.isotopes import envelope
from superatom.spectra.mass.series import follow
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.spectrum import Spectrum

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}
PTAU24 = AU25 | {"Au": 24, "Pt": 1}
SPACE = SearchSpace.parse("Au:23-26 Pt:0-2", "PET:17-19", "", "-1")


@pytest.fixture(scope="module")
def spectrum() -> Spectrum:
    return simulate([Ion(AU25, -1), Ion(PTAU24, -1)], resolving_power=30_000, noise=0.005, seed=1)


@pytest.fixture(scope="module")
def found(spectrum: Spectrum) -> Assignments:
    return assign(spectrum, SPACE, decoys=False)


def test_every_component_is_drawn_and_labelled(spectrum: Spectrum, found: Assignments) -> None:
    figure = draw_assignment(found.assignments[0], found.assignments[1:])
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(85)
    upper, lower = figure.axes
    labels = [text.get_text() for text in upper.get_legend().get_texts()]
    assert len(labels) == 2
    assert any(r"\mathrm{[Au_{25}(PET)_{18}]^{-}}" in label for label in labels)
    assert [line.get_linestyle() for line in upper.lines].count("-") >= 2  # curves, not points
    residual = lower.lines[-1].get_ydata()
    assert np.abs(residual).max() < 5  # percent: the fit describes the spectrum
    assert draw_assignments(found, spectrum).axes[0].get_xlabel() == r"$\mathit{m/z}$"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_figures_are_written_whole(kind: str, found: Assignments, tmp_path: Path) -> None:
    target = save_figure(draw_assignments(found), tmp_path / f"figure.{kind}")
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    assert target.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [target]


def test_the_same_figure_gives_the_same_file(found: Assignments, tmp_path: Path) -> None:
    first, second = (
        save_figure(draw_assignments(found), tmp_path / name).read_bytes()
        for name in ("a.svg", "b.svg")
    )
    assert first == second


def test_an_unknown_kind_of_figure_is_refused(found: Assignments, tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"\.png, \.svg or \.pdf"):
        save_figure(draw_assignments(found), tmp_path / "figure.doc")


def test_pattern_and_series(tmp_path: Path) -> None:
    pattern = draw_pattern(envelope(AU25), -1, "[Au25(PET)18]^1-")
    assert save_figure(pattern, tmp_path / "p.png").stat().st_size > 5000
    spectra = [
        simulate([Ion(AU25, -1, a), Ion(PTAU24, -1, 1 - a)], noise=0.005, seed=1)
        for a in (0.9, 0.2)
    ]
    figure = draw_series(follow(spectra, SPACE, decoys=False))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] != []


class _Outside(HTMLParser):
    """Collects everything a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_asks_nothing_of_a_network(
    spectrum: Spectrum, found: Assignments, tmp_path: Path
) -> None:
    page = write_mass_page(tmp_path / "page.html", spectrum, found).read_text()
    outside = _Outside()
    outside.feed(page)
    assert outside.fetched == []
    assert "http" not in re.sub(r"http://www\.w3\.org\S*", "", page)
    assert "[Au<sub>25</sub>(PET)<sub>18</sub>]<sup>−</sup>" in page


def test_the_data_of_the_page_are_those_of_the_spectrum(
    spectrum: Spectrum, found: Assignments
) -> None:
    page = mass_page(spectrum, found)
    raw = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert raw is not None
    data = json.loads(raw[1])
    np.testing.assert_allclose(data["mz"], spectrum.mz, atol=1e-5)
    np.testing.assert_allclose(data["intensity"], spectrum.intensity, atol=1e-2)
    assert [len(window["components"]) for window in data["windows"]] == [2]


def test_names_from_a_file_cannot_become_markup() -> None:
    spectrum = Spectrum.of(np.array([1.0, 2.0]), np.array([1.0, 2.0]), source="<script>x</script>")
    assert "<script>x" not in mass_page(spectrum)
    assert "<b>" not in ion_html("[Au2(<b>X</b>)3]^1-")


def test_thinned_curves_keep_their_extremes() -> None:
    mz = np.linspace(0, 1, 100_000)
    intensity = np.zeros(100_000)
    intensity[[123, 77_777]] = 5, -3
    x, y = thinned(mz, intensity, 500)
    assert x.size <= 1000
    assert (y.max(), y.min()) == (5, -3)
    assert np.all(np.diff(x) > 0)


def test_formulas_of_own_ligands_are_set_too() -> None:
    assert ion_mathtext("[Au25(Xyzzy)18-7H]^7-") == (
        "$\\mathrm{[Au_{25}(Xyzzy)_{18}-7H]^{7\N{MINUS SIGN}}}$"
    )
    assert (
        str(ion_html("[Au25(Xyzzy)18]^2+")) == "[Au<sub>25</sub>(Xyzzy)<sub>18</sub>]<sup>2+</sup>"
    )
