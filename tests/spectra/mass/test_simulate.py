"""Simulated spectra against IsoSpec and against what was asked for."""

from __future__ import annotations

import IsoSpecPy
import numpy as np
import pytest

from superatom.errors import SearchError, UnknownCharge
from superatom.spectra.mass.simulate import Ion, simulate

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}


def test_the_profile_is_that_of_the_full_fine_structure() -> None:
    charge, power = -2, 20_000
    spectrum = simulate([Ion(AU25, charge)], resolving_power=power)
    formula = "".join(f"{symbol}{n}" for symbol, n in AU25.items())
    iso = IsoSpecPy.IsoTotalProb(0.9999, formula=formula)
    mz = (np.array(list(iso.masses)) - charge * 5.48579909e-4) / 2
    sigma = mz / power / 2.3548
    expected = (
        np.array(list(iso.probs))
        / sigma
        * np.exp(-(((spectrum.mz[:, None] - mz) / sigma) ** 2) / 2)
    ).sum(axis=1)
    assert (
        np.abs(spectrum.intensity - 100 * expected / expected.max()).max() < 1.0
    )  # tables of abundances differ


def test_noise_shift_and_baseline_are_those_asked_for() -> None:
    plain = simulate([Ion(AU25, -1)], seed=1)
    shifted = simulate([Ion(AU25, -1)], shift_ppm=20, seed=1)
    ratio = shifted.mz[shifted.intensity.argmax()] / plain.mz[plain.intensity.argmax()]
    assert (ratio - 1) * 1e6 == pytest.approx(20, abs=4)
    noisy = simulate([Ion(AU25, -1)], noise=0.02, baseline=0.1, seed=1, mz_range=(7300, 7350))
    assert noisy.intensity.mean() == pytest.approx(10, abs=0.2)
    assert noisy.intensity.std() == pytest.approx(2, rel=0.1)


def test_amounts_are_areas() -> None:
    ions = [Ion({"Au": 1}, 1, 3.0), Ion({"Cs": 1}, 1, 1.0)]
    spectrum = simulate(ions, resolving_power=5000, points_per_fwhm=12)
    low = spectrum.slice(130, 140)
    high = spectrum.slice(190, 200)
    ratio = np.trapezoid(high.intensity, high.mz) / np.trapezoid(low.intensity, low.mz)
    assert ratio == pytest.approx(3, rel=1e-3)


def test_centroids() -> None:
    spectrum = simulate([Ion({"Ag": 1}, 1)], profile=False)
    assert len(spectrum) == 2
    assert spectrum.mz[0] == pytest.approx(106.905 - 0.00055, abs=1e-3)
    assert not spectrum.profile


def test_the_same_seed_gives_the_same_spectrum() -> None:
    first, second = (simulate([Ion(AU25, -1)], noise=0.01, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.intensity, second.intensity)


def test_what_cannot_be_simulated() -> None:
    with pytest.raises(SearchError, match="at least one"):
        simulate([])
    with pytest.raises(SearchError, match="narrower"):
        simulate([Ion(AU25, -1)], resolving_power=1e6, mz_range=(100, 10_000))


def test_a_neutral_formula_is_refused() -> None:
    with pytest.raises(UnknownCharge):
        simulate({"[Au25(PET)18]0": 1.0})
