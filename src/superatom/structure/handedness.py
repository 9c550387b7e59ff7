"""Chirality of a cluster: is it, how far from its mirror image, and which hand.

A cluster is chiral when no reflection, inversion or rotoreflection fits it within the
tolerance. Which of the two mirror images it is, is told by the mean twist of its bonds

    chi = 2 sum_ab w_ab ((d_a x d_b) . r_ab) (d_a . d_b) / sum_ab w_ab

over pairs of bonds a, b with unit directions d, unit vector r from the middle of a to the
middle of b, and weights w that fall off with their distance and with the stretch of the
bonds. The expression does not depend on the sense in which bonds or pairs are counted. One
rod above another and turned counterclockwise against it, the way a right-handed screw
advances, counts as positive. So chi > 0 is called 'P' (plus, right-handed), chi < 0 'M'
(minus, left-handed); a mirror image has exactly the opposite chi. The label states this
geometry and nothing else: it need not agree with letters (A/C, P/M) that papers give to
single features such as the sense of rotation of the staples.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import FloatArray, IntArray
from superatom.structure.neighbours import neighbour_distance
from superatom.structure.pointgroup import DEFAULT_TOLERANCE, PointGroup, checked_sites, point_group
from superatom.structure.superposition import best_match

__all__ = ["Chirality", "chirality"]

_BONDED = 1.15  # of the sum of radii: full weight up to here
_APART = 1.40  # no weight from here on
_RANGE = 2.0  # of the mean bond length: standard deviation of the weight over distance
_UNCERTAIN = 0.05  # Å per coordinate: what differs between two determinations of a structure
_SAMPLES = 4
_ROWS = 64  # bonds whose pairs are held at once: few enough for the processor's cache
_CLEAR = 3.0  # times that change: a sign that can be trusted
_ZERO = 1e-9


@dataclass(frozen=True, slots=True)
class Chirality:
    """Chirality of some atoms.

    Attributes
    ----------
    is_chiral : bool
        Whether no improper operation fits within the tolerance.
    sign : int
        1 right-handed, -1 left-handed, 0 for achiral atoms.
    label : str or None
        'P' or 'M' for 1 or -1, None for 0.
    twist : float
        Mean twist of the bonds chi, between -1 and 1; also given for achiral atoms, whose
        small value tells the noise.
    twist_noise : float
        Change of chi when atoms are displaced at random by 0.05 Å per coordinate.
    mirror_rmsd : float
        Root mean square distance to the best superposed mirror image, Å.
    group : str
        Point group within the tolerance.
    tolerance : float
        Tolerance of the symmetry, Å.
    provenance : Provenance
        Method and inputs.
    """

    is_chiral: bool
    sign: int
    label: str | None
    twist: float
    twist_noise: float
    mirror_rmsd: float
    group: str
    tolerance: float
    provenance: Provenance

    def __str__(self) -> str:
        if not self.is_chiral:
            return f"achiral ({self.group})"
        hand = f"{self.label}" if self.is_clear else f"{self.label} (weak)"
        return f"chiral ({self.group}), {hand}; {self.mirror_rmsd:.2f} Å from its mirror image"

    @property
    def is_clear(self) -> bool:
        """Whether the sign would survive errors of 0.05 Å in the coordinates."""
        return abs(self.twist) > _CLEAR * self.twist_noise

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types (Å)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Chirality:
        """Return the result written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(**{**data, "provenance": Provenance(**source)})

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Chirality:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


def chirality(
    positions: ArrayLike,
    symbols: Sequence[str] | None = None,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    group: PointGroup | None = None,
) -> Chirality:
    """Return whether some atoms are chiral, and which hand they are.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions, Å.
    symbols : sequence of str or None
        Element symbols; None: all alike.
    tolerance : float
        Largest RMSD of a symmetry operation, Å.
    group : PointGroup or None
        Point group of these atoms at this tolerance if already known.

    Raises
    ------
    StructureError
        If the positions make no sense.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0, 9, 12)
    >>> screw = np.column_stack([2 * np.cos(t), 2 * np.sin(t), t])
    >>> chirality(screw, tolerance=0.1).label, chirality(-screw, tolerance=0.1).label
    ('P', 'M')
    """
    points, kinds, names = checked_sites(positions, symbols)
    group = group or point_group(points, symbols, tolerance=tolerance)
    centred = points - points.mean(axis=0)
    improper = [op.rmsd for op in group.operations if not op.is_proper]
    away = min(improper, default=None)
    if away is None:
        away = float(best_match(centred, centred, kinds, kinds, -1).rmsd[0])
    twist = mean_twist(centred, names)
    sign = 0 if improper or abs(twist) < _ZERO else int(np.sign(twist))
    return Chirality(
        is_chiral=not improper,
        sign=sign,
        label={1: "P", -1: "M", 0: None}[sign],
        twist=twist,
        twist_noise=_twist_noise(centred, names),
        mirror_rmsd=float(away),
        group=group.name,
        tolerance=float(tolerance),
        provenance=stamp("mean twist of bonds", points.tobytes(), names, tolerance),
    )


def mean_twist(points: FloatArray, names: Sequence[str]) -> float:
    """Return the mean twist chi of the bonds of some atoms; 0 with fewer than two bonds."""
    pairs, strength = _bonds(points, names)
    if len(pairs) < 2:
        return 0.0
    arms = points[pairs[:, 1]] - points[pairs[:, 0]]
    length = np.linalg.norm(arms, axis=1)
    d, middles = arms / length[:, None], points[pairs].mean(axis=1)
    moments = np.cross(d, middles)
    fall = -0.5 / (_RANGE * float(length.mean())) ** 2
    total, weights = 0.0, 0.0
    for start in range(0, len(pairs), _ROWS):
        rows = slice(start, start + _ROWS)
        square = -2.0 * middles[rows] @ middles.T
        square += np.sum(middles[rows] ** 2, axis=1)[:, None] + np.sum(middles**2, axis=1)
        square[square < _ZERO] = np.inf  # a bond with itself
        weight = np.exp(fall * square) * strength * strength[rows, None]
        # (d_a x d_b) . (m_b - m_a) = d_a . (d_b x m_b) + d_b . (d_a x m_a)
        screw = d[rows] @ moments.T + moments[rows] @ d.T
        screw *= d[rows] @ d.T
        screw /= np.sqrt(square)
        total += float(np.vdot(weight, screw))
        weights += float(weight.sum())
    return 2.0 * total / weights


def _twist_noise(points: FloatArray, names: Sequence[str]) -> float:
    """Return how much the twist changes when atoms move by what a structure is uncertain by."""
    rng = np.random.default_rng(1884)
    moves = rng.normal(scale=_UNCERTAIN, size=(_SAMPLES, *points.shape))
    here = mean_twist(points, names)
    there = np.array([mean_twist(points + move, names) for move in moves])
    return float(np.sqrt(np.mean((there - here) ** 2)))


def _bonds(points: FloatArray, names: Sequence[str]) -> tuple[IntArray, FloatArray]:
    """Return bonded pairs and weights that fade as bonds stretch, so that nothing jumps."""
    radii = _radii(points, names)
    first, second = np.triu_indices(len(points), 1)
    stretch = np.linalg.norm(points[first] - points[second], axis=1)
    stretch = stretch / (radii[first] + radii[second])
    fade = np.clip((_APART - stretch) / (_APART - _BONDED), 0.0, 1.0)
    strength = fade**2 * (3.0 - 2.0 * fade)
    bonded = strength > 0
    return np.column_stack([first, second])[bonded], strength[bonded]


def _radii(points: FloatArray, names: Sequence[str]) -> FloatArray:
    """Return covalent radii (Å); for labels that are no elements half the usual distance."""
    from ase.data import atomic_numbers, covalent_radii

    usual = neighbour_distance(points) / 2.0
    numbers = [atomic_numbers.get(name, 0) for name in names]
    return np.array([covalent_radii[number] if number else usual for number in numbers])
