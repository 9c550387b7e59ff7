"""Interactive page of a mass spectrum: one HTML file that asks nothing of a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.composition.cluster import Cluster
from superatom.errors import SuperatomError
from superatom.report.formula_markup import ion_html
from superatom.report.mass_figure import by_window, thinned
from superatom.report.templating import number, render, signed
from superatom.report.writing import write_whole

if TYPE_CHECKING:
    from markupsafe import Markup

    from superatom.spectra.mass.assignments import Assignment, Assignments, Component
    from superatom.spectra.mass.byproducts import NamedByproduct
    from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["mass_page", "page_asset", "write_mass_page"]

_MOST_POINTS = 200_000
_MOST_NAMED = 6  # equivalent formulas written out in a row

_Array = NDArray[np.float64]


def mass_page(
    spectrum: Spectrum,
    assignments: Assignments | None = None,
    *,
    byproducts: Sequence[NamedByproduct] = (),
    title: str = "",
) -> str:
    """Return the page: the spectrum to zoom and pan, fits over it, and the table of windows.

    Parameters
    ----------
    spectrum : Spectrum
        What was measured; more than 200 000 points are thinned, extremes kept.
    assignments : Assignments, optional
        What was found in it.
    byproducts : sequence of NamedByproduct
        What was named at low m/z.
    title : str
        Heading; the source of the spectrum by default.
    """
    from markupsafe import Markup

    found = assignments.assignments if assignments else ()
    groups = by_window(found)
    notes = [*spectrum.notes, *(assignments.notes if assignments else ())]
    doubts = (f"m/z {each.window.mz_lo:.2f}: {note}" for each in found for note in each.notes)
    notes = list(dict.fromkeys([*notes, *doubts]))
    return render(
        "mass_page.html.j2",
        title=title or spectrum.source or "Mass spectrum",
        subtitle=_subtitle(spectrum, assignments),
        rows=[_row(place, each) for place, group in enumerate(groups) for each in group],
        byproducts=[_byproduct(hit) for hit in byproducts],
        notes=notes,
        origin=assignments.provenance if assignments else spectrum.provenance,
        style=Markup(page_asset("mass_page.css")),
        script=Markup(page_asset("mass_page.js")),
        data=Markup(_json(_data(spectrum, groups))),
    )


def write_mass_page(
    path: str | Path,
    spectrum: Spectrum,
    assignments: Assignments | None = None,
    *,
    byproducts: Sequence[NamedByproduct] = (),
    title: str = "",
) -> Path:
    """Write the page of `mass_page`, whole or not at all.

    Raises
    ------
    DataFileError
        If the file cannot be written.
    """
    return write_whole(path, mass_page(spectrum, assignments, byproducts=byproducts, title=title))


def page_asset(name: str) -> str:
    """Return a style sheet or script of `report/templates`."""
    return (resources.files("superatom.report") / "templates" / name).read_text(encoding="utf-8")


def _json(data: object) -> str:
    """Return JSON that can stand in a script element."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _subtitle(spectrum: Spectrum, assignments: Assignments | None) -> str:
    kind = "profile" if spectrum.profile else "centroids"
    sign = {1: "positive ions", -1: "negative ions"}.get(spectrum.polarity, "polarity not known")
    text = f"{len(spectrum)} points, {kind}, {sign}"
    if assignments is not None:
        text += f" · search space: {assignments.space} ({number(assignments.space_size, 0)} ions)"
    return text


def _row(place: int, assignment: Assignment) -> dict[str, Any]:
    """Return the row of one species of the window number `place`."""
    best = assignment.best
    if best is None:
        names = ("charge", "share", "probability", "r_squared", "shift", "equivalent")
        mz = f"{(assignment.window.mz_lo + assignment.window.mz_hi) / 2:.3f}"
        empty = dict.fromkeys(names, "")
        return {"number": place, "mz": mz, "formula": "nothing in the space fits", **empty}
    others = [each for each in assignment.equivalent if each.formula != best.formula]
    return {
        "number": place,
        "mz": f"{best.base_mz:.4f}",
        "formula": ion_html(best.formula) if assignment.believable else _doubted(best.formula),
        "charge": signed(best.charge),
        "share": _share(assignment.components[assignment.component]),
        "probability": f"{best.probability_with_evidence:.2f}",
        "r_squared": f"{best.r_squared:.3f}",
        "shift": signed(round(best.shift_ppm, 1)),
        "equivalent": _named([each.formula for each in others]),
    }


def _doubted(formula: str) -> Markup:
    from markupsafe import Markup

    return Markup("not assigned: fits poorly ({})").format(ion_html(formula))


def _share(component: Component) -> str:
    error = 100 * component.fraction_error
    spread = f" ± {max(1.0, error):.0f}" if np.isfinite(error) and error > 0 else ""
    return f"{100 * component.fraction:.0f}{spread} %"


def _named(formulas: Sequence[str]) -> str:
    from markupsafe import Markup

    text = Markup(", ").join(ion_html(each) for each in formulas[:_MOST_NAMED])
    rest = len(formulas) - _MOST_NAMED
    return Markup(text + (f" and {rest} more" if rest > 0 else ""))


def _byproduct(hit: NamedByproduct) -> dict[str, str]:
    return {
        "mz": f"{hit.measured_mz:.4f}",
        "formula": ion_html(hit.byproduct.formula),
        "kind": hit.byproduct.kind,
        "error": signed(round(hit.error_ppm, 1)),
        "similarity": f"{hit.similarity:.3f}",
    }


def _data(spectrum: Spectrum, groups: Sequence[Sequence[Assignment]]) -> dict[str, Any]:
    mz, intensity = thinned(spectrum.mz, spectrum.intensity, _MOST_POINTS // 2)
    if mz.size < len(spectrum):  # windows are looked at closely: keep every point of theirs
        kept = np.isin(spectrum.mz, mz)
        for group in groups:
            window = group[0].window
            first, last = np.searchsorted(spectrum.mz, [window.mz_lo, window.mz_hi])
            kept[first:last] = True
        mz, intensity = spectrum.mz[kept], spectrum.intensity[kept]
    return {
        "profile": spectrum.profile,
        "mz": _short(mz, 5),
        "intensity": _figures(intensity),
        "windows": [_window(group[0]) for group in groups],
    }


def _window(assignment: Assignment) -> dict[str, Any]:
    trace = assignment.trace
    top = int(trace.measured.argmax()) if trace.measured.size else -1
    return {
        "lo": assignment.window.mz_lo,
        "hi": assignment.window.mz_hi,
        "apex": float(trace.mz[top]) if top >= 0 else assignment.window.mz_lo,
        "top": float(trace.measured[top]) if top >= 0 else 0.0,
        "label": _plain(assignment.best.formula) if assignment.best else "",
        "mz": _short(trace.mz, 5),
        "measured": _figures(trace.measured),
        "fitted": _figures(trace.fitted),
        "components": [
            {
                "label": f"{_plain(each.formula)}  {_share(each)}",
                "curve": _figures(trace.components[row] + trace.baseline),
            }
            for row, each in enumerate(assignment.components)
        ],
    }


def _plain(formula: str) -> str:
    """Return a formula with Unicode indices, for a canvas."""
    try:
        return Cluster.parse(formula).text("unicode")
    except SuperatomError:
        return formula


def _short(values: _Array, decimals: int) -> list[float]:
    rounded: list[float] = np.round(values, decimals).tolist()
    return rounded


def _figures(values: _Array) -> list[float]:
    """Round to five figures of the largest value."""
    top = float(np.abs(values).max(initial=0.0))
    return _short(values, 5 - int(np.floor(np.log10(top))) - 1 if top > 0 else 0)
