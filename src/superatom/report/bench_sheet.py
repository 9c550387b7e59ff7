"""The bench sheet: a recipe on a page that can be printed and ticked off."""

from __future__ import annotations

import re
from pathlib import Path

from superatom.report.formula_markup import ion_html
from superatom.report.templating import render
from superatom.report.writing import write_whole
from superatom.synthesis.compounds import read_compound
from superatom.synthesis.recipes import Portion, Recipe

__all__ = ["bench_sheet", "measured", "species_html", "write_bench_sheet"]

_INDEX = re.compile(r"(?<=[A-Za-z)\]])(\d+)")
_MASSES = ((1.0, 1.0, "g"), (1e-3, 1e3, "mg"), (0.0, 1e6, "µg"))
_VOLUMES_ML = ((1000.0, 1e-3, "L"), (1.0, 1.0, "mL"), (0.0, 1e3, "µL"))
_AMOUNTS = ((1.0, 1.0, "mol"), (1e-3, 1e3, "mmol"), (0.0, 1e6, "µmol"))
_SCALES = {"g": _MASSES, "mL": _VOLUMES_ML, "mol": _AMOUNTS}


def measured(value: float | None, unit: str) -> str:
    """Write a quantity in the unit a balance or pipette shows.

    Parameters
    ----------
    value : float or None
        In `unit`; None gives the empty text.
    unit : str
        'g', 'mL' or 'mol'.

    Examples
    --------
    >>> measured(0.0834, "g"), measured(0.0441, "mL"), measured(9.5e-6, "mol")
    ('83.4 mg', '44.1 µL', '9.5 µmol')
    """
    if value is None:
        return ""
    factor, name = next((f, n) for least, f, n in _SCALES[unit] if abs(value) >= least)
    shown = value * factor
    digits = 1 if shown >= 10 else 2 if shown >= 1 else 3
    return f"{shown:.{digits}f}".rstrip("0").rstrip(".") + f" {name}"


def species_html(text: str) -> str:
    """Return a species as safe HTML; the brackets of equations become round or fall away.

    Examples
    --------
    >>> str(species_html("H<PET>")), str(species_html("Cd^2+")), str(species_html("AgNO3"))
    ('HPET', 'Cd<sup>2+</sup>', 'AgNO<sub>3</sub>')
    """
    from markupsafe import Markup, escape

    compound = read_compound(text)
    if compound.is_cluster:
        return ion_html(text.replace("<", "(").replace(">", ")"))
    named_bare = compound.is_ligand and not re.search(r"<\d", text)  # H(2,4-DMBT), not H2,4-DMBT
    brackets = ("", "") if named_bare else ("(", ")")
    plain = text.replace("<", brackets[0]).replace(">", brackets[1])
    body, caret, charge = plain.partition("^")
    body = body if caret else body.rstrip("+-") if compound.charge else body
    charge = charge or plain[len(body) :]
    lowered = _INDEX.sub(r"<sub>\1</sub>", str(escape(body)))
    raised = charge.replace("-", "\N{MINUS SIGN}")
    return Markup(lowered + (f"<sup>{escape(raised)}</sup>" if raised else ""))


def _row(portion: Portion) -> dict[str, str]:
    gas = None if portion.gas_volume_L is None else 1000 * portion.gas_volume_L
    excess = portion.amount_mol / portion.needed_mol if portion.needed_mol else 1.0
    return {
        "formula": species_html(portion.text),
        "name": portion.name or ("from the step before" if portion.role == "intermediate" else ""),
        "role": portion.role,
        "amount": measured(portion.amount_mol, "mol"),
        "equivalents": "" if portion.equivalents is None else f"{portion.equivalents:.3g}",
        "mass": measured(portion.mass_g, "g"),
        "volume": measured(gas if gas is not None else portion.volume_mL, "mL")
        + (" gas" if gas is not None else ""),
        "note": "; ".join(
            filter(None, (portion.note, f"{excess:.3g} times what the equation needs"
                          if excess > 1.001 and portion.role != "product" else ""))
        ),
    }  # fmt: skip


def bench_sheet(recipe: Recipe) -> str:
    """Return the bench sheet of a recipe as one HTML page that needs nothing else.

    Parameters
    ----------
    recipe : Recipe
        From `superatom.synthesis.recipes.scale`.
    """
    from markupsafe import Markup

    from superatom.report.mass_page import page_asset

    steps = [
        {
            "step": step,
            "equation": _equation_html(step.equation),
            "product": species_html(step.makes),
            "into": [_row(p) for p in step.portions if p.role in {"start", "intermediate"}],
            "out": [_row(p) for p in step.portions if p.role in {"product", "by-product"}],
            "solvent": measured(step.solvent_mL, "mL"),
        }
        for step in recipe.steps
    ]
    return render(
        "bench_sheet.html.j2",
        recipe=recipe,
        target=species_html(recipe.product),
        mass=measured(recipe.mass_g, "g"),
        amount=measured(recipe.amount_mol, "mol"),
        steps=steps,
        style=Markup(page_asset("mass_page.css") + page_asset("bench_sheet.css")),
    )


def _equation_html(equation: str) -> str:
    from markupsafe import Markup, escape

    sides = []
    for side in equation.split(" -> "):
        terms = []
        for term in side.split(" + "):
            number, blank, species = term.partition(" ")
            counted = blank and number.replace("/", "").isdecimal()
            body = species_html(species if counted else term)
            terms.append(Markup("{} {}").format(number, body) if counted else body)
        sides.append(Markup(" + ").join(terms))
    return Markup(" {} ").format(escape("→")).join(sides)


def write_bench_sheet(path: str | Path, recipe: Recipe) -> Path:
    """Write the bench sheet as an HTML page.

    Raises
    ------
    DataFileError
        If the file cannot be written.
    """
    return write_whole(path, bench_sheet(recipe))
