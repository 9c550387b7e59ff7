"""Templates of the report and the pieces of HTML that all of them need."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from superatom.composition.cluster import Cluster
from superatom.composition.series import ClusterSeries

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["formula_html", "number", "render", "signed", "with_superscripts"]

_ESCAPED_INDEX = re.compile(r"&lt;(/?su[bp])&gt;")


def formula_html(cluster: Cluster | ClusterSeries) -> str:
    """Return the formula as safe HTML: only sub- and superscripts are markup.

    Ligand names come from users' files, so everything else is escaped.
    """
    from markupsafe import Markup, escape

    return Markup(_ESCAPED_INDEX.sub(r"<\1>", str(escape(cluster.text("html")))))


def with_superscripts(configuration: str) -> str:
    """Return '1S2 1P6' as HTML with the electrons raised."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(\d[A-Z])(\d+)", r"\1<sup>\2</sup>", str(escape(configuration))))


def signed(value: float) -> str:
    """Return a charge or a difference with its sign: '0', '+2', '−4', '+26.3'."""
    return f"{value:+g}".replace("-", "\N{MINUS SIGN}") if value else "0"


def number(value: float, decimals: int = 3) -> str:
    """Return a number with a true minus sign, and thin spaces in five digits and more."""
    grouped = f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"
    return grouped.replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", "\N{MINUS SIGN}")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = resources.files("superatom.report") / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    environment.filters["signed"] = signed
    return environment


def render(template: str, **context: Any) -> str:
    """Return a template of `report/templates` filled in; the result is safe HTML."""
    from markupsafe import Markup

    return Markup(_environment().get_template(template).render(**context))
