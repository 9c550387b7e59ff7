"""`Scan`: two columns of numbers as a file gives them, before any repair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scan"]


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One scan of a file, unsorted and unrepaired.

    Attributes
    ----------
    mz, intensity : ndarray of float64, shape (n,)
        Columns as read; they may hold NaN, or be swapped.
    named : bool
        Whether the file itself says which column is m/z.
    profile : bool or None
        What the file says about it; None if it says nothing.
    polarity : int
        1, -1, or 0 if the file does not say.
    time_s : float or None
        Time of the scan in s.
    label : str
        What tells this scan from the others of its file ('scan 12').
    number : int or None
        Number the file gives it; None if it gives none.
    ms_level : int
        1 for a survey scan, 2 for fragments.
    notes : tuple[str, ...]
        Repairs made by the reader.
    """

    mz: NDArray[np.float64]
    intensity: NDArray[np.float64]
    named: bool = False
    profile: bool | None = None
    polarity: int = 0
    time_s: float | None = None
    label: str = ""
    number: int | None = None
    ms_level: int = 1
    notes: tuple[str, ...] = ()
