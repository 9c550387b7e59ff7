"""Isotope envelopes: masses and abundances of the isotopologues of many compositions at once.

Isotopologues are aggregated per nominal mass (number of nucleons); each such peak carries its
abundance, centroid mass and variance. All three come from one characteristic function. Let an
atom of element e be isotope i with probability p_i, a_i nucleons above the lightest, and with
the mass deviation d_i = (m_i - m_lightest) - a_i u. Then

    phi_e(w, s) = sum_i p_i exp(-i w a_i + s d_i),    Phi = prod_e phi_e ^ n_e

and the Fourier transforms of abundance p, p <d> and p <d^2> are Phi and its first two
derivatives in s at s = 0, that is Phi, Phi S1 and Phi (S1^2 + S2), where S1 and S2 are the
sums of n_e times the first two derivatives of ln phi_e. For a batch these sums are matrix
products. The transform's length follows from the width of the envelope.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from superatom.composition.elements import element
from superatom.errors import SearchError, UnknownElement

__all__ = [
    "Envelope",
    "Envelopes",
    "Isotope",
    "average_mass",
    "charge_to_mz",
    "electron_mass",
    "envelope",
    "envelopes",
    "isotopes",
    "monoisotopic_mass",
]

Floats = NDArray[np.float64]
Composition = Mapping[str, int]

_LENGTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
_WIDTHS = 12.0  # standard deviations that fit into one period of the transform ...
_MARGIN = 9.0  # ... and nucleons besides, for the long upper tails of light envelopes
_BLOCK = 400_000  # complex numbers per block, so that a block's arrays stay in the cache


@dataclass(frozen=True, slots=True)
class Isotope:
    """An isotope: mass number, atomic mass in u, and abundance (fraction of the atoms)."""

    mass_number: int
    mass: float
    abundance: float


def _table(name: str) -> Iterable[dict[str, str]]:
    table = resources.files("superatom.spectra.mass") / "data" / name
    return csv.DictReader(table.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def _all_isotopes() -> Mapping[str, tuple[Isotope, ...]]:
    found: dict[str, list[tuple[int, float, float]]] = {}
    for row in _table("isotopes.csv"):
        entry = (int(row["mass_number"]), float(row["mass_u"]), float(row["abundance"]))
        found.setdefault(row["symbol"], []).append(entry)
    return {symbol: _normalised(entries) for symbol, entries in found.items()}


def _normalised(entries: list[tuple[int, float, float]]) -> tuple[Isotope, ...]:
    total = sum(abundance for _, _, abundance in entries)  # printed values are rounded
    return tuple(Isotope(number, mass, part / total) for number, mass, part in sorted(entries))


@lru_cache(maxsize=1)
def electron_mass() -> float:
    """Return the mass of the electron in u (CODATA 2022)."""
    return next(float(row["value"]) for row in _table("constants.csv"))


def isotopes(symbol: str) -> tuple[Isotope, ...]:
    """Return the natural isotopes of an element, lightest first; D is deuterium alone.

    Masses are those of AME2020; abundances are the best measurements of Meija 2016 or, for
    elements whose terrestrial abundance varies (H, C, N, O, S, Cl, Br, ...), the
    representative values of Berglund 2011. The table names the source of each.

    Examples
    --------
    >>> [isotope.mass_number for isotope in isotopes("Ag")]
    [107, 109]

    Raises
    ------
    UnknownElement
        If there is no such element, or it has no natural isotopes.
    """
    found = _all_isotopes().get(symbol)
    if found is None:
        name = element(symbol).name
        raise UnknownElement(f"{name} ({symbol}) has no natural isotopic composition")
    return found


def average_mass(composition: Composition) -> float:
    """Return the mean mass of a neutral composition in u, over natural isotopes."""
    return sum(
        count * sum(isotope.mass * isotope.abundance for isotope in isotopes(symbol))
        for symbol, count in composition.items()
    )


def monoisotopic_mass(composition: Composition) -> float:
    """Return the mass in u with every atom the most abundant isotope of its element.

    For clusters of Ag, Cu, Pt and other metals this isotopologue is too rare to be seen; use
    `envelope` to find the peaks that are.
    """
    return sum(
        count * max(isotopes(symbol), key=lambda isotope: isotope.abundance).mass
        for symbol, count in composition.items()
    )


def charge_to_mz(mass: ArrayLike, charge: ArrayLike) -> Floats:
    """Return m/z of ions whose neutral composition has the given mass in u.

    m/z = (M - z m_e) / |z|; the electrons gained or lost count.

    Raises
    ------
    SearchError
        If a charge is zero.
    """
    z = np.asarray(charge, dtype=np.float64)
    if np.any(z == 0):
        raise SearchError("a neutral species has no m/z; give a charge that is not 0")
    ratio: Floats = (np.asarray(mass, dtype=np.float64) - z * electron_mass()) / np.abs(z)
    return ratio


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Isotope envelope of one neutral composition, one entry per nominal mass.

    Attributes
    ----------
    nominal : ndarray of int, shape (k,)
        Number of nucleons.
    abundance : ndarray, shape (k,)
        Fraction of all isotopologues; the sum is below 1 by what was pruned.
    mass : ndarray, shape (k,)
        Centroid mass in u.
    variance : ndarray, shape (k,)
        Variance of the mass within the peak in u^2 (unresolved fine structure).
    """

    nominal: NDArray[np.int64]
    abundance: Floats
    mass: Floats
    variance: Floats

    @property
    def relative(self) -> Floats:
        """Abundance relative to the tallest peak."""
        share: Floats = self.abundance / self.abundance.max()
        return share

    @property
    def base_mass(self) -> float:
        """Centroid mass of the tallest peak in u."""
        return float(self.mass[int(self.abundance.argmax())])

    def mz(self, charge: int) -> Floats:
        """Return m/z of the peaks at a charge."""
        return charge_to_mz(self.mass, charge)


@dataclass(frozen=True, slots=True, eq=False)
class Envelopes:
    """Isotope envelopes of n neutral compositions, padded to a common length k.

    Attributes
    ----------
    start : ndarray of int, shape (n,)
        Number of nucleons of the first column; column j has `start` + j.
    abundance : ndarray, shape (n, k)
        Fraction of all isotopologues, 0 where pruned or padded.
    mass : ndarray, shape (n, k)
        Centroid mass in u (a nominal guess where the abundance is 0).
    variance : ndarray, shape (n, k)
        Variance of the mass within the peak in u^2.
    """

    start: NDArray[np.int64]
    abundance: Floats
    mass: Floats
    variance: Floats

    def __len__(self) -> int:
        return int(self.start.size)

    def __getitem__(self, index: int) -> Envelope:
        kept = np.flatnonzero(self.abundance[index])
        return Envelope(
            self.start[index] + kept,
            self.abundance[index, kept],
            self.mass[index, kept],
            self.variance[index, kept],
        )

    @property
    def base_mass(self) -> Floats:
        """Centroid mass of the tallest peak in u, shape (n,)."""
        column = self.abundance.argmax(axis=1)[:, None]
        return np.take_along_axis(self.mass, column, axis=1)[:, 0]

    @property
    def mean_mass(self) -> Floats:
        """Abundance-weighted mass of the peaks kept in u, shape (n,)."""
        mean: Floats = (self.abundance * self.mass).sum(axis=1) / self.abundance.sum(axis=1)
        return mean

    def mz(self, charge: ArrayLike) -> Floats:
        """Return m/z, shape (n, k), at one charge or at n charges."""
        z = np.broadcast_to(np.asarray(charge), (len(self),))
        return charge_to_mz(self.mass, z[:, None])


def envelope(composition: Composition, threshold: float = 1e-4) -> Envelope:
    """Return the isotope envelope of one neutral composition; see `envelopes`.

    Examples
    --------
    >>> round(envelope({"Au": 25, "C": 144, "H": 162, "S": 18}).base_mass, 3)
    7392.932
    """
    return envelopes([composition], threshold)[0]


def envelopes(
    compositions: Sequence[Composition] | tuple[Sequence[str], ArrayLike],
    threshold: float = 1e-4,
) -> Envelopes:
    """Return the isotope envelopes of many neutral compositions.

    Parameters
    ----------
    compositions : sequence of mappings, or (symbols, counts)
        Atoms of each; or element symbols and their counts as an array of shape (n, m).
    threshold : float
        Peaks lower than this times the tallest are left out.

    Raises
    ------
    UnknownElement
        If an element is unknown or has no natural isotopes.
    SearchError
        If a count is negative or no whole number, or a composition has no atoms.
    """
    symbols, counts = _as_counts(compositions)
    if not 0.0 < threshold < 1.0:
        raise SearchError(f"a relative threshold lies between 0 and 1, got {threshold}")
    atoms = tuple(_Atom.of(symbol) for symbol in symbols)
    lengths = _lengths(atoms, counts)
    parts = [
        (rows, _transform(atoms, counts[rows], int(length), threshold))
        for length in np.unique(lengths)
        for rows in _blocks(np.flatnonzero(lengths == length), int(length))
    ]
    return _join(parts, len(counts))


def _as_counts(
    compositions: Sequence[Composition] | tuple[Sequence[str], ArrayLike],
) -> tuple[tuple[str, ...], Floats]:
    if isinstance(compositions, tuple) and len(compositions) == 2:
        symbols, array = compositions
        if not isinstance(symbols, Mapping):
            counts: Floats = np.array(array, dtype=np.float64, ndmin=2)
            return _checked(tuple(symbols), counts)
    mappings: Sequence[Any] = compositions
    names = dict.fromkeys(itertools.chain.from_iterable(mappings))
    flat = [mapping.get(name, 0) for mapping in mappings for name in names]
    return _checked(tuple(names), np.array(flat, dtype=np.float64).reshape(len(mappings), -1))


def _checked(symbols: tuple[str, ...], counts: Floats) -> tuple[tuple[str, ...], Floats]:
    if counts.ndim != 2 or counts.shape[1] != len(symbols):
        raise SearchError(f"counts of shape {counts.shape} do not fit {len(symbols)} elements")
    if not np.all(counts == np.floor(counts)) or np.any(counts < 0):
        raise SearchError("atoms come in whole numbers that are not negative")
    if len(counts) and counts.sum(axis=1).min(initial=1) < 1:
        raise SearchError("a composition without atoms has no isotope envelope")
    return symbols, counts


@dataclass(frozen=True, slots=True, eq=False)
class _Atom:
    """Isotopes of one element as arrays: offset in nucleons, deviation in u, probability."""

    lightest_number: int
    lightest_mass: float
    offset: NDArray[np.int64]
    deviation: Floats
    probability: Floats
    mean: float
    variance: float

    @classmethod
    @lru_cache(maxsize=200)
    def of(cls, symbol: str) -> _Atom:
        found = isotopes(symbol)
        light = found[0]
        offset = np.array([isotope.mass_number - light.mass_number for isotope in found])
        excess = np.array([isotope.mass - light.mass for isotope in found]) - offset
        weight = np.array([isotope.abundance for isotope in found])
        mean = float(weight @ offset)
        variance = float(weight @ offset**2) - mean**2
        return cls(light.mass_number, light.mass, offset, excess, weight, mean, variance)


@lru_cache(maxsize=1000)
def _logarithm(atom: _Atom, length: int) -> tuple[NDArray[np.complex128], ...]:
    """Return ln phi and its first two derivatives, each of shape (length // 2 + 1,)."""
    angle = -2j * np.pi / length * np.arange(length // 2 + 1)
    waves = atom.probability * np.exp(np.outer(angle, atom.offset))
    phi = waves.sum(axis=1)
    phi[np.abs(phi) < 1e-30] = 1e-30  # a zero to the power n is a zero all the same
    first = waves @ atom.deviation / phi
    second = waves @ atom.deviation**2 / phi - first**2
    return np.log(phi), first, second


def _lengths(atoms: tuple[_Atom, ...], counts: Floats) -> NDArray[np.int64]:
    """Return the transform length each composition needs, shape (n,)."""
    spread = np.sqrt(counts @ np.array([atom.variance for atom in atoms]))
    needed = _WIDTHS * spread + _MARGIN
    most = counts @ np.array([float(atom.offset[-1]) for atom in atoms]) + 1
    place = np.searchsorted(_LENGTHS, np.minimum(needed, most))
    if place.max(initial=0) >= len(_LENGTHS):
        raise SearchError("a composition this large has no resolvable isotope envelope")
    lengths: NDArray[np.int64] = np.array(_LENGTHS, dtype=np.int64)[place]
    return lengths


def _blocks(rows: NDArray[np.int64], length: int) -> Iterable[NDArray[np.int64]]:
    step = max(1, _BLOCK // length)
    return (rows[first : first + step] for first in range(0, len(rows), step))


def _transform(
    atoms: tuple[_Atom, ...], counts: Floats, length: int, threshold: float
) -> Envelopes:
    """Return the envelopes of compositions that fit into one transform length."""
    log_phi, first, second = (
        np.array(column)
        for column in zip(*(_logarithm(atom, length) for atom in atoms), strict=True)
    )
    s1 = counts @ first
    zeroth = np.exp(counts @ log_phi)
    spectra = np.stack([zeroth, zeroth * s1, zeroth * (s1 * s1 + counts @ second)])
    moments = np.fft.irfft(spectra, n=length, axis=2)
    mean = counts @ np.array([atom.mean for atom in atoms])
    start = np.maximum(np.rint(mean).astype(np.int64) - length // 2, 0)
    return _peaks(atoms, counts, moments, start, threshold)


def _peaks(
    atoms: tuple[_Atom, ...],
    counts: Floats,
    moments: Floats,
    start: NDArray[np.int64],
    threshold: float,
) -> Envelopes:
    """Unroll the periodic moments from `start` on, prune them, and turn them into peaks."""
    length = moments.shape[2]
    column = np.arange(length)
    around = (start[:, None] + column) % length
    abundance = np.take_along_axis(moments[0], around, axis=1)
    kept = abundance >= threshold * abundance.max(axis=1, keepdims=True)
    left = kept.argmax(axis=1)
    width = int((length - kept[:, ::-1].argmax(axis=1) - left).max())
    offset = start + left
    around = (offset[:, None] + column[:width]) % length
    shown = np.take_along_axis(kept, np.minimum(left[:, None] + column[:width], length - 1), axis=1)
    shown &= (left[:, None] + column[:width]) < length
    p, pd, pdd = (np.take_along_axis(moment, around, axis=1) for moment in moments)
    p = np.where(shown, p, 1.0)
    centre = np.where(shown, pd / p, 0.0)
    variance = np.where(shown, np.maximum(pdd / p - centre**2, 0.0), 0.0)
    light = counts @ np.array([atom.lightest_mass for atom in atoms])
    nominal = np.rint(counts @ np.array([float(atom.lightest_number) for atom in atoms]))
    mass = light[:, None] + (offset[:, None] + column[:width]) + centre
    return Envelopes(nominal.astype(np.int64) + offset, np.where(shown, p, 0.0), mass, variance)


def _join(parts: list[tuple[NDArray[np.int64], Envelopes]], n: int) -> Envelopes:
    """Return the envelopes of all groups in the order of the compositions."""
    if len(parts) == 1:
        return parts[0][1]
    width = max((part.mass.shape[1] for _, part in parts), default=1)
    start = np.zeros(n, dtype=np.int64)
    abundance, mass, variance = (np.zeros((n, width)) for _ in range(3))
    for rows, part in parts:
        own = part.mass.shape[1]
        start[rows] = part.start
        abundance[rows, :own] = part.abundance
        variance[rows, :own] = part.variance
        mass[rows, :own] = part.mass
        mass[rows, own:] = part.mass[:, -1:] + np.arange(1, width - own + 1)
    return Envelopes(start, abundance, mass, variance)
