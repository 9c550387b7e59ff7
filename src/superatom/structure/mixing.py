"""Mixed-metal sites: from occupancies to one ordered picture by a rule."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["ordered_elements"]

FloatArray = NDArray[np.float64]


def ordered_elements(
    shares: Mapping[int, Mapping[str, float]], positions: FloatArray
) -> dict[int, str]:
    """Return one element for each mixed site.

    The number of atoms of each element is the sum of its occupancies, rounded so that all
    sites are filled (largest remainder). The rarest element chooses first: the sites where
    its share is largest, and of equal ones the site farthest from those it has.

    Parameters
    ----------
    shares : mapping of int to mapping of str to float
        Occupancy of each element on each mixed site (atom index).
    positions : ndarray of float, shape (n, 3)
        Coordinates (Å) of all atoms.

    Examples
    --------
    >>> import numpy as np
    >>> half = {"Au": 0.5, "Ag": 0.5}
    >>> line = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]])
    >>> ordered_elements({k: half for k in range(4)}, line)
    {0: 'Ag', 1: 'Au', 2: 'Au', 3: 'Ag'}
    """
    counts = _whole_numbers(shares)
    chosen: dict[int, str] = {}
    ordered = sorted(counts, key=lambda s: (counts[s], s))
    for symbol in ordered[:-1]:
        own: list[int] = []
        for _ in range(counts[symbol]):
            free = [k for k in shares if k not in chosen]
            best = max(
                free,
                key=lambda k: (
                    round(shares[k].get(symbol, 0.0), 3),
                    round(_distance(k, own, positions), 3),
                    -k,
                ),
            )
            chosen[best] = symbol
            own.append(best)
    chosen.update({k: ordered[-1] for k in shares if k not in chosen})
    return dict(sorted(chosen.items()))


def _distance(site: int, others: list[int], positions: FloatArray) -> float:
    """Return the distance (Å) of a site to the nearest of others; 0 if there are none."""
    if not others:
        return 0.0
    return float(np.linalg.norm(positions[others] - positions[site], axis=1).min())


def _whole_numbers(shares: Mapping[int, Mapping[str, float]]) -> dict[str, int]:
    """Return how many atoms each element gets (largest remainder)."""
    totals: dict[str, float] = {}
    for share in shares.values():
        scale = 1.0 / sum(share.values())
        for symbol, occupancy in share.items():
            totals[symbol] = totals.get(symbol, 0.0) + occupancy * scale
    counts = {symbol: int(total + 1e-9) for symbol, total in totals.items()}
    left = len(shares) - sum(counts.values())
    remainders = sorted(totals, key=lambda s: (counts[s] - totals[s], s))
    for symbol in remainders[:left]:
        counts[symbol] += 1
    return counts
