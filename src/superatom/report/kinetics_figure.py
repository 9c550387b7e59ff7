"""Figures of kinetics: concentrations against time, with fit, bands and measured points."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.errors import DataFileError, FormulaError
from superatom.report.figures import canvas
from superatom.synthesis.kinetic_fit import KineticFit
from superatom.synthesis.trajectories import Trajectory, metal_atoms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["write_fit", "write_traces"]

_FORMATS = ("svg", "png", "pdf")
#: Okabe and Ito, then the same again dashed.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_STROKES = ("-", "--", ":")
_DARK = "#1a1a1a"
_MOST_TRACES = 14
_UNITS = (("s", 1.0), ("min", 60.0), ("h", 3600.0), ("d", 86400.0))
_SIZES = (("mol/L", 1.0), ("mmol/L", 1e3), ("µmol/L", 1e6), ("nmol/L", 1e9))
_BAND = 1.96  # standard errors


def write_traces(run: Trajectory, path: str | Path, species: Sequence[str] = ()) -> Path:
    """Draw concentrations against time.

    Parameters
    ----------
    run : Trajectory
        Simulated.
    path : str or Path
        .svg, .png or .pdf.
    species : sequence of str
        Which; by default the clusters that are ever there, at most 14.

    Raises
    ------
    DataFileError
        If the format is another or the file cannot be written.
    """
    chosen = list(species) or _clusters(run)
    curves = np.array([run[name] for name in chosen]).T
    with canvas(62.0, 110.0) as (figure, axes):
        clock = _time_axis(axes, run.times)
        unit = _size(curves)
        for i, name in enumerate(chosen):
            axes.plot(
                run.times / clock, curves[:, i] * unit[1], label=_mathtext(name), **_stroke(i)
            )
        _dress(axes, unit[0])
        return _save(figure, path)


def write_fit(fit: KineticFit, path: str | Path) -> Path:
    """Draw measured points, fitted curves and their 95 % bands.

    Signals are divided by their fitted responses, so that all stands in one unit; shares of the
    signal are drawn as they are.

    Raises
    ------
    DataFileError
        As for `write_traces`.
    """
    series = fit.experiment.series
    times = np.linspace(0.0, float(series.times[-1]), 200)
    curves, errors = fit.curves(times)
    response = np.ones(len(series.species))
    for column in () if series.are_shares else fit.experiment.signals:
        response[column] = fit[f"response {series.species[column]}"].value
    curves, errors, values = (x / response for x in (curves, errors, series.values))
    with canvas(70.0, 110.0) as (figure, axes):
        clock = _time_axis(axes, times)
        unit = ("", 1.0) if series.are_shares else _size(curves)
        for i, name in enumerate(series.species):
            stroke = _stroke(i)
            low, high = (unit[1] * (curves[:, i] + s * _BAND * errors[:, i]) for s in (-1, 1))
            axes.fill_between(times / clock, low, high, color=stroke["color"], alpha=0.25, lw=0)
            axes.plot(times / clock, curves[:, i] * unit[1], label=_mathtext(name), **stroke)
            marks = {"marker": "o", "ms": 2.8, "ls": "none", "color": stroke["color"]}
            axes.plot(series.times / clock, values[:, i] * unit[1], **marks)
        _dress(axes, unit[0])
        return _save(figure, path)


def _clusters(run: Trajectory) -> list[str]:
    """Return the clusters with the highest concentrations; all species if there are none."""
    heights = run.concentrations.max(axis=0)
    order = np.argsort(-heights, kind="stable")
    clusters = [run.species[i] for i in order if metal_atoms(run.species[i]) > 1 and heights[i] > 0]
    kept = clusters[:_MOST_TRACES] or [run.species[i] for i in order[:_MOST_TRACES]]
    return [name for name in run.species if name in kept]


def _mathtext(formula: str) -> str:
    """Return a formula with its indices set by matplotlib; as written if it is no cluster."""
    from superatom.composition.cluster import Cluster

    try:
        cluster = Cluster.parse(formula)
        raised = "^{*}" if cluster.isomer == "*" else ""  # the distorted Au38*
        told = cluster.text("latex").strip("$")
        return f"${told.replace('-*}', '}')}{raised}$"
    except FormulaError:
        return formula


def _time_axis(axes: Axes, times: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Label the abscissa in a unit that gives readable numbers and return it in s."""
    name, seconds = next((u for u in reversed(_UNITS) if times[-1] >= 2 * u[1]), _UNITS[0])
    axes.set_xlabel(f"time / {name}")
    axes.set_xlim(0.0, float(times[-1]) / seconds or None)
    return seconds


def _size(curves: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[str, float]:
    top = float(np.nanmax(curves)) if curves.size else 1.0
    return next((unit for unit in _SIZES if top * unit[1] >= 0.1), _SIZES[-1])


def _stroke(i: int) -> dict[str, Any]:
    return {
        "color": _COLOURS[i % len(_COLOURS)],
        "ls": _STROKES[(i // len(_COLOURS)) % len(_STROKES)],
        "lw": 1.2,
    }


def _dress(axes: Axes, unit: str) -> None:
    axes.set_ylabel(f"concentration / {unit}" if unit else "share of the signal")
    axes.set_ylim(bottom=0.0)
    axes.legend(
        frameon=False, fontsize=6.5, loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.4
    )


def _save(figure: Any, path: str | Path) -> Path:
    """Write a figure beside `path` and rename it."""
    target = Path(path)
    kind = target.suffix.lower().lstrip(".")
    if kind not in _FORMATS:
        raise DataFileError(str(path), "unknown format", hint=f"one of .{', .'.join(_FORMATS)}")
    for axes in figure.axes:
        axes.tick_params(colors=_DARK, labelcolor=_DARK)
        words = (axes.xaxis.label, axes.yaxis.label, *axes.get_legend().get_texts())
        for text in words:
            text.set_color(_DARK)
        for spine in axes.spines.values():
            spine.set_edgecolor(_DARK)
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else None
    figure.savefig(buffer, format=kind, dpi=300, transparent=False, metadata=metadata)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(buffer.getvalue())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataFileError(str(path), f"cannot be written ({error.strerror})") from error
    return target
