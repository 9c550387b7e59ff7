"""`Spectrum`: one mass spectrum, as intensity against m/z."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.provenance import Provenance, stamp

__all__ = ["Spectrum"]


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """One mass spectrum.

    Attributes
    ----------
    mz : ndarray of float64, shape (n,)
        Mass over charge in u per elementary charge, ascending.
    intensity : ndarray of float64, shape (n,)
        Intensity in the instrument's own unit (counts, or percent of the base peak).
    profile : bool
        True if the points sample peak shapes, False if each point is a centroid.
    polarity : int
        1 for positive ions, -1 for negative ions, 0 if not known.
    source : str
        Where it comes from (file and scan).
    time_s : float or None
        When it was taken, in s from the start of the run or reaction; None if not known.
    provenance : Provenance
        Reader and hash of what was read.
    notes : tuple[str, ...]
        Every repair made while the spectrum was read, one sentence each.
    """

    mz: NDArray[np.float64]
    intensity: NDArray[np.float64]
    profile: bool
    polarity: int = 0
    source: str = ""
    time_s: float | None = None
    provenance: Provenance = field(default_factory=lambda: Provenance("given as arrays", "", ""))
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        mz: NDArray[np.float64],
        intensity: NDArray[np.float64],
        *,
        profile: bool = True,
        polarity: int = 0,
        source: str = "",
        time_s: float | None = None,
    ) -> Spectrum:
        """Return the spectrum with the given points, sorted by m/z.

        Raises
        ------
        SearchError
            If the arrays differ in length, are empty, or hold values that are not finite.
        """
        x = np.ascontiguousarray(mz, dtype=np.float64)
        y = np.ascontiguousarray(intensity, dtype=np.float64)
        if x.ndim != 1 or x.shape != y.shape or x.size == 0:
            raise SearchError(
                f"a spectrum needs two equally long lists of numbers, got {x.shape} and {y.shape}"
            )
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise SearchError("a spectrum holds values that are not numbers; remove them first")
        if np.any(np.diff(x) < 0):
            order = np.argsort(x, kind="stable")
            x, y = x[order], y[order]
        made = stamp("given as arrays", x.tobytes(), y.tobytes())
        return cls(x, y, profile, polarity, source, time_s, made)

    def __len__(self) -> int:
        return int(self.mz.size)

    def slice(self, mz_lo: float, mz_hi: float) -> Spectrum:
        """Return the part with `mz_lo` <= m/z <= `mz_hi`; it can be empty."""
        first, last = np.searchsorted(self.mz, [mz_lo, mz_hi + 1e-12])
        return Spectrum(
            self.mz[first:last],
            self.intensity[first:last],
            self.profile,
            self.polarity,
            self.source,
            self.time_s,
            self.provenance,
            self.notes,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the spectrum as plain JSON types."""
        return {
            "mz": self.mz.tolist(),
            "intensity": self.intensity.tolist(),
            "profile": self.profile,
            "polarity": self.polarity,
            "source": self.source,
            "time_s": self.time_s,
            "provenance": self.provenance.as_dict(),
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Spectrum:
        """Return the spectrum that `as_dict` wrote."""
        made = data["provenance"]
        return cls(
            np.array(data["mz"], dtype=np.float64),
            np.array(data["intensity"], dtype=np.float64),
            bool(data["profile"]),
            int(data["polarity"]),
            str(data["source"]),
            data["time_s"],
            Provenance(
                made["method"], made["version"], made["inputs_hash"], tuple(made["sources"])
            ),
            tuple(data.get("notes", ())),
        )
