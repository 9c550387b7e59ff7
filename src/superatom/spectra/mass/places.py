"""Where in a spectrum to search, on what ground, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from superatom.errors import SearchError
from superatom.spectra.mass.assignments import Window
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["search_places", "tallest_first"]

_ONE_WINDOW = 25.0  # a spectrum this narrow in m/z is taken as one window


def search_places(
    spectrum: Spectrum, charges: Sequence[int]
) -> tuple[tuple[Window, ...], Spectrum, tuple[str, ...]]:
    """Return the windows of a spectrum, the spectrum to search in them, and remarks.

    Where crowded envelopes stand on a continuum of overlapping ions, what stands out of it is
    searched instead of the spectrum itself.

    Parameters
    ----------
    spectrum : Spectrum
        As measured.
    charges : sequence of int
        Charges of the search space. Where all have one sign and the spectrum does not know its
        own, it is taken from them.

    Raises
    ------
    SearchError
        If the spectrum is empty.
    """
    if not len(spectrum):
        raise SearchError("the spectrum is empty")
    low, high = float(spectrum.mz[0]), float(spectrum.mz[-1])
    if high - low < _ONE_WINDOW:
        return (Window(low, high),), spectrum, ()
    from superatom.spectra.mass.continuum import find_continuum
    from superatom.spectra.mass.windows import find_windows

    signs = {1 if charge > 0 else -1 for charge in charges}
    sign = spectrum.polarity or (signs.pop() if len(signs) == 1 else 0)
    beneath = find_continuum(spectrum, charges)
    if beneath is None:
        return find_windows(spectrum, polarity=sign), spectrum, ()
    return find_windows(beneath.spectrum, polarity=sign), beneath.spectrum, (beneath.note(),)


def tallest_first(spectrum: Spectrum, places: Sequence[Window]) -> tuple[Window, ...]:
    """Return windows in the order of how far their signal rises, the greatest first."""

    def rise(window: Window) -> float:
        part = spectrum.slice(window.mz_lo, window.mz_hi).intensity
        return float(part.max() - part.min()) if part.size else 0.0

    return tuple(sorted(places, key=rise, reverse=True))
