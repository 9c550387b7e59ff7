"""Formulas of ions set with sub- and superscripts, for figures (mathtext) and pages (HTML)."""

from __future__ import annotations

import re
from functools import lru_cache

from superatom.composition.cluster import Cluster
from superatom.errors import SuperatomError

__all__ = ["ion_html", "ion_mathtext"]

# A number after a symbol or closing bracket is an index; after + or - it is a multiple.
_INDEX = re.compile(r"(?<=[A-Za-z)\]])(\d+)")
_CHARGE = re.compile(r"\^(\d+)([+-])$")


@lru_cache(maxsize=4096)
def ion_mathtext(formula: str) -> str:
    r"""Return a formula for matplotlib, with sub- and superscripts.

    Examples
    --------
    >>> ion_mathtext("[Au2(PET)3]^1-")
    '$\\mathrm{[Au_{2}(PET)_{3}]^{-}}$'
    """
    cluster = _parsed(formula)
    if cluster is not None:
        return f"${cluster.text('latex')}$"
    body, charge = _split(formula.replace("$", "").replace("\\", ""))
    raised = f"^{{{charge}}}" if charge else ""
    return r"$\mathrm{" + _INDEX.sub(r"_{\1}", body).replace(" ", r"\ ") + raised + "}$"


@lru_cache(maxsize=4096)
def ion_html(formula: str) -> str:
    """Return a formula as safe HTML with sub and sup elements.

    Examples
    --------
    >>> str(ion_html("[Au2(PET)3]^1-"))
    '[Au<sub>2</sub>(PET)<sub>3</sub>]<sup>−</sup>'
    """
    from markupsafe import Markup, escape

    from superatom.report.templating import formula_html

    cluster = _parsed(formula)
    if cluster is not None:
        return formula_html(cluster)
    body, charge = _split(formula)
    lowered = _INDEX.sub(r"<sub>\1</sub>", str(escape(body)))
    return Markup(lowered + (f"<sup>{charge}</sup>" if charge else ""))


def _parsed(formula: str) -> Cluster | None:
    """Return the formula read as a cluster, or None if it holds names that only a user knows."""
    try:
        return Cluster.parse(formula)
    except SuperatomError:
        return None


def _split(formula: str) -> tuple[str, str]:
    """Return a formula without its charge, and the charge as it is printed ('2−')."""
    found = _CHARGE.search(formula)
    if found is None:
        return formula, ""
    size = "" if found[1] == "1" else found[1]
    sign = "\N{MINUS SIGN}" if found[2] == "-" else "+"
    return formula[: found.start()], size + sign
