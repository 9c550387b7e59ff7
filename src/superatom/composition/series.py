"""`ClusterSeries`: clusters whose counts depend on a variable."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from superatom.composition.cluster import Cluster, Formula
from superatom.composition.counts import Count, CountRange, Expression, Number
from superatom.composition.ligands import LigandLibrary
from superatom.composition.parts import GroupPart, MetalPart, Part, flatten
from superatom.errors import UnknownComposition

__all__ = ["ClusterSeries"]


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSeries(Formula):
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
            isinstance(n, int | float) and n < 0 for layer in layers for _, n in flatten(layer, 1)
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
