"""An isotope envelope, drawn as a mass spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from superatom.report.figures import INK, SERIES, canvas, svg

if TYPE_CHECKING:
    from superatom.spectra.mass.isotopes import Envelope

__all__ = ["draw_envelope"]

_SHOWN = 0.005  # peaks below this fraction of the tallest are not drawn


def draw_envelope(envelope: Envelope, charge: int, name: str) -> str:
    """Return an envelope at a charge as an inline SVG: one line per nominal mass.

    Parameters
    ----------
    envelope : Envelope
        Of the ion's atoms.
    charge : int
        Charge of the ion, not 0.
    name : str
        Name of the ion, for readers who cannot see the figure.
    """
    shown = envelope.relative >= _SHOWN
    mz, height = envelope.mz(charge)[shown], 100.0 * envelope.relative[shown]
    tallest = int(height.argmax())
    with canvas(height_mm=50) as (figure, axes):
        axes.vlines(mz, 0.0, height, color=SERIES[0], linewidth=_line_width(len(mz)))
        axes.annotate(
            f"{mz[tallest]:.3f}",
            (mz[tallest], height[tallest]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=INK,
        )
        margin = 0.06 * (np.ptp(mz) or 1.0)
        axes.set_xlim(mz[0] - margin, mz[-1] + margin)
        axes.set_ylim(0, 114)
        axes.set_yticks([0, 50, 100])
        axes.set_xlabel("m/z")
        axes.set_ylabel("relative abundance / %")
        axes.locator_params(axis="x", nbins=5)
        return svg(figure, f"Isotope envelope of {name}, tallest peak at m/z {mz[tallest]:.3f}")


def _line_width(peaks: int) -> float:
    """Return a line width in points that leaves gaps between the peaks of one column."""
    return float(np.clip(90.0 / peaks, 0.8, 3.5))
