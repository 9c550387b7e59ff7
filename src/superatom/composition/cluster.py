"""`Cluster`: what the formula of a nanocluster says.

A formula is kept as it is laid out in print (layers of metal, ligand and group parts)
and answers questions about it: metals, ligands, charge, elements. Two clusters are
equal when they mean the same: printed order and the name chosen for a ligand (PET,
SC2H4Ph) do not matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar, cast

from superatom.composition.counts import Count, Expression, Number
from superatom.composition.ligands import Ligand, LigandLibrary, default_library
from superatom.composition.parts import (
    GENERIC_METAL,
    Adduct,
    Companion,
    Layer,
    LigandPart,
    MetalPart,
    Part,
    flatten,
)
from superatom.errors import UnknownComposition

__all__ = ["Cluster", "Formula"]

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
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
        return tuple(flatten(itertools.chain.from_iterable(self.layers), 1))

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


@dataclass(frozen=True, slots=True, eq=False)
class Cluster(Formula):
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
            for part, n in flatten(layer, 1)
        )
    )
