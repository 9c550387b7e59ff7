"""Group peaks into isotope envelopes, which may overlap, and cut windows around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.spectra.mass.assignments import Window
from superatom.spectra.mass.charges import SPACING, ChargeCandidate, charge_ladder, spacing_charges
from superatom.spectra.mass.peaks import Peaks, background, pick_peaks
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["PeakGroup", "find_groups", "find_windows", "windows_by_hand"]

_TOLERANCE = 0.2  # of the spacing: how far the next peak of an envelope may lie off
_VALLEY = 1.35  # a rise by this factor beyond a minimum starts another envelope
_LOWEST = 0.02  # of the apex: lower peaks are left out of its window
_FEWEST = 3  # peaks of an envelope; fewer beside a taller one are what its search left over
_RESOLVED = 0.9  # of the spacing: two or three peaks wider than this are no isotopes
_MOST_GROUPS = 2000

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PeakGroup:
    """Peaks that form one isotope envelope.

    Attributes
    ----------
    mz_lo, mz_hi : float
        Limits in m/z, with a margin of half a spacing.
    apex_mz : float
        m/z of the tallest peak.
    mean_mz : float
        Intensity-weighted mean m/z.
    height : float
        Height of the tallest peak above the baseline.
    signal_to_noise : float
        Of the tallest peak.
    n_peaks : int
        Number of peaks in it.
    charges : tuple[ChargeCandidate, ...]
        Possible numbers of charges, best first; empty if the isotopes are not resolved.
    from_ladder : bool
        Whether a charge ladder decided between the charges.
    is_resolved : bool
        Whether its isotope peaks are narrower than half of their spacing.
    """

    mz_lo: float
    mz_hi: float
    apex_mz: float
    mean_mz: float
    height: float
    signal_to_noise: float
    n_peaks: int
    charges: tuple[ChargeCandidate, ...]
    from_ladder: bool = False
    is_resolved: bool = True

    def window(self, polarity: int) -> Window:
        """Return the window to assign; its charge is None unless number and sign are clear.

        The number is clear if a ladder decided it, or if there are three peaks or more and
        its comb scores at least 1.15 times the next.
        """
        scores = [each.score for each in self.charges] + [0.0, 0.0]
        clear = self.from_ladder or (self.n_peaks >= 3 and scores[0] > 1.15 * scores[1])
        charge = polarity * self.charges[0].number if clear and polarity else None
        return Window(self.mz_lo, self.mz_hi, charge)


def find_groups(
    spectrum: Spectrum,
    *,
    peaks: Peaks | None = None,
    min_signal_to_noise: float = 6.0,
    max_charge: int = 10,
    min_height: float = 0.01,
) -> tuple[PeakGroup, ...]:
    """Group the peaks of a spectrum into isotope envelopes, ascending in m/z.

    From the tallest peak not yet used, the envelope is followed peak by peak on the comb of
    its charge, until two teeth are empty or the height rises again: then another envelope
    begins. The group ends where it falls below 2 % of the apex. Peaks left over start
    envelopes of their own, so envelopes may overlap.

    Parameters
    ----------
    spectrum : Spectrum
        What to search.
    peaks : Peaks, optional
        Peaks, if they are known already.
    min_signal_to_noise : float
        Least height of an apex over the noise.
    max_charge : int
        Greatest number of charges to try.
    min_height : float
        Least height of an apex, as a fraction of the tallest peak.
    """
    found = pick_peaks(spectrum) if peaks is None else peaks
    if not len(found):
        return ()
    used = np.zeros(len(found), dtype=bool)
    least = min_height * float(found.height.max())
    groups: list[PeakGroup] = []
    for index in np.argsort(-found.height, kind="stable").tolist():
        if len(groups) >= _MOST_GROUPS or found.height[index] < least:
            break
        if used[index] or found.signal_to_noise[index] < min_signal_to_noise:
            continue
        group, taken = _grow(found, index, used, max_charge)
        used[taken] = True
        if group is not None:
            groups.append(group)
    ordered = tuple(sorted(groups, key=lambda each: each.apex_mz))
    return _decide_by_ladder(ordered, spectrum.polarity)


def _grow(
    peaks: Peaks, apex: int, used: NDArray[np.bool_], max_charge: int
) -> tuple[PeakGroup | None, list[int]]:
    """Follow the envelope of the peak `apex`; return it and the peaks it takes."""
    free = ~used
    centre = float(peaks.mz[apex])
    first, last = np.searchsorted(peaks.mz, [centre - 6.5, centre + 6.5])
    near = slice(int(first), int(last))
    local = peaks[near][free[near]]
    charges = spacing_charges(local, centre, range(1, max_charge + 1))
    if not charges:
        return _group(peaks, [apex], charges), [apex]
    spacing = SPACING / charges[0].number
    down = _follow(peaks, apex, -spacing, used)
    taken = [*reversed(down), apex, *_follow(peaks, apex, spacing, used)]
    members = [i for i in taken if peaks.height[i] >= _LOWEST * peaks.height[apex]]
    # Seen alone, without peaks of overlapping species, the envelope tells its charge better.
    alone = spacing_charges(peaks[np.array(members)], centre, range(1, max_charge + 1))
    clearer = bool(alone) and alone[0].score > charges[0].score
    return _group(peaks, members, alone if clearer else charges), taken


def _follow(peaks: Peaks, apex: int, step: float, used: NDArray[np.bool_]) -> list[int]:
    """Return the indices of the peaks that continue an envelope in one direction.

    Elements with two isotopes two units apart (Ag, Cu, Cl, Br) can make every other peak low;
    where the envelope begins like that, heights are compared with the higher of the two teeth
    before. For the same reason, and because a peak can drown in noise, one tooth may be missing.
    """
    members: list[int] = []
    alternates = _alternates(peaks, apex, step, used)
    at, before = float(peaks.mz[apex]), float(peaks.height[apex])
    top = low = last = before
    while True:
        index, teeth = _next(peaks, at, step, used)
        if index is None:
            return members
        height = float(peaks.height[index])
        before, last = (last if teeth == 1 else 0.0), height
        if height > max(_VALLEY * low, low + 0.08 * top):
            return members
        low = min(low, max(height, before) if alternates else height)
        members.append(index)
        at = float(peaks.mz[index])


def _alternates(peaks: Peaks, apex: int, step: float, used: NDArray[np.bool_]) -> bool:
    """Whether the tooth beside the apex is low or missing and the one after it is not."""
    at, tolerance = float(peaks.mz[apex]), _TOLERANCE * abs(step)
    first = _nearest(peaks, at + step, tolerance, used)
    second = _nearest(peaks, at + 2 * step, tolerance, used)
    beside = float(peaks.height[first]) if first is not None else 0.0
    return second is not None and beside < 0.8 * float(peaks.height[second])


def _next(peaks: Peaks, at: float, step: float, used: NDArray[np.bool_]) -> tuple[int | None, int]:
    """Return the peak on the next tooth, or the one after it, and how many teeth on it is."""
    for teeth in (1, 2):
        index = _nearest(peaks, at + teeth * step, _TOLERANCE * abs(step), used)
        if index is not None:
            return index, teeth
    return None, 0


def _nearest(peaks: Peaks, target: float, tolerance: float, used: NDArray[np.bool_]) -> int | None:
    first, last = np.searchsorted(peaks.mz, [target - tolerance, target + tolerance])
    choice = [i for i in range(int(first), int(last)) if not used[i]]
    return max(choice, key=lambda i: peaks.height[i], default=None)


def _group(
    peaks: Peaks, members: list[int], charges: tuple[ChargeCandidate, ...]
) -> PeakGroup | None:
    mz, height = peaks.mz[members], peaks.height[members]
    top = int(height.argmax())
    widths = peaks.fwhm[members]
    width = float(np.nanmedian(widths)) if np.isfinite(widths).any() else 0.0
    if not charges and len(members) == 1 and width == 0.0:
        return None  # a lone centroid has neither spacing nor shape
    spacing = SPACING / charges[0].number if charges else 0.0
    if len(members) <= 3 and width > _RESOLVED * spacing:
        charges = ()  # wiggles on the hump of an envelope whose isotopes are not resolved
    margin = max(spacing / 2, 1.5 * width)
    return PeakGroup(
        float(mz[0] - margin),
        float(mz[-1] + margin),
        float(mz[top]),
        float((mz * height).sum() / height.sum()),
        float(height[top]),
        float(peaks.signal_to_noise[members][top]),
        len(members),
        charges,
        is_resolved=bool(charges) and width < spacing / 2,
    )


def _decide_by_ladder(groups: tuple[PeakGroup, ...], polarity: int) -> tuple[PeakGroup, ...]:
    """Let ladders decide where spacing leaves several charges, or none."""
    strongest = sorted(groups, key=lambda each: -each.height)[:60]
    open_ones = [g for g in strongest if len(g.charges) != 1]
    if not open_ones or len(strongest) < 2:
        return groups
    numbers = [[c.number for c in g.charges] or list(range(1, 11)) for g in strongest]
    steps = charge_ladder([g.mean_mz for g in strongest], numbers, polarity, tolerance_ppm=40)
    votes: dict[float, dict[int, int]] = {}
    for step in steps:
        for mz, charge in ((step.mz, step.charge), (step.other_mz, step.other_charge)):
            counts = votes.setdefault(mz, {})
            counts[charge] = counts.get(charge, 0) + 1
    return tuple(_with_vote(group, votes.get(group.mean_mz, {})) for group in groups)


def _with_vote(group: PeakGroup, votes: dict[int, int]) -> PeakGroup:
    """Return `group` with the charge that at least two steps of a ladder agree on."""
    if len(group.charges) == 1 or not votes:
        return group
    ranked = sorted(votes.items(), key=lambda item: -item[1])
    if ranked[0][1] < 2 or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
        return group
    return replace(group, charges=(ChargeCandidate(ranked[0][0], 1.0),), from_ladder=True)


def find_windows(
    spectrum: Spectrum, *, polarity: int | None = None, most: int = 200, **options: float
) -> tuple[Window, ...]:
    """Return windows to assign, ascending in m/z.

    Envelopes that overlap by more than a third of the narrower one share a window, since
    they must be fitted together; its charge is left open if theirs differ. One or two peaks
    beside a taller envelope are no envelope of their own and are joined to its window.

    Parameters
    ----------
    spectrum : Spectrum
        What to search.
    polarity : int, optional
        Sign of the ions where the spectrum does not know it; without either the windows'
        charges stay open.
    most : int
        At most this many windows, the tallest.
    **options
        As for `find_groups`: min_signal_to_noise, max_charge, min_height.
    """
    sign = polarity or spectrum.polarity
    groups = find_groups(spectrum, **options)  # type: ignore[arg-type]
    joined: list[tuple[Window, float]] = []
    for group in _with_fragments(_to_ground(spectrum, groups)):
        window = group.window(sign)
        if joined and _overlap(joined[-1][0], window) > 1 / 3:
            joined[-1] = (_union(joined[-1][0], window), max(joined[-1][1], group.height))
        else:
            joined.append((window, group.height))
    tallest = sorted(joined, key=lambda each: -each[1])[:most]
    return tuple(sorted((window for window, _ in tallest), key=lambda each: each.mz_lo))


def _with_fragments(groups: Sequence[PeakGroup]) -> list[PeakGroup]:
    """Join groups too small to be an envelope to the tallest one that they touch."""
    whole = [group for group in groups if group.n_peaks >= _FEWEST]
    low = np.array([group.mz_lo for group in whole])
    high = np.array([group.mz_hi for group in whole])
    height = np.array([group.height for group in whole])
    # One tooth of the taller comb: more is a gap that its envelope does not have.
    gap = np.array([SPACING / group.charges[0].number if group.charges else 0.0 for group in whole])
    wider: dict[int, PeakGroup] = {}
    alone = []
    for group in groups:
        if group.n_peaks >= _FEWEST:
            continue
        beside = (low - gap < group.mz_hi) & (high + gap > group.mz_lo) & (height > group.height)
        if not beside.any():
            alone.append(group)
            continue
        at = int(np.argmax(np.where(beside, height, 0.0)))
        now = wider.get(at, whole[at])
        wider[at] = replace(
            now, mz_lo=min(now.mz_lo, group.mz_lo), mz_hi=max(now.mz_hi, group.mz_hi)
        )
    joined = [wider.get(at, group) for at, group in enumerate(whole)]
    return sorted(joined + alone, key=lambda each: each.apex_mz)


def _to_ground(spectrum: Spectrum, groups: Sequence[PeakGroup]) -> list[PeakGroup]:
    """Widen groups whose isotopes merge until their signal falls to the noise or rises again."""
    if not spectrum.profile or all(group.is_resolved for group in groups):
        return list(groups)
    around = background(spectrum)
    signal = spectrum.intensity - around.baseline
    least = 3 * around.noise
    return [
        group if group.is_resolved else _widened(spectrum.mz, signal, least, group)
        for group in groups
    ]


def _widened(mz: _Array, signal: _Array, least: _Array, group: PeakGroup) -> PeakGroup:
    ends = []
    for start, step in ((group.mz_lo, -1), (group.mz_hi, 1)):
        at = int(np.clip(np.searchsorted(mz, start), 0, mz.size - 1))
        lowest = max(float(signal[at]), float(least[at]))
        while 0 < at < mz.size - 1 and least[at] < signal[at] <= lowest + least[at]:
            lowest = min(lowest, float(signal[at]))
            at += step
        ends.append(float(mz[at]))
    return replace(group, mz_lo=min(ends[0], group.mz_lo), mz_hi=max(ends[1], group.mz_hi))


def _overlap(first: Window, second: Window) -> float:
    shared = min(first.mz_hi, second.mz_hi) - max(first.mz_lo, second.mz_lo)
    narrower = min(first.mz_hi - first.mz_lo, second.mz_hi - second.mz_lo)
    return shared / narrower if narrower > 0 else 0.0


def _union(first: Window, second: Window) -> Window:
    charge = first.charge if first.charge == second.charge else None
    return Window(min(first.mz_lo, second.mz_lo), max(first.mz_hi, second.mz_hi), charge)


def windows_by_hand(texts: Sequence[str]) -> tuple[Window, ...]:
    """Return windows that a user writes as 'LOW-HIGH' or 'LOW-HIGH:CHARGE'.

    Examples
    --------
    >>> windows_by_hand(["1095.5-1097.5", "1918-1921:-4"])
    (Window(mz_lo=1095.5, mz_hi=1097.5, charge=None), Window(mz_lo=1918.0, mz_hi=1921.0, charge=-4))

    Raises
    ------
    SearchError
        If one cannot be read, or is empty.
    """
    return tuple(_window_by_hand(text) for text in texts)


def _window_by_hand(text: str) -> Window:
    limits, _, charge = text.partition(":")
    low, dash, high = limits.replace("\N{EN DASH}", "-").strip().partition("-")
    try:
        window = Window(float(low), float(high), int(charge) if charge.strip() else None)
    except ValueError as error:
        raise SearchError(
            f"the window '{text}' cannot be read\n"
            "  expected m/z limits and, if known, the charge: 1095.5-1097.5 or 1918-1921:-4"
        ) from error
    if not dash or window.mz_lo >= window.mz_hi:
        raise SearchError(f"the window '{text}' is empty: its first limit must be the lower one")
    return window
