"""Mixtures of relatives: a cluster with other protons, alkali ions, dopants or ligands.

Overlapping species are mostly relatives of each other. For each promising main species all its
relatives are fitted together at its shift and width by forward selection on the normal
equations, which costs little once the inner products of their profiles are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.bells import Pattern, profiles
from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.scoring import Trace

__all__ = ["FamilyMixture", "family_mixtures"]

Floats = NDArray[np.float64]

_RELATIVES = 48  # of one main species that are tried
_BRANCHES = 3  # mixtures of each size that are kept for one main species


@dataclass(frozen=True, slots=True)
class FamilyMixture:
    """A main species with relatives, at its shift: rows, and the residual sum of squares."""

    rows: tuple[int, ...]
    rss: float
    shift_ppm: float
    fwhm: float


def family_mixtures(
    trace: Trace,
    candidates: Candidates,
    patterns: Callable[[NDArray[np.int64]], Pattern],
    main: int,
    shift_ppm: float,
    sigma: float,
    kinship: Floats,
    most: int,
    n_points: float,
) -> list[FamilyMixture]:
    """Return mixtures of a main species with 1, 2, ... of its relatives.

    Parameters
    ----------
    trace : Trace
        Measured points.
    candidates : Candidates
        All candidates of the window.
    patterns : callable
        Gives the calculated envelopes of rows.
    main : int
        Row of the main species.
    shift_ppm, sigma : float
        Shift and standard deviation of a peak that its own fit found.
    kinship : ndarray, shape (n,)
        Log prior of each candidate beside the main species.
    most : int
        Most components in all.
    n_points : float
        Number of independent points: what a fall of the logarithm of the residual sum of
        squares is worth.
    """
    related = np.argpartition(-kinship, min(_RELATIVES, len(kinship) - 1))[: _RELATIVES + 1]
    related = related[candidates.charge[related] == candidates.charge[main]]
    rows = np.concatenate([[main], related[related != main][:_RELATIVES]]).astype(np.int64)
    pattern = patterns(rows)
    together = Pattern(pattern.mz[None, :, 0], pattern.height[None, :, 0])
    shift = np.full((1, len(rows)), shift_ppm * 1e-6)
    columns = profiles(trace, together, shift, np.array([sigma]))[0]
    ramp = np.linspace(-0.5, 0.5, trace.mz.size)
    design = np.vstack([np.ones_like(ramp), ramp, columns])
    gram = design @ design.T
    # A species that its shift moves out of the window has no column: keep the matrix regular.
    gram[np.diag_indices_from(gram)] += 1e-12 * float(gram.diagonal().max())
    right = design @ trace.intensity
    total = float(trace.intensity @ trace.intensity)
    beam = [(0.0, [0, 1, 2], _rss(gram, right, total, [0, 1, 2]))]
    found = []
    for _ in range(most - 1):
        grown: dict[tuple[int, ...], tuple[float, list[int], float]] = {}
        for merit, chosen, rss in beam:
            for gain, place, left in _additions(
                gram, right, total, chosen, kinship[rows], rss, n_points
            ):
                key = tuple(sorted((*chosen, place)))
                if key not in grown or merit + gain > grown[key][0]:
                    grown[key] = (merit + gain, [*chosen, place], left)
        beam = sorted(grown.values(), key=lambda each: -each[0])[:_BRANCHES]
        for _, chosen, rss in beam:
            members = tuple(int(rows[i - 2]) for i in chosen[2:])
            found.append(FamilyMixture(members, rss, shift_ppm, sigma))
    return found


def _additions(
    gram: Floats,
    right: Floats,
    total: float,
    chosen: Sequence[int],
    kinship: Floats,
    rss: float,
    n_points: float,
) -> list[tuple[float, int, float]]:
    """Return the relatives worth most: how much, which, and the new sum of squares."""
    places = np.array(chosen)
    diagonal = gram.diagonal()
    base = gram[places[:, None], places]
    base.flat[:: len(places) + 1] += 1e-9 * diagonal[places]
    inverse = np.linalg.inv(base)
    free = np.ones(len(gram), dtype=bool)
    free[:2] = free[places] = False
    others = np.flatnonzero(free)
    if not others.size:
        return []
    cross = gram[places[:, None], others]
    along = inverse @ cross
    own = diagonal[others]
    rest = own - np.einsum("co,co->o", cross, along)
    slope = right[others] - along.T @ right[places]
    amount = slope / np.maximum(rest, 1e-9 * own + 1e-300)
    fall = np.where(amount > 0, slope * amount, 0.0)
    # The amounts of those chosen before must stay positive too.
    before = inverse @ right[places]
    after = before[:, None] - along * amount
    fall[(after[2:] <= 0).any(axis=0)] = 0.0
    left = np.maximum(rss - fall, 1e-9 * total)
    gain = n_points * np.log(rss / left) + 2.0 * kinship[others - 2]
    gain[fall <= 0] = -np.inf
    order = np.argsort(-gain)[:_BRANCHES]
    return [(float(gain[i]), int(others[i]), float(left[i])) for i in order if np.isfinite(gain[i])]


def _rss(gram: Floats, right: Floats, total: float, chosen: Sequence[int]) -> float:
    places = np.array(chosen)
    block = gram[np.ix_(places, places)]
    solution = np.linalg.solve(block + 1e-9 * np.diag(np.diag(block)), right[places])
    return max(total - float(solution @ right[places]), 1e-9 * total)
