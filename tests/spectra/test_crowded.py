"""Whole spectra of many ions: envelopes on a continuum, windows tallest first, doubts told."""

from __future__ import annotations

import numpy as np
import pytest

from superatom.composition.cluster import Cluster
from superatom.spectra.mass.assign import assign
from superatom.spectra.mass.assignments import Assignments, Window
from superatom.spectra.mass.continuum import find_continuum
from superatom.spectra.mass.places import search_places
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.spectrum import Spectrum

CHARGES = tuple(range(-8, 0))
SPACE = SearchSpace.parse("Au:0-40", "pMBA:0-30", "H:-10-2 Na:0-4", "-6..-1")
SIZES = [(18, 14), (20, 16), (22, 17), (23, 16), (24, 18), (25, 18), (26, 19), (28, 20), (29, 21)]
CONTENT = [
    (f"[Au{gold}(pMBA){acids}-{charge}H]{charge}-", 1.0)
    for gold, acids in SIZES
    for charge in (4, 5)
]


def _ions(content: list[tuple[str, float]]) -> list[Ion]:
    clusters = [(Cluster.parse(text), amount) for text, amount in content]
    return [
        Ion({symbol: int(n) for symbol, n in each.elements.items()}, int(each.charge or 0), amount)
        for each, amount in clusters
    ]


def _continuum(n_ions: int, amount: float) -> list[Ion]:
    """Return ions of charge -4 at random masses from m/z 1600 to 1800."""
    rng = np.random.default_rng(7)
    ions = []
    for mass in 4 * rng.uniform(1590.0, 1810.0, n_ions):
        gold = int(rng.integers(14, 26))
        acids, rest = divmod(mass - 196.97 * gold, 153.18)
        chain = round(rest / 14.03)
        atoms = {
            "Au": gold, "C": int(7 * acids + chain), "H": int(5 * acids + 2 * chain),
            "O": int(2 * acids), "S": int(acids),
        }  # fmt: skip
        ions.append(Ion(atoms, -4, amount))
    return ions


@pytest.fixture(scope="module")
def sparse() -> Spectrum:
    return simulate(
        _ions(CONTENT), resolving_power=14_000, noise=0.01, shift_ppm=(-6.0, 5.0, 2.0),
        jitter_ppm=2.0, baseline=0.03, mz_range=(1000.0, 3000.0), seed=4,
    )  # fmt: skip


@pytest.fixture(scope="module")
def crowded() -> Spectrum:
    ions = [*_ions([("[Au22(pMBA)18-4H]4-", 6.0)]), *_continuum(900, 0.2)]
    return simulate(ions, resolving_power=14_000, noise=0.002, mz_range=(1400.0, 2000.0), seed=4)


@pytest.fixture(scope="module")
def found(sparse: Spectrum) -> Assignments:
    unknown = Spectrum.of(sparse.mz, sparse.intensity)  # a table of numbers: no polarity
    return assign(unknown, SPACE, decoys=False)


def test_a_whole_spectrum_of_eighteen_ions_is_assigned(found: Assignments) -> None:
    true = {Cluster.parse(text) for text, _ in CONTENT}
    reported = {Cluster.parse(c.formula) for each in found.assignments for c in each.equivalent}
    first = {Cluster.parse(each.best.formula) for each in found.assignments if each.best}
    assert len(true & reported) >= 17
    assert len(true & first) >= 15


def test_its_calibration_is_found(found: Assignments) -> None:
    at = (1900.0 - 1500.0) / 1500.0
    true = -6.0 + 5.0 * at + 2.0 * at**2
    curve = sum(c * at**k for k, c in enumerate(found.calibration_ppm))
    assert curve == pytest.approx(true, abs=2.0)


def test_a_spectrum_without_continuum_is_left_as_it_is(sparse: Spectrum) -> None:
    assert find_continuum(sparse, CHARGES) is None
    _, searched, remarks = search_places(sparse, CHARGES)
    assert searched is sparse
    assert remarks == ()


def test_the_charge_of_a_continuum_and_where_it_is(crowded: Spectrum) -> None:
    beneath = find_continuum(crowded, CHARGES)
    assert beneath is not None
    assert beneath.charge == 4
    assert 1580 < beneath.mz_lo < 1640
    assert 1760 < beneath.mz_hi < 1820
    assert "charge 4" in beneath.note()


def test_an_envelope_keeps_its_height_above_the_continuum(crowded: Spectrum) -> None:
    """The envelope alone, drawn without noise or neighbours, is what should be left."""
    alone = simulate(
        _ions([("[Au22(pMBA)18-4H]4-", 6.0)]), resolving_power=14_000, mz_range=(1400.0, 2000.0)
    )
    beneath = find_continuum(crowded, CHARGES)
    assert beneath is not None
    near = (crowded.mz > 1770.0) & (crowded.mz < 1773.5)
    here = beneath.spectrum.intensity[near]
    before = np.corrcoef(crowded.intensity[near], alone.intensity[near])[0, 1]
    after = np.corrcoef(here, alone.intensity[near])[0, 1]
    assert after > before
    assert after > 0.9
    assert beneath.spectrum.intensity[crowded.mz < 1500].max() == pytest.approx(
        crowded.intensity[crowded.mz < 1500].max()
    )


def test_ions_that_are_not_in_the_space_are_not_believed_and_do_not_calibrate(
    sparse: Spectrum,
) -> None:
    part = sparse.slice(1400.0, 1700.0)
    silver = SearchSpace.parse("Ag:1-30", "Cl:0-20", charge="-2..-1")
    wrong = assign(part, silver, decoys=False)
    assert not any(each.believable for each in wrong.assignments)
    assert wrong.calibration_ppm == (0.0,)
    assert any(note.startswith("no calibration") for note in wrong.notes)
    assert any("fit poorly" in note for note in wrong.notes)
    assert not any(row["believable"] for row in wrong.rows())


def test_a_window_that_holds_three_peaks_of_an_envelope_is_not_believed() -> None:
    """It fits, as it must: three peaks say little."""
    ion = "[Au25(pMBA)18-3H]4-"
    spectrum = simulate({ion: 1.0}, resolving_power=14_000, noise=0.005, seed=2)
    top = float(spectrum.mz[spectrum.intensity.argmax()])
    for reach, believed in ((0.35, False), (1.6, True)):
        window = Window(top - reach, top + reach, -4)
        space = SearchSpace.parse("Au:20-30", "pMBA:15-20", "H:-4-0", "-4")
        each = assign(spectrum, space, [window], decoys=False).assignments[0]
        assert each.best is not None
        assert each.best.r_squared > 0.8
        assert each.believable is believed
