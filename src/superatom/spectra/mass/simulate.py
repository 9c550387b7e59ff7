"""Simulated mass spectra of known content, for patterns, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.composition.cluster import Cluster
from superatom.errors import SearchError, UnknownCharge
from superatom.provenance import stamp
from superatom.spectra.mass.isotopes import Envelope, envelope
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["Ion", "simulate"]

_FWHM_PER_SIGMA = 2.0 * float(np.sqrt(2.0 * np.log(2.0)))
_REACH = 6.0  # standard deviations a peak is drawn to
_MARGIN = 1.5  # m/z shown on either side of the outermost peaks
_LARGEST = 20_000_000  # points

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ion:
    """An ion and how much of it there is.

    Attributes
    ----------
    elements : dict[str, int]
        Atoms.
    charge : int
        Charge, with sign.
    amount : float
        Total intensity (area) of its envelope, relative to the other ions.
    """

    elements: dict[str, int]
    charge: int
    amount: float = 1.0


def simulate(
    species: Mapping[str, float] | Mapping[Cluster, float] | Sequence[Ion],
    *,
    resolving_power: float = 20_000,
    noise: float = 0.0,
    scatter: float = 0.0,
    shift_ppm: float | Sequence[float] = 0.0,
    jitter_ppm: float = 0.0,
    baseline: float = 0.0,
    mz_range: tuple[float, float] | None = None,
    points_per_fwhm: float = 8.0,
    profile: bool = True,
    seed: int | None = None,
) -> Spectrum:
    """Return the spectrum that an instrument would give of known ions.

    Parameters
    ----------
    species : mapping of formula (or Cluster) to amount, or sequence of Ion
        What is in the flask, as ions; formulas must carry their charge.
    resolving_power : float
        m/z over full width at half maximum, the same everywhere (time of flight).
    noise : float
        Standard deviation of white noise, as a fraction of the tallest point.
    scatter : float
        Relative standard deviation of the height of each isotope peak (ion statistics).
    shift_ppm : float or sequence of float
        Systematic m/z error: coefficients c of sum c_k ((m/z - 1500)/1500)^k.
    jitter_ppm : float
        Standard deviation of a random m/z error of each species.
    baseline : float
        Constant background, as a fraction of the tallest point.
    mz_range : tuple[float, float], optional
        Limits of the m/z axis; by default just around the envelopes.
    points_per_fwhm : float
        Sampling of the profile.
    profile : bool
        False gives one point per isotope peak instead (centroids).
    seed : int, optional
        Seed of the random numbers; the same seed gives the same spectrum.

    Returns
    -------
    Spectrum
        Tallest point 100 (before noise); negative noise is kept.

    Raises
    ------
    UnknownCharge
        If a formula has no charge.
    SearchError
        If there is no species, or the axis would need more than 20 million points.

    Examples
    --------
    >>> ions = [Ion({"Au": 25, "C": 144, "H": 162, "S": 18}, -1)]
    >>> spectrum = simulate(ions, resolving_power=30_000)
    >>> round(float(spectrum.mz[spectrum.intensity.argmax()]), 1), spectrum.polarity
    (7392.9, -1)
    """
    ions = _ions(species)
    rng = np.random.default_rng(seed)
    envelopes = [envelope(ion.elements) for ion in ions]
    centres = [
        _miscalibrated(each.mz(ion.charge), shift_ppm, jitter_ppm * rng.standard_normal())
        for each, ion in zip(envelopes, ions, strict=True)
    ]
    areas = [
        ion.amount * each.abundance * np.clip(1 + scatter * rng.standard_normal(len(at)), 0, None)
        for each, ion, at in zip(envelopes, ions, centres, strict=True)
    ]
    if profile:
        mz = _axis(centres, mz_range, resolving_power, points_per_fwhm)
        signal = np.zeros_like(mz)
        for ion, each, at, area in zip(ions, envelopes, centres, areas, strict=True):
            _draw(signal, mz, at, area, _widths(each, ion, at, resolving_power))
    else:
        mz, signal = _centroids(centres, areas, mz_range)
    top = signal.max(initial=0.0)
    signal = 100 * (signal / top if top > 0 else signal) + 100 * baseline
    signal = signal + 100 * noise * rng.standard_normal(signal.size)
    polarities = {int(np.sign(ion.charge)) for ion in ions}
    inputs = [(ion.elements, ion.charge, ion.amount) for ion in ions]
    made = stamp("simulated spectrum", inputs, resolving_power, noise, seed)
    polarity = polarities.pop() if len(polarities) == 1 else 0
    return Spectrum(mz, signal, profile, polarity, "simulated", None, made)


def _ions(species: Mapping[str, float] | Mapping[Cluster, float] | Sequence[Ion]) -> list[Ion]:
    if not species:
        raise SearchError("a simulated spectrum needs at least one species")
    if not isinstance(species, Mapping):
        return list(species)
    ions = []
    for name, amount in species.items():
        cluster = name if isinstance(name, Cluster) else Cluster.parse(name)
        if not cluster.charge:
            raise UnknownCharge(
                f"{cluster} needs a charge other than 0 to be seen in a mass spectrometer"
            )
        elements = {symbol: int(n) for symbol, n in cluster.elements.items()}
        ions.append(Ion(elements, cluster.charge, float(amount)))
    return ions


def _miscalibrated(mz: _Array, shift_ppm: float | Sequence[float], jitter_ppm: float) -> _Array:
    coefficients = np.atleast_1d(np.asarray(shift_ppm, dtype=np.float64))
    ppm = np.polynomial.polynomial.polyval((mz - 1500.0) / 1500.0, coefficients)
    return np.asarray(mz * (1 + (ppm + jitter_ppm) * 1e-6))


def _widths(each: Envelope, ion: Ion, at: _Array, resolving_power: float) -> _Array:
    """Return standard deviations: instrument and unresolved fine structure together."""
    instrument = at / resolving_power / _FWHM_PER_SIGMA
    return np.asarray(np.sqrt(instrument**2 + each.variance / ion.charge**2))


def _axis(
    centres: list[_Array],
    mz_range: tuple[float, float] | None,
    resolving_power: float,
    points_per_fwhm: float,
) -> _Array:
    low, high = mz_range or (
        min(float(at.min()) for at in centres) - _MARGIN,
        max(float(at.max()) for at in centres) + _MARGIN,
    )
    step = 1.0 / (resolving_power * points_per_fwhm)  # of m/z
    n_points = int(np.ceil(np.log(high / low) / np.log1p(step))) + 1
    if n_points > _LARGEST:
        raise SearchError(
            f"m/z {low:.0f}-{high:.0f} at a resolving power of {resolving_power:g} needs "
            f"{n_points} points; choose a narrower m/z range"
        )
    return np.asarray(low * np.exp(np.log1p(step) * np.arange(n_points)))


def _draw(signal: _Array, mz: _Array, at: _Array, area: _Array, sigma: _Array) -> None:
    """Add Gaussian peaks to `signal` in place."""
    first = np.searchsorted(mz, at - _REACH * sigma)
    last = np.searchsorted(mz, at + _REACH * sigma)
    for a, b, centre, size, width in zip(first, last, at, area, sigma, strict=True):
        z = (mz[a:b] - centre) / width
        signal[a:b] += size / (width * np.sqrt(2 * np.pi)) * np.exp(-0.5 * z * z)


def _centroids(
    centres: list[_Array], areas: list[_Array], mz_range: tuple[float, float] | None
) -> tuple[_Array, _Array]:
    mz, signal = np.concatenate(centres), np.concatenate(areas)
    order = np.argsort(mz)
    mz, signal = mz[order], signal[order]
    if mz_range is not None:
        inside = (mz >= mz_range[0]) & (mz <= mz_range[1])
        mz, signal = mz[inside], signal[inside]
    return mz, signal
