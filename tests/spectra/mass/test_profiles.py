"""Profiles of envelopes, drawn peak by peak or as waves, against Gaussians written out here."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from superatom.spectra.mass.bells import Bells, Pattern, drawing
from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace
from superatom.spectra.mass.waves import Waves

Floats = NDArray[np.float64]


def _written_out(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> Floats:
    centre = pattern.mz * (1 + shift[..., None])
    off = (trace.mz - centre[..., None]) / sigma[:, None, None, None]
    return np.asarray((pattern.height[..., None] * np.exp(-0.5 * off**2)).sum(axis=2))


def _case(fwhm: float) -> tuple[Trace, Pattern, Floats, Floats]:
    """Envelopes of 30 peaks, some beyond either end of a window with uneven points."""
    rng = np.random.default_rng(4)
    mz = np.linspace(2995.0, 3007.0, 400) + rng.uniform(-0.005, 0.005, 400)
    first = rng.uniform(2992.0, 3000.0, (5, 2, 1))
    pattern = Pattern(first + np.arange(30) / 3.0, rng.uniform(0.1, 1.0, (5, 2, 30)))
    shift = rng.uniform(-4e-5, 4e-5, (5, 2))
    return Trace(mz, np.zeros(400), fwhm), pattern, shift, rng.uniform(0.8, 1.2, 5) * fwhm


@pytest.mark.parametrize("fwhm", [0.08, 0.6])
def test_both_ways_draw_the_same_gaussians(fwhm: float) -> None:
    trace, pattern, shift, widths = _case(fwhm)
    sigma = widths / FWHM_PER_SIGMA
    rows = np.arange(5)
    waves = Waves.of(trace, pattern.mz, pattern.height, shift + 5e-6, float(sigma.min()), 6 * fwhm)
    expected = _written_out(trace, pattern, shift, sigma)
    for drawn in (Bells(trace, pattern), waves):
        found, by_shift, by_width = drawn.columns(rows, shift, sigma)
        assert found == pytest.approx(expected, abs=1e-3)
        assert drawn.columns(rows, shift, sigma, derivatives=False)[0] == pytest.approx(found)
        up = _written_out(trace, pattern, shift + 1e-8, sigma)
        down = _written_out(trace, pattern, shift - 1e-8, sigma)
        tolerance = 2e-3 * np.abs(by_shift).max()
        assert by_shift == pytest.approx((up - down) / 2e-8, abs=tolerance)
        up, down = (_written_out(trace, pattern, shift, sigma * (1 + d)) for d in (1e-5, -1e-5))
        assert by_width == pytest.approx((up - down) / 2e-5, abs=3e-3)


def test_broad_peaks_are_drawn_as_waves_and_narrow_ones_one_by_one() -> None:
    for fwhm, kind in ((0.01, Bells), (0.6, Waves)):
        trace, pattern, shift, _ = _case(fwhm)
        assert isinstance(drawing(trace, pattern, shift, 1.8), kind)
