"""What a target asks for: one cluster, or those of a series, an alloy, a generic metal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Expression
from superatom.composition.formula import parse_formulas
from superatom.composition.parts import GENERIC_METAL
from superatom.composition.series import ClusterSeries
from superatom.errors import FormulaError, SearchError, SuperatomError
from superatom.synthesis.compounds import Compound, read_compound
from superatom.synthesis.transformations import Transformation

__all__ = ["compounds_asked", "nearest"]

_MOST_MEMBERS = 20_000  # of a series with its variables left open


def compounds_asked(target: str, known: Iterable[Compound]) -> tuple[Compound, ...]:
    """Return the compounds a target asks for.

    A formula asks for itself; bare metals (Au25) for every known cluster of them as well. A
    series, an alloy of open ratio or a generic metal ((AuAg)44, MAu24(SR)18) asks for its
    members among the known compounds.

    Raises
    ------
    FormulaError
        If the target cannot be read.
    SearchError
        If it is several formulas, or a series with too many members.
    """
    if not target.strip():
        raise FormulaError("nothing to make is named", hint='write a formula: "Au36(TBBT)24"')
    try:
        formulas = parse_formulas(target)
    except FormulaError:  # no cluster: a complex, a ligand, or a mistake that is told here
        return (read_compound(target),)
    if len(formulas) > 1:
        raise SearchError(f"'{target[:60]}' is {len(formulas)} formulas; ask for one at a time")
    formula = formulas[0]
    if isinstance(formula, ClusterSeries):
        return tuple(_of_series(formula, known))
    if any("+" in name or name == GENERIC_METAL for name in formula.metals):
        return tuple(_of_open_metals(formula, known))
    goal = read_compound(target)
    if goal.is_cluster and not goal.groups and not goal.atoms:
        alike = {c.key: c for c in known if c.frame == goal.frame and _fits_charge(c, goal)}
        return (goal, *(c for key, c in alike.items() if key != goal.key))
    return (goal,)


def nearest(goal: Compound, known: Iterable[Transformation], *, most: int = 3) -> tuple[str, ...]:
    """Return the clusters that something told ends in and that are most like `goal`.

    Like is what shares its metals, then its ligands, then has about as many metal atoms.
    """
    metals, ligands = dict(goal.metals), {ligand.name for ligand, _ in goal.groups}
    ranked: dict[str, tuple[int, int, int]] = {}
    for told in known:
        for product in _read(told.products):
            shared = metals.keys() & dict(product.metals).keys()
            if product.is_cluster and shared:
                ranked[product.text] = (
                    -len(shared),
                    -len(ligands & {ligand.name for ligand, _ in product.groups}),
                    abs(product.n_metals - goal.n_metals),
                )
    return tuple(sorted(ranked, key=lambda text: ranked[text])[:most])


def _read(texts: Iterable[str]) -> Iterator[Compound]:
    for text in texts:
        try:
            yield read_compound(text)
        except SuperatomError:  # `sort_out` lists what cannot be read
            continue


def _fits_charge(known: Compound, goal: Compound) -> bool:
    return not goal.charge_told or known.charge == goal.charge


def _of_series(series: ClusterSeries, known: Iterable[Compound]) -> Iterator[Compound]:
    """Yield the members whose metals a known compound has, but no pure end members.

    If nothing mixed is known, the first mixed member is asked for.
    """
    frames = {compound.frame for compound in known}
    counts = [n for _, n in series.parts]
    largest = max((n.constant for n in counts if isinstance(n, Expression)), default=0)
    open_ones = [v for v in series.variables if v not in dict(series.domain) and v[:5] != "range"]
    if (largest + 1) ** len(open_ones) > _MOST_MEMBERS:
        raise SearchError(f"{series} has too many members; say which values the variables take")
    members = series.expand(**{name: range(largest + 1) for name in open_ones})
    compounds = [read_compound(str(member)) for member in members]
    mixed = max((len(c.metals) for c in compounds), default=0)
    asked = [c for c in compounds if len(c.metals) == mixed]
    yield from [c for c in asked if c.frame in frames] or asked[:1]


def _of_open_metals(cluster: Cluster, known: Iterable[Compound]) -> Iterator[Compound]:
    """Yield members of an alloy of open ratio, or for a generic metal, as known metals fit."""
    seen = set()
    for compound in known:
        if not _metals_fit(cluster, compound):
            continue
        metals = dict(compound.metals)
        ligands = {ligand: round(n) for ligand, n in cluster.ligands.items()}
        member = Cluster.of(metals, ligands, cluster.charge)
        asked = read_compound(str(member)) if cluster.ligands else compound
        if asked.key not in seen:
            seen.add(asked.key)
            yield asked


def _metals_fit(cluster: Cluster, compound: Compound) -> bool:
    left = dict(compound.metals)
    open_parts = []
    for name, n in cluster.metals.items():
        if "+" in name or name == GENERIC_METAL:
            open_parts.append((name, n))
        elif left.pop(name, None) != n:
            return False
    if len(open_parts) != 1:
        return False
    name, n = open_parts[0]
    if name == GENERIC_METAL:
        return list(left.values()) == [n]
    return set(left) == set(name.split("+")) and sum(left.values()) == n
