"""Read cluster formulas as chemists write and printers print them.

`parse_formulas` is the whole way: take the markup off (`markup`), separate several
formulas and definitions (`clauses`), repair damage (`repairs`), read the layout
(`layout`, with the names of `lexicon`), then charge, counter-ions, host and label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from superatom.composition.charges import implied_charge, read_charge, sign_of_charge
from superatom.composition.clauses import Statement, statements
from superatom.composition.cluster import Cluster
from superatom.composition.companions import CompanionReader, separate_counter_ions
from superatom.composition.counts import Expression
from superatom.composition.elements import elements
from superatom.composition.layout import METALS, LayoutReader, closing_bracket, is_solid
from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import LigandLibrary, default_library
from superatom.composition.markup import SUB, SUP, MarkedText, read_markup
from superatom.composition.parts import (
    Adduct,
    Companion,
    GroupPart,
    Layer,
    LigandPart,
    MetalPart,
    Part,
)
from superatom.composition.repairs import (
    balance_brackets,
    raise_charges,
    spell_out,
    take_off_ornaments,
    without_citation,
)
from superatom.composition.series import ClusterSeries
from superatom.errors import FormulaError, NotAClusterFormula

__all__ = ["parse_cluster", "parse_formula", "parse_formulas", "parse_series"]

_PREFIX_LABEL = re.compile(r"^(?:[A-D]|rac|R|S|Δ|Λ|cis|trans|l|d)-(?=[A-Z\[])")
#: An isomer marked behind its core, before the ligands: Au38*(TBBT)24.
_STARRED_CORE = re.compile(r"^\[?(?:[A-Z][a-z]?\d*)+(\*)(?=[(\[<])")
_OXIDATION_STATE = re.compile(r"^[A-Z][a-z]?\((?:0|I{1,3}|IV|V)\)\d*$")
_LABEL = re.compile(r"\(?-?([A-Za-z]|\d{1,2}[A-Za-z]?|iso\w{1,4}|[IVX]{1,4})\)?$|-(\w{1,4})$")
_SUPPORT = re.compile(r"[/-]([A-Za-z][\w.\-]{0,24})$")
#: Bare cores smaller than this on an unnamed support are alloys with a ratio (Pt3Au@...).
_SMALLEST_BARE_CORE = 8


@dataclass
class _Draft:
    """A formula while it is being read."""

    layers: tuple[Layer, ...] = ()
    charge: int | Expression | None = None
    companions: list[Companion] = field(default_factory=list)
    adducts: list[Adduct] = field(default_factory=list)
    host: str = ""
    support: str = ""
    isomer: str = ""
    polymeric: bool = False
    bracketed: bool = False


def parse_formulas(
    text: str,
    *,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> tuple[Cluster | ClusterSeries, ...]:
    """Read every formula of `text`; see `Cluster.parse` for the parameters.

    Raises
    ------
    FormulaError
        If the text holds no formula or one that cannot be read.
    """
    marked = read_markup(text)
    notes: list[str] = []
    marked = spell_out(without_citation(marked), notes)
    found = statements(marked)
    if not found:
        raise FormulaError("no formula in the text", text, hint="for instance [Au25(SC2H4Ph)18]-")
    lexicon = Lexicon(library or default_library())
    notes += _define(lexicon, found[0], definitions or {})
    return tuple(_read(statement, lexicon, list(notes)) for statement in found)


def parse_formula(
    text: str,
    *,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> Cluster | ClusterSeries:
    """Read the one formula of `text`; see `Cluster.parse` for the parameters.

    Raises
    ------
    FormulaError
        If it cannot be read, or the text holds several formulas.
    """
    found = parse_formulas(text, library=library, definitions=definitions)
    if len(found) > 1:
        raise FormulaError(
            f"{len(found)} formulas in one text: {', '.join(map(str, found))}",
            text,
            length=len(text),
            hint="give one, or use parse_formulas",
        )
    return found[0]


def parse_cluster(
    text: str,
    *,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> Cluster:
    """Read one cluster; see `Cluster.parse`."""
    found = parse_formula(text, library=library, definitions=definitions)
    if isinstance(found, ClusterSeries):
        raise FormulaError(
            f"{found} is a series, not one cluster",
            text,
            length=len(text),
            hint="use ClusterSeries.parse and expand it",
        )
    return found


def parse_series(
    text: str,
    *,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> ClusterSeries:
    """Read one series; see `ClusterSeries.parse`."""
    found = parse_formula(text, library=library, definitions=definitions)
    if isinstance(found, Cluster):
        raise FormulaError(
            f"{found} is one cluster, not a series",
            text,
            length=len(text),
            hint="a series has a variable count, as in Au25-xAgx(SR)18",
        )
    return found


def _define(lexicon: Lexicon, statement: Statement, given: Mapping[str, str]) -> list[str]:
    """Put definitions into the lexicon; return notes on those left open."""
    notes, usable = [], dict(given)
    for name, meanings in statement.definitions.items():
        if len(meanings) == 1 and name not in usable:
            usable[name] = meanings[0]
        elif len(meanings) > 1:
            notes.append(f"{name} = {' or '.join(meanings)}: left open")
    for name in [name for name, meaning in usable.items() if meaning in METALS]:
        lexicon.metals[name] = usable.pop(name)
    notes += [f"{n} = {m}: not understood, left open" for n, m in lexicon.define(usable).items()]
    return notes


def _read(statement: Statement, lexicon: Lexicon, notes: list[str]) -> Cluster | ClusterSeries:
    text = take_off_ornaments(statement.text, notes)
    draft = _Draft()
    if match := _PREFIX_LABEL.match(text.text):
        draft.isomer, text = match[0].rstrip("-"), text[match.end() :]
    if match := _STARRED_CORE.match(text.text):
        draft.isomer, text = "*", text[: match.start(1)] + text[match.end(1) :]
    if _OXIDATION_STATE.match(text.text):
        raise NotAClusterFormula(
            f"'{text.text}' is a metal with its oxidation state", text.raw, 0, len(text.raw)
        )
    text = raise_charges(text)
    text = balance_brackets(text, lexicon, notes)
    ions = CompanionReader(text, lexicon)
    draft.companions += ions.leading()
    text = text[ions.at :]
    rest = _core(text, lexicon, draft, notes)
    _tail(rest, lexicon, draft, notes)
    _settle(draft, text, notes)
    return _finish(draft, statement.domain, tuple(dict.fromkeys(notes)))


def _core(text: MarkedText, lexicon: Lexicon, draft: _Draft, notes: list[str]) -> MarkedText:
    """Read the cluster itself into `draft`; return what stands behind it."""
    end = closing_bracket(text.text, 0) if text.text[:1] in {"[", "("} else None
    if end is not None and _is_whole(text, end):
        reader = LayoutReader(text[1:end], lexicon, notes, depth=1)
        draft.layers = reader.layers()
        draft.adducts = reader.adducts
        inner_rest = text[1 + reader.at : end]
        if inner_rest.text and set(inner_rest.levels) == {SUP}:
            draft.charge, _ = _charge(inner_rest, True, notes)
        elif inner_rest.text:
            raise _unreadable(inner_rest)
        draft.bracketed = True
        rest = text[end + 1 :]
        if rest.text == "n" or (rest.text[:1] == "n" and rest.levels[:1] == SUB):
            draft.polymeric, rest = True, rest[1:]
        return rest
    reader = LayoutReader(text, lexicon, notes)
    draft.layers = reader.layers()
    draft.adducts = reader.adducts
    if not draft.layers:
        raise _unreadable(text)
    draft.bracketed = text.text[:1] == "[" and not isinstance(draft.layers[0][0], GroupPart)
    return text[reader.at :]


def _is_whole(text: MarkedText, end: int) -> bool:
    """Whether the bracket that ends at `end` holds the whole cluster, without a count."""
    behind, level = text.text[end + 1 : end + 2], text.levels[end + 1 : end + 2]
    if level == SUP or not behind:
        first = re.match(r"[A-Z][a-z]?", text.text[1:])
        alloy = text.text[0] == "(" and not re.search(r"\d", text.text[1:end])
        return not alloy and not (text.text[0] == "(" and not behind and first is None)
    if level == SUB:
        return behind == "n"
    return text.text[0] == "[" and not behind.isdigit() and behind != "{"


def _tail(rest: MarkedText, lexicon: Lexicon, draft: _Draft, notes: list[str]) -> None:
    """Read charge, host, support, counter-ions and label behind the cluster."""
    while rest.text:
        if rest.levels[0] == SUP:
            rest = _raised(rest, draft, notes)
        elif rest.text[0] == "@":
            draft.host, rest = rest.text[1:], rest[len(rest) :]
        elif (match := _SUPPORT.match(rest.text)) and _is_support(match):
            draft.support, rest = match[1], rest[match.end() :]
        else:
            ions = CompanionReader(rest, lexicon)
            found = ions.trailing()
            if found:
                draft.companions += found
                rest = rest[ions.at :]
            elif match := _LABEL.match(rest.text):
                draft.isomer, rest = match[1] or match[2], rest[match.end() :]
            elif rest.text == "*":
                draft.isomer, rest = "*", rest[1:]
            else:
                raise _unreadable(rest)


def _is_support(match: re.Match[str]) -> bool:
    """Whether a support is written: anything behind a slash, a solid behind a hyphen."""
    return match[0][0] == "/" or is_solid(match[1])


def _raised(rest: MarkedText, draft: _Draft, notes: list[str]) -> MarkedText:
    end = rest.at_level(SUP)
    if draft.charge is None:
        draft.charge, power = _charge(rest[:end], draft.bracketed, notes)
        if power:
            draft.bracketed = False
    return rest[end:]


def _charge(
    raised: MarkedText, bracketed: bool, notes: list[str]
) -> tuple[int | Expression | None, bool]:
    """Return the charge that stands above the line, and whether it is a power instead."""
    charge = read_charge(raised.text, bracketed)
    if charge.note:
        notes.append(charge.note)
    return charge.value, charge.is_power


def _unreadable(rest: MarkedText) -> FormulaError:
    atoms = re.match(r"(?:[A-Z][a-z]?\d*)+", rest.text)
    kind = NotAClusterFormula if atoms and _all_elements(atoms[0]) else FormulaError
    return kind(
        f"cannot read '{rest.text[:40]}'",
        rest.raw,
        rest.column(0),
        min(len(rest), 40),
        "expected a metal, a ligand in brackets, a charge such as 2- or a counter-ion",
    )


def _all_elements(text: str) -> bool:
    return all(symbol in elements() for symbol in re.findall(r"[A-Z][a-z]?", text))


def _settle(draft: _Draft, text: MarkedText, notes: list[str]) -> None:
    """Sort out counter-ions and charge once everything is read."""
    draft.layers, inside = separate_counter_ions(draft.layers, notes)
    draft.companions += inside
    if draft.companions and any(c.charge for c in draft.companions):
        draft.bracketed = draft.bracketed or bool(inside)
    draft.companions, implied = implied_charge(draft.layers, draft.charge, draft.companions, notes)
    if draft.charge is None:
        draft.charge = implied
    if isinstance(draft.charge, Expression) and draft.charge.terms[0][0] == "sign":
        draft.charge = sign_of_charge(draft.layers, draft.charge.constant, notes)
    _refuse_other_matter(draft, text)


def _refuse_other_matter(draft: _Draft, text: MarkedText) -> None:
    """Raise if what was read is no cluster: no metal, a solid, an alloy with a ratio."""
    parts = list(_all_parts(draft.layers))
    metals = [part for part in parts if isinstance(part, MetalPart)]
    ligands = [part for part in parts if isinstance(part, LigandPart)]

    def refuse(why: str) -> NotAClusterFormula:
        return NotAClusterFormula(
            why, text.raw, 0, len(text.raw), "expected something like [Au25(SC2H4Ph)18]-"
        )

    if not metals:
        raise refuse("no metal atoms: not the formula of a metal cluster")
    numbers = [m.count for m in metals if isinstance(m.count, int | float)]
    constant = [m.count.constant for m in metals if isinstance(m.count, Expression)]
    total = sum(numbers) + sum(constant)
    if (total <= 1 and len(metals) > 1) or any(isinstance(n, float) and n < 1 for n in numbers):
        raise refuse("mole fractions: an alloy, not an atomically precise cluster")
    unnumbered = total == len(metals) and not any(m.printed_one for m in metals)
    if not ligands and not constant and unnumbered and draft.charge is None:
        raise refuse("metals without numbers: an alloy or an element, not a cluster")
    if not ligands and draft.host and total < _SMALLEST_BARE_CORE and not _is_template(draft.host):
        raise refuse(f"a ratio of metals on '{draft.host}', not an atomically precise cluster")
    small = ligands and all(
        part.ligand.kind in {"chalcogenide", "interstitial"} for part in ligands
    )
    if small and draft.charge is None and not draft.bracketed and total < _SMALLEST_BARE_CORE:
        raise refuse("a binary compound or a coordination site, not a cluster")


def _is_template(host: str) -> bool:
    library = default_library()
    return all(
        any(m.kind == "template" for m in library.meanings(name)) for name in host.split("-")
    )


def _all_parts(layers: tuple[tuple[Part, ...], ...]) -> list[MetalPart | LigandPart]:
    found: list[MetalPart | LigandPart] = []
    for layer in layers:
        for part in layer:
            found += _all_parts((part.parts,)) if isinstance(part, GroupPart) else [part]
    return found


def _finish(
    draft: _Draft, domain: Mapping[str, tuple[int, ...]], notes: tuple[str, ...]
) -> Cluster | ClusterSeries:
    series = any(not isinstance(p.count, int | float) for p in _all_parts(draft.layers))
    if series or isinstance(draft.charge, Expression):
        return ClusterSeries(
            layers=draft.layers,
            charge=draft.charge,
            companions=tuple(draft.companions),
            adducts=tuple(draft.adducts),
            host=draft.host,
            support=draft.support,
            isomer=draft.isomer,
            polymeric=draft.polymeric,
            bracketed=draft.bracketed,
            notes=notes,
            domain=tuple(domain.items()),
        )
    return Cluster(
        layers=draft.layers,
        charge=draft.charge,
        companions=tuple(draft.companions),
        adducts=tuple(draft.adducts),
        host=draft.host,
        support=draft.support,
        isomer=draft.isomer,
        polymeric=draft.polymeric,
        bracketed=draft.bracketed,
        notes=notes,
    )
