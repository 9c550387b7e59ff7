"""Write a formula: text (the normal form), Unicode, LaTeX or HTML.

The text style is the normal form of the field's tables: ligands in brackets, charge as
``^2-``, counter-ions after a dot with a count in front, counts with a variable in
braces. It is the one that `Cluster.parse` reads back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superatom.composition.counts import Count, Expression, count_text
from superatom.composition.parts import Companion, GroupPart, Layer, LigandPart, MetalPart, Part
from superatom.composition.series import ClusterSeries

if TYPE_CHECKING:
    from superatom.composition.cluster import Formula

__all__ = ["STYLES", "render"]

_MONATOMIC = re.compile(r"[A-Z][a-z]?")


@dataclass(frozen=True, slots=True)
class Style:
    """How one output style writes the pieces of a formula.

    Attributes
    ----------
    sub : callable
        Writes a count.
    sup : callable
        Writes a charge such as '2-'.
    name : callable
        Writes a ligand name, whose own digits are subscripts.
    dot : str
        Stands between the cluster and its counter-ions.
    """

    sub: Callable[[str], str]
    sup: Callable[[str], str]
    name: Callable[[str], str]
    dot: str


_SUB = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUP = str.maketrans("0123456789+-q", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻q")
#: Digits that count atoms inside a ligand name: behind a letter or a bracket, and not
#: the locants of '2,4-' or the label of 'L1'.
_NAME_DIGITS = re.compile(r"(?<=[A-Za-z)])(?<!\bL)(\d+)(?![,-]\d|-[A-Z(])")


def _bare_charge(charge: str) -> str:
    """Return '-' for '1-': other styles than text leave out the 1."""
    return charge[1:] if re.fullmatch(r"1[+-]", charge) else charge


STYLES: dict[str, Style] = {
    "text": Style(sub=lambda n: n, sup=lambda q: f"^{q}", name=lambda s: s, dot="."),
    "unicode": Style(
        sub=lambda n: n.strip("{}").translate(_SUB),
        sup=lambda q: _bare_charge(q).translate(_SUP),
        name=lambda s: _NAME_DIGITS.sub(lambda m: m[0].translate(_SUB), s.replace("#", "≡")),
        dot="·",
    ),
    "latex": Style(
        sub=lambda n: "_{" + n.strip("{}") + "}",
        sup=lambda q: "^{" + _bare_charge(q) + "}",
        name=lambda s: _NAME_DIGITS.sub(r"_{\1}", s).replace("#", r"\equiv{}"),
        dot=r"\cdot{}",
    ),
    "html": Style(
        sub=lambda n: f"<sub>{n.strip('{}').replace('-', '−')}</sub>",
        sup=lambda q: f"<sup>{_bare_charge(q).replace('-', '−')}</sup>",
        name=lambda s: _NAME_DIGITS.sub(r"<sub>\1</sub>", s.replace("#", "≡")),
        dot="·",
    ),
}


def render(formula: Formula, style: str = "text", *, label: bool = True) -> str:
    """Return `formula` in one of `STYLES`, with or without isomer label and domain.

    Raises
    ------
    KeyError
        If there is no such style.
    """
    write = STYLES[style]
    body = "@".join(_layer(layer, write) for layer in formula.layers)
    body += "".join(_adduct(a.name, a.count, write) for a in formula.adducts)
    text = body
    if formula.bracketed or formula.charge is not None or formula.polymeric:
        text = f"[{body}]"
    if formula.polymeric:
        text += write.sub("n")
    if formula.charge is not None:
        text += write.sup(_charge_text(formula.charge))
    if formula.host:
        text += "@" + write.name(formula.host)
    if formula.support:
        text += "/" + write.name(formula.support)
    text += "".join(write.dot + _companion(c, write) for c in formula.companions)
    if formula.isomer and label:
        text += "*" if formula.isomer == "*" else f"-{formula.isomer}"
    if label and isinstance(formula, ClusterSeries) and formula.domain:
        text += _domain_text(formula.domain)
    return rf"\mathrm{{{text}}}" if style == "latex" else text


def _layer(layer: Layer, write: Style) -> str:
    return "".join(_part(part, write) for part in layer)


def _part(part: Part, write: Style) -> str:
    if isinstance(part, GroupPart):
        inner = _layer(part.parts, write)
        return f"[{inner}]" + _number(part.count, False, write)
    number = _number(part.count, part.printed_one, write)
    if isinstance(part, MetalPart):
        symbols = "".join(part.symbols)
        return (f"({symbols})" if len(part.symbols) > 1 else symbols) + number
    return _ligand(part, write) + number


def _ligand(part: LigandPart, write: Style) -> str:
    if _MONATOMIC.fullmatch(part.name) and part.name in _ATOM_LIGANDS:
        return part.name
    return f"({write.name(part.name)})"


#: Ligands of one atom, written without brackets.
_ATOM_LIGANDS = frozenset({"H", "D", "F", "Cl", "Br", "I", "O", "S", "Se", "Te", "C", "N", "X"})


def _number(count: Count, printed_one: bool, write: Style) -> str:
    return write.sub(count_text(count)) if count != 1 or printed_one else ""


def _charge_text(charge: int | Expression) -> str:
    if isinstance(charge, Expression):
        return str(charge)
    return "0" if charge == 0 else f"{abs(charge)}{'+' if charge > 0 else '-'}"


def _companion(companion: Companion, write: Style) -> str:
    count = "" if companion.count == 1 else count_text(companion.count)
    name = write.name(companion.name)
    if companion.charge:
        if not _MONATOMIC.fullmatch(companion.name):
            name = f"[{name}]"
        name += write.sup(_charge_text(companion.charge))
    return count + name


def _adduct(name: str, count: int, write: Style) -> str:
    size = "" if abs(count) == 1 else str(abs(count))
    return ("+" if count > 0 else "-") + size + write.name(name)


def _domain_text(domain: tuple[tuple[str, tuple[int, ...]], ...]) -> str:
    return " (" + "; ".join(f"{name} = {_values_text(values)}" for name, values in domain) + ")"


def _values_text(values: tuple[int, ...]) -> str:
    if len(values) > 2 and values == tuple(range(values[0], values[-1] + 1)):
        return f"{values[0]}-{values[-1]}"
    return ", ".join(map(str, values))
