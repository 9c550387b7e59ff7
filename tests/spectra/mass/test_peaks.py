"""Peaks, noise and baseline against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest

from superatom.spectra.mass.isotopes import envelope
from superatom.spectra.mass.peaks import background, pick_peaks, resolving_power
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.spectrum import Spectrum

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}


def _gaussians(
    centres: list[float], heights: list[float], power: float, noise: float, baseline: float = 0
) -> Spectrum:
    mz = np.arange(min(centres) - 20, max(centres) + 20, centres[0] / power / 7.3)
    rng = np.random.default_rng(3)
    y = baseline + noise * rng.standard_normal(mz.size)
    for centre, height in zip(centres, heights, strict=True):
        y += height * np.exp(-4 * np.log(2) * ((mz - centre) * power / centre) ** 2)
    return Spectrum.of(mz, y)


@pytest.mark.parametrize("power", [5_000, 20_000, 100_000])
def test_centres_and_widths_of_gaussians(power: float) -> None:
    truth = [1000.0003, 1001.00371, 1004.50013, 1007.21]
    spectrum = _gaussians(truth, [100, 80, 30, 60], power, noise=0.1)
    peaks = pick_peaks(spectrum, min_signal_to_noise=6)
    assert len(peaks) == 4
    width = 1000 / power
    np.testing.assert_allclose(peaks.mz, truth, atol=0.01 * width)
    np.testing.assert_allclose(peaks.fwhm, width, rtol=0.05)
    np.testing.assert_allclose(peaks.height, [100, 80, 30, 60], rtol=0.02, atol=0.3)
    assert resolving_power(peaks) == pytest.approx(power, rel=0.05)


def test_noise_and_baseline_are_those_put_in() -> None:
    spectrum = _gaussians([1500.0, 1501.0, 1502.0], [100, 70, 30], 20_000, 1.0, baseline=12)
    around = background(spectrum)
    assert np.median(around.noise) == pytest.approx(1.0, rel=0.15)
    assert np.median(around.baseline) == pytest.approx(12, abs=0.3)


def test_noise_alone_gives_hardly_a_peak() -> None:
    rng = np.random.default_rng(0)
    mz = np.arange(1000, 1200, 0.01)
    peaks = pick_peaks(Spectrum.of(mz, 5 + rng.standard_normal(mz.size)))
    assert len(peaks) < mz.size / 1000


def test_the_baseline_below_a_picket_fence_of_peaks_is_its_valleys() -> None:
    mz = np.arange(1700, 1760, 0.01)
    y = 10 + 40 * np.exp(-0.5 * (((mz + 0.125) % 0.25 - 0.125) / 0.04) ** 2)
    around = background(Spectrum.of(mz, y))
    assert np.all(around.baseline < 16)
    assert len(pick_peaks(Spectrum.of(mz, y))) == pytest.approx(240, abs=2)


@pytest.mark.parametrize("charge", [-1, -3, -8])
def test_centres_of_isotope_peaks(charge: int) -> None:
    spectrum = simulate([Ion(AU25, charge)], resolving_power=30_000, noise=0.01, seed=4)
    truth = envelope(AU25)
    strong = truth.relative > 0.15
    peaks = pick_peaks(spectrum)
    for mz in truth.mz(charge)[strong]:
        assert np.abs(peaks.mz - mz).min() < 1.5e-6 * mz


def test_centroids_are_taken_as_they_are() -> None:
    spectrum = Spectrum.of(np.array([1000.0, 1001.0]), np.array([5.0, 50.0]), profile=False)
    peaks = pick_peaks(spectrum)
    assert peaks.mz.tolist() == [1000, 1001]
    assert np.isnan(resolving_power(peaks))


def test_nothing_in_nothing_out() -> None:
    nothing = Spectrum.of(np.array([1.0]), np.array([1.0])).slice(5, 6)
    assert len(pick_peaks(nothing)) == 0


@pytest.mark.parametrize(
    ("name", "power"),
    [("c8nr_p5_4_ctrl", 1096.16 / 0.0728), ("c8nr_p5_8_ctrl", 1919.28 / 0.1371)],
)
def test_resolving_power_of_published_spectra(name: str, power: float, shared: object) -> None:
    from superatom.spectra.mass.read import read_spectrum

    spectrum = read_spectrum(f"{shared}/data/ms/{name}.csv")
    # Widths of published fits; these were fitted together with the isotope pattern.
    assert resolving_power(pick_peaks(spectrum)) == pytest.approx(power, rel=0.15)
