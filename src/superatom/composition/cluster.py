"""`Cluster` and `ClusterSeries`: what a formula of a nanocluster says.

Both hold a formula as it is laid out in print (layers of metal, ligand and group
parts) and answer questions about it: metals, ligands, charge, elements. Two clusters
are equal when they mean the same: printed order and the name chosen for a ligand
(PET, SC2H4Ph) do not matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar, cast

from superatom.composition.counts import Count, CountRange, Expression, Number
from superatom.composition.ligands import Ligand, LigandLibrary, default_library
from superatom.errors import SuperatomError, UnknownComposition

__all__ = [
    "GENERIC_METAL",
    "Adduct",
    "Cluster",
    "ClusterSeries",
    "Companion",
    "GroupPart",
    "Layer",
    "LigandPart",
    "MetalPart",
    "Part",
]

_Key = TypeVar("_Key")

#: Symbol of a metal that the formula leaves open, as in M25(SR)18.
GENERIC_METAL = "M"


@dataclass(frozen=True, slots=True)
class MetalPart:
    """Metal atoms: Au25, M24, or (AuAg)44 when the ratio is not given.

    Attributes
    ----------
    symbols : tuple[str, ...]
        One element (or `GENERIC_METAL`); several for an alloy of unspecified ratio.
    count : Count
        Number of atoms.
    printed_one : bool
        Whether a count of 1 is printed (Pt1Au24).
    """

    symbols: tuple[str, ...]
    count: Count = 1
    printed_one: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """'Au', or 'Au+Ag' for an alloy of unspecified ratio."""
        return "+".join(self.symbols)


@dataclass(frozen=True, slots=True)
class LigandPart:
    """A ligand and how often it occurs.

    Attributes
    ----------
    ligand : Ligand
        What is meant.
    count : Count
        How many.
    printed : str
        Name used in this formula ('SC2H4Ph'); the ligand's own name if empty.
    printed_one : bool
        Whether a count of 1 is printed.
    """

    ligand: Ligand
    count: Count = 1
    printed: str = field(default="", compare=False)
    printed_one: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """Name to print."""
        return self.printed or self.ligand.name


@dataclass(frozen=True, slots=True)
class GroupPart:
    """Parts in brackets that occur together `count` times, as in [Au13Cd2...]2Cd."""

    parts: tuple[Part, ...]
    count: Count = 1


Part = MetalPart | LigandPart | GroupPart
Layer = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Companion:
    """A counter-ion or solvate of the crystal or salt, written after a dot."""

    ligand: Ligand
    count: Count = 1
    printed: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """Name to print."""
        return self.printed or self.ligand.name

    @property
    def charge(self) -> int:
        """Charge of one (0 for a solvent)."""
        return -(self.ligand.charge_taken or 0)


@dataclass(frozen=True, slots=True)
class Adduct:
    """Atoms gained or lost by an ion in flight, as the +4Na of [Au25(pMBA)18-9H+4Na]4-.

    Attributes
    ----------
    name : str
        Element symbol or ligand name.
    count : int
        Negative if lost.
    elements : tuple[tuple[str, int], ...]
        Atoms of one.
    """

    name: str
    count: int
    elements: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Formula:
    """What `Cluster` and `ClusterSeries` share: a layout and the questions it answers."""

    layers: tuple[Layer, ...]
    charge: int | Expression | None = None
    companions: tuple[Companion, ...] = ()
    adducts: tuple[Adduct, ...] = ()
    host: str = ""
    support: str = ""
    isomer: str = ""
    polymeric: bool = False
    bracketed: bool = False
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[tuple[MetalPart | LigandPart, Count], ...]:
        """Metal and ligand parts with their total counts, groups multiplied out."""
        return tuple(_flatten(itertools.chain.from_iterable(self.layers), 1))

    @property
    def is_layered(self) -> bool:
        """Whether the formula tells its shells (Cu8@Cu6@...)."""
        return len(self.layers) > 1

    def __str__(self) -> str:
        return self.text()

    def text(self, style: str = "text", *, label: bool = True) -> str:
        """Return the formula in a style: 'text', 'unicode', 'latex' or 'html'.

        Without `label` the isomer label and the values of variables are left out.
        """
        from superatom.composition.styles import render

        return render(self, style, label=label)


def _flatten(
    parts: Iterator[Part] | Layer, factor: int
) -> Iterator[tuple[MetalPart | LigandPart, Count]]:
    for part in parts:
        if isinstance(part, GroupPart):
            inner = part.count
            if not isinstance(inner, int):
                raise SuperatomError(
                    "a bracketed group inside a formula must occur a whole number of times"
                )
            yield from _flatten(part.parts, factor * inner)
        else:
            yield part, _times(part.count, factor)


def _times(count: Count, factor: int) -> Count:
    if factor == 1:
        return count
    if isinstance(count, Expression):
        return Expression(factor * count.constant, tuple((v, factor * f) for v, f in count.terms))
    if isinstance(count, CountRange):
        return CountRange(factor * count.low, factor * count.high)
    return factor * count


@dataclass(frozen=True, slots=True, eq=False)
class Cluster(_Formula):
    """One cluster: metals, ligands, charge, and what comes with it.

    Use `Cluster.parse` for a formula as chemists write it and `Cluster.of` for counts.

    Attributes
    ----------
    layers : tuple[Layer, ...]
        Formula as laid out; more than one layer if it is written with @.
    charge : int or None
        Charge of the cluster ion in units of e; None if not known (not the same as 0).
    companions : tuple[Companion, ...]
        Counter-ions and solvates.
    adducts : tuple[Adduct, ...]
        Atoms gained or lost in flight; counted in `elements`, not in `metals`.
    host : str
        Template the cluster sits in ('BSA'); empty if none.
    support : str
        Solid the cluster sits on ('TiO2'); empty if none.
    isomer : str
        Label that tells isomers or samples apart ('Q', 'T', 'a').
    polymeric : bool
        Whether the formula is the repeat unit of a polymer.
    bracketed : bool
        Whether the formula is printed in square brackets also where it need not be.
    notes : tuple[str, ...]
        Every guess made while the formula was read.

    Examples
    --------
    >>> cluster = Cluster.parse("[Au25(SC2H4Ph)18]-")
    >>> str(cluster)
    '[Au25(SC2H4Ph)18]^1-'
    >>> cluster.metals, cluster.charge
    (mappingproxy({'Au': 25}), -1)
    """

    charge: int | None = None

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        library: LigandLibrary | None = None,
        definitions: Mapping[str, str] | None = None,
    ) -> Cluster:
        """Read one cluster from a formula in any markup.

        Parameters
        ----------
        text : str
            Formula: plain, LaTeX, HTML, Unicode, or a mixture.
        library : LigandLibrary, optional
            Ligands known; the built-in library by default.
        definitions : mapping, optional
            Meaning of generic names, such as ``{"SR": "SC2H4Ph"}``.

        Raises
        ------
        FormulaError
            If the text cannot be read, or is a series or several formulas.
        """
        from superatom.composition.formula import parse_cluster

        return parse_cluster(text, library=library, definitions=definitions)

    @classmethod
    def of(
        cls,
        metals: Mapping[str, int],
        ligands: Mapping[str, int] | Mapping[Ligand, int] = MappingProxyType({}),
        charge: int | None = None,
        *,
        isomer: str = "",
        library: LigandLibrary | None = None,
    ) -> Cluster:
        """Return the cluster with the given counts; parts with count 0 are left out.

        Raises
        ------
        KeyError
            If the library has no ligand of a given name.
        """
        known = library or default_library()
        parts: list[Part] = [MetalPart((symbol,), n) for symbol, n in metals.items() if n]
        for name, n in ligands.items():
            if n:
                if isinstance(name, Ligand):
                    parts.append(LigandPart(name, n))
                else:
                    parts.append(LigandPart(known[name], n, printed=name))
        return cls(
            layers=(tuple(parts),), charge=charge, isomer=isomer, bracketed=charge is not None
        )

    @property
    def metals(self) -> Mapping[str, Number]:
        """Number of atoms of each metal, in the order printed, without adducts."""
        return MappingProxyType(
            _totals((part.name, n) for part, n in self.parts if isinstance(part, MetalPart))
        )

    @property
    def ligands(self) -> Mapping[Ligand, Number]:
        """Number of each ligand, in the order printed."""
        return MappingProxyType(
            _totals((part.ligand, n) for part, n in self.parts if isinstance(part, LigandPart))
        )

    @property
    def n_metals(self) -> Number:
        """Number of metal atoms (generic and unspecified ones included)."""
        return sum(self.metals.values())

    @property
    def n_ligands(self) -> Number:
        """Number of ligands."""
        return sum(self.ligands.values())

    @property
    def elements(self) -> Mapping[str, Number]:
        """Atoms of the cluster ion: metals, ligands and adducts, no counter-ions.

        Raises
        ------
        UnknownComposition
            If a part is generic (M, SR, L) or an alloy of unspecified ratio.
        """
        return MappingProxyType(_elements(self))

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes this cluster the same as another, whatever the spelling."""
        return (
            tuple(sorted(self.metals.items())),
            tuple(sorted((ligand.name, ligand.formula, n) for ligand, n in self.ligands.items())),
            self.charge,
            tuple(sorted((c.ligand.name, c.ligand.formula, str(c.count)) for c in self.companions)),
            tuple(sorted((a.name, a.count) for a in self.adducts)),
            self.host,
            self.support,
            self.isomer,
            self.polymeric,
            tuple(_layer_identity(layer) for layer in self.layers) if self.is_layered else (),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cluster) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def with_charge(self, charge: int | None) -> Cluster:
        """Return the same cluster with another charge."""
        return replace(self, charge=charge)


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSeries(_Formula):
    """Clusters whose counts depend on variables, as in Au25-xAgx(SR)18 (x = 0-9).

    Attributes
    ----------
    domain : tuple[tuple[str, tuple[int, ...]], ...]
        Values each variable can take, where the text says so. The name 'q' stands for
        a charge left open.

    Examples
    --------
    >>> series = ClusterSeries.parse("Au25-xAgx(SR)18 (x = 0-2)")
    >>> [str(cluster) for cluster in series]
    ['Au25(SR)18', 'Au24Ag1(SR)18', 'Au23Ag2(SR)18']
    """

    domain: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        library: LigandLibrary | None = None,
        definitions: Mapping[str, str] | None = None,
    ) -> ClusterSeries:
        """Read a series from a formula in any markup; see `Cluster.parse`.

        Raises
        ------
        FormulaError
            If the text cannot be read or has no variable in it.
        """
        from superatom.composition.formula import parse_series

        return parse_series(text, library=library, definitions=definitions)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the order printed ('range1', ... for Au10-12)."""
        found: dict[str, None] = {}
        counts: list[object] = [n for _, n in self.parts]
        for value in (*counts, self.charge):
            if isinstance(value, Expression):
                found.update(dict.fromkeys(value.variables))
        found.update(dict.fromkeys(name for name, _ in self._ranges()))
        return tuple(found)

    def _ranges(self) -> list[tuple[str, CountRange]]:
        ranges = [n for _, n in self.parts if isinstance(n, CountRange)]
        return [(f"range{i}", count) for i, count in enumerate(ranges, 1)]

    def expand(self, **values: Iterable[int]) -> Iterator[Cluster]:
        """Yield the clusters of the series, the first variable varying slowest.

        Members in which a count would be negative are left out; metals and ligands
        with count 0 drop out of the formula.

        Parameters
        ----------
        **values : iterable of int
            Values of variables; those of `domain` where none are given here.

        Raises
        ------
        UnknownComposition
            If a variable has no values.
        """
        known: dict[str, Iterable[int]] = {
            **{name: range(r.low, r.high + 1) for name, r in self._ranges()},
            **dict(self.domain),
            **values,
        }
        missing = [name for name in self.variables if name not in known]
        if missing:
            raise UnknownComposition(
                f"the series {self} does not say which values {', '.join(missing)} can take; "
                f"write them behind the formula, as in '(x = 0-9)'"
            )
        names = self.variables
        for chosen in itertools.product(*(tuple(known[name]) for name in names)):
            member = self.member(**dict(zip(names, chosen, strict=True)))
            if member is not None:
                yield member

    def __iter__(self) -> Iterator[Cluster]:
        return self.expand()

    def member(self, **values: int) -> Cluster | None:
        """Return the cluster for one value of each variable; None if a count is negative."""
        ranges = iter(self._ranges())

        def number(count: Count) -> Number:
            if isinstance(count, CountRange):
                return values[next(ranges)[0]]
            return count.at(values) if isinstance(count, Expression) else count

        layers = tuple(
            tuple(p for p in (_with_count(part, number) for part in layer) if p is not None)
            for layer in self.layers
        )
        charge = self.charge.at(values) if isinstance(self.charge, Expression) else self.charge
        if any(
            isinstance(n, int | float) and n < 0 for layer in layers for _, n in _flatten(layer, 1)
        ):
            return None
        return Cluster(
            layers=tuple(layer for layer in layers if layer),
            charge=charge,
            companions=self.companions,
            adducts=self.adducts,
            host=self.host,
            support=self.support,
            isomer=self.isomer,
            polymeric=self.polymeric,
            bracketed=self.bracketed,
            notes=self.notes,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSeries) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return (
            frozenset((p.name if isinstance(p, MetalPart) else p.ligand, n) for p, n in self.parts),
            self.charge,
            self.companions,
            self.adducts,
            self.host,
            self.support,
            self.isomer,
            self.polymeric,
            self.domain,
        )


def _with_count(part: Part, number: Callable[[Count], Number]) -> Part | None:
    """Return `part` with its count as a number; None if there is none of it."""
    if isinstance(part, GroupPart):
        inner = tuple(p for p in (_with_count(q, number) for q in part.parts) if p is not None)
        return replace(part, parts=inner, count=number(part.count))
    count = number(part.count)
    return (
        replace(part, count=count, printed_one=part.printed_one or part.count != count)
        if count
        else None
    )


def _totals(pairs: Iterable[tuple[_Key, Count]]) -> dict[_Key, Number]:
    """Return the sum of the counts of each key, in order of first appearance."""
    totals: dict[_Key, Number] = {}
    for key, count in pairs:
        if not isinstance(count, int | float):
            raise UnknownComposition(f"'{count}' is not a number: expand the series first")
        totals[key] = totals.get(key, 0) + count
    return totals


def _elements(cluster: Cluster) -> dict[str, Number]:
    """Return the atoms of the cluster ion."""
    atoms: dict[str, Number] = {}
    for part, count in cluster.parts:
        own = _atoms_of(part)
        for symbol, n in own.items():
            atoms[symbol] = atoms.get(symbol, 0) + n * cast(Number, count)
    for adduct in cluster.adducts:
        for symbol, n in adduct.elements:
            atoms[symbol] = atoms.get(symbol, 0) + n * adduct.count
    return {symbol: n for symbol, n in atoms.items() if n}


def _atoms_of(part: MetalPart | LigandPart) -> Mapping[str, int]:
    if isinstance(part, LigandPart):
        if part.ligand.is_generic:
            raise UnknownComposition(
                f"'{part.name}' has no formula of its own; say what it is, "
                f"for instance {part.name} = SC2H4Ph"
            )
        return part.ligand.elements
    if len(part.symbols) > 1 or part.symbols == (GENERIC_METAL,):
        raise UnknownComposition(f"how many atoms of which metal '{part.name}' has is not given")
    return {part.symbols[0]: 1}


def _layer_identity(layer: Layer) -> tuple[object, ...]:
    return tuple(
        sorted(
            (part.name if isinstance(part, MetalPart) else part.ligand.name, str(n))
            for part, n in _flatten(layer, 1)
        )
    )
