"""Plan routes: best-first search over known transformations, backwards from the target."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from superatom.errors import SearchError, SuperatomError
from superatom.literature.store import Store
from superatom.literature.tables import Tables
from superatom.provenance import stamp
from superatom.synthesis.compounds import Compound, read_compound
from superatom.synthesis.members import charge_step, exchange_of, makers
from superatom.synthesis.precursors import find_precursor
from superatom.synthesis.reductions import reduction_of
from superatom.synthesis.route import Route, RouteStep, Starting
from superatom.synthesis.step_order import in_order, main_source
from superatom.synthesis.targets import compounds_asked
from superatom.synthesis.transformations import Transformation, balanced, known_transformations

__all__ = ["Weights", "plan", "told_transformations"]

_METHOD = "best-first search over balanced transformations"
_MOST_STATES = 3000  # partial routes looked at for one last step
_MOST_PROPOSALS = 12  # analogues kept for one compound


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes a route worse. All numbers are choices; the sum is the cost.

    Attributes
    ----------
    told, inferred, disputed : float
        One step, by the status of its record.
    complex : float
        A precursor complex that is made in the same pot.
    family : float
        Added if told for a family of ligands (SR) and read for one of them.
    charge : float
        A change of charge that no source tells.
    proposal : float
        Added if proposed by analogy.
    new_size : float
        Added to a proposed reduction: nothing told makes a cluster of this size so.
    yield_not_told : float
        Taken for a yield between 0 and 1 that is not told; a step adds -ln(yield).
    ligand, other : float
        A ligand, or another chemical, that is not in the table of precursors.
    no_synthesis : float
        A cluster that nothing known makes.
    """

    told: float = 1.0
    inferred: float = 1.3
    disputed: float = 1.6
    complex: float = 0.3
    family: float = 0.25
    charge: float = 0.2
    proposal: float = 2.0
    new_size: float = 2.0
    yield_not_told: float = 0.5
    ligand: float = 0.1
    other: float = 0.5
    no_synthesis: float = 6.0

    def of(self, step: Transformation) -> float:
        """Return the cost of a step."""
        if step.kind == "charge state":
            return self.charge
        status = {"inferred": self.inferred, "disputed": self.disputed}
        cost = status.get(step.source.status, self.told)
        if step.kind == "precursor complex":
            cost = self.complex
        cost += {"member of a family": self.family, "proposal": self.proposal}.get(step.basis, 0)
        return cost - math.log(step.yield_fraction or self.yield_not_told)


@dataclass(frozen=True, slots=True)
class _Making:
    """One way to make a goal: a transformation, and a change of charge behind it."""

    steps: tuple[tuple[Transformation, Compound], ...]  # last one makes the goal
    cost: float


@dataclass(frozen=True, slots=True)
class _Goal:
    compound: Compound
    below: frozenset[tuple[object, ...]]  # what it is needed for: making it from these is a circle


@dataclass(frozen=True, slots=True)
class _State:
    """A partial route: what is still to be made, what is done, what is bought."""

    goals: tuple[_Goal, ...]
    steps: tuple[tuple[Transformation, Compound], ...] = ()
    starting: tuple[Starting, ...] = ()
    made: frozenset[tuple[object, ...]] = frozenset()
    cost: float = 0.0


def told_transformations(source: Store | Tables | None = None) -> tuple[Transformation, ...]:
    """Return the transformations a plan is made from.

    Parameters
    ----------
    source : Store or Tables, optional
        Records of the literature; the shipped ones by default.
    """
    tables = source.tables() if isinstance(source, Store) else source
    return known_transformations(tables)


def plan(
    target: str,
    transformations: Store | Tables | Iterable[Transformation] | None = None,
    *,
    limit: int | None = 10,
    proposals: bool | None = None,
    max_steps: int = 8,
    weights: Weights | None = None,
) -> list[Route]:
    """Return routes to a target, the best first.

    Every transformation that ends in the target opens one route, continued backwards on the
    cheapest way to what can be bought. Clusters are compared by meaning: other names of a
    ligand, and members of a family (SR) where a source tells the family. A target without a
    charge may come in any charge state; one that comes in another charge state than wanted
    gets a step that says so.

    Parameters
    ----------
    target : str
        Formula, such as 'Au36(TBBT)24'. Bare metals (Au25), a series, an alloy of open ratio
        or a generic metal ask for the known clusters that fit.
    transformations : Store, Tables or iterable of Transformation, optional
        What is known; the shipped records by default.
    limit : int, optional
        Most routes returned; None returns one for every way to make the target.
    proposals : bool, optional
        Whether steps are proposed by analogy: None for what nothing told makes, True always,
        False never.
    max_steps : int
        Most steps of a route.
    weights : Weights, optional
        What makes a route worse.

    Returns
    -------
    list[Route]
        Empty if nothing known or proposed makes it.

    Raises
    ------
    FormulaError
        If the target cannot be read.
    SearchError
        If `max_steps` or `limit` is below 1.

    Examples
    --------
    >>> route = plan("Au36(TBBT)24", limit=1)[0]
    >>> route.steps[-1].transformation.kind
    'LEIST'
    """
    if max_steps < 1 or (limit is not None and limit < 1):
        raise SearchError(f"max_steps = {max_steps}, limit = {limit}: both must be 1 or more")
    if transformations is None or isinstance(transformations, Store | Tables):
        known = told_transformations(transformations)
    else:
        known = tuple(transformations)
    goals = compounds_asked(target, tuple(_products(known)))
    planner = _Planner(known, weights or Weights(), proposals, max_steps)
    routes = [
        route
        for goal in goals
        for making in planner.makings(goal, open_charge=not goal.charge_told)
        if (route := planner.route(target, goal, making)) is not None
    ]
    return sorted(routes, key=lambda r: (not r.is_complete, r.cost))[:limit]


def _products(known: Iterable[Transformation]) -> Iterator[Compound]:
    """Yield the compounds that known transformations make."""
    for told in known:
        for text in told.products:
            try:
                yield read_compound(text)
            except SuperatomError:  # `sort_out` lists what cannot be read
                continue


@dataclass
class _Planner:
    known: tuple[Transformation, ...]
    weights: Weights
    proposals: bool | None
    max_steps: int
    _ways: dict[tuple[object, ...], tuple[_Making, ...]] = field(default_factory=dict)

    def makings(self, goal: Compound, *, open_charge: bool = False) -> tuple[_Making, ...]:
        """Return every way to make a compound, the cheapest first."""
        key = (goal.key, open_charge)
        if key not in self._ways:
            told = list(self._ending_in(goal, makers(goal, self.known, analogy=False), open_charge))
            if self.proposals or (self.proposals is None and not told):
                told += self._proposed(goal, open_charge)
            self._ways[key] = tuple(sorted(told, key=lambda making: making.cost))
        return self._ways[key]

    def _proposed(self, goal: Compound, open_charge: bool) -> list[_Making]:
        if not goal.is_cluster:
            return []
        found = itertools.chain(
            makers(goal, self.known, analogy=True), exchange_of(goal, self.known)
        )
        direct = reduction_of(goal, self.known)
        ways = [
            *self._ending_in(goal, found, open_charge),
            *self._ending_in(goal, direct, open_charge, self.weights.new_size),
        ]
        makings: dict[str, _Making] = {}
        for way in ways:
            makings.setdefault(way.steps[0][0].equation, way)
        return sorted(makings.values(), key=lambda making: making.cost)[:_MOST_PROPOSALS]

    def _ending_in(
        self,
        goal: Compound,
        found: Iterable[tuple[Transformation, Compound]],
        open_charge: bool,
        extra: float = 0.0,
    ) -> Iterator[_Making]:
        """Add the change of charge where a transformation ends in another charge state."""
        for step, made in found:
            stands_for_family = made.body != goal.body
            cost = self.weights.of(step) + extra + stands_for_family * self.weights.family
            if open_charge or made.charge == goal.charge:
                yield _Making(((step, made),), cost)
                continue
            wanted = made.with_charge(goal.charge)
            change = charge_step(made, wanted)
            if change is not None:
                yield _Making(((step, made), (change, wanted)), cost + self.weights.of(change))

    def route(self, target: str, goal: Compound, making: _Making) -> Route | None:
        """Return the cheapest route whose last step is given; None if there is none."""
        first = self._after(_State((_Goal(goal, frozenset()),)), making)
        heap = [(first.cost, 0, first)]
        order = itertools.count(1)
        for _ in range(_MOST_STATES):
            if not heap:
                return None
            _, _, state = heapq.heappop(heap)
            if not state.goals:
                route = _finished(target, goal, state)
                if route is not None:
                    return route
                continue
            for following in self._following(state):
                heapq.heappush(heap, (following.cost, next(order), following))
        return None

    def _following(self, state: _State) -> Iterator[_State]:
        """Yield the partial routes that settle the first goal of this one."""
        goal, rest = state.goals[0], state.goals[1:]
        if goal.compound.key in state.made:
            yield _State(rest, state.steps, state.starting, state.made, state.cost)
            return
        if (bought := _bought(goal.compound)) is not None:
            yield self._with_starting(state, rest, bought)
            return
        used = {step.id for step, _ in state.steps}
        ways = [] if len(state.steps) >= self.max_steps else self.makings(goal.compound)
        circle_free = [way for way in ways if _allowed(way, goal, used)]
        for way in circle_free:
            yield self._after(state, way)
        if not circle_free:
            yield self._with_starting(state, rest, _not_bought(goal.compound))

    def _with_starting(self, state: _State, rest: tuple[_Goal, ...], found: Starting) -> _State:
        known = any(s.text == found.text for s in state.starting)
        price = {
            "precursor": 0.0,
            "ligand": self.weights.ligand,
            "other chemical": self.weights.other,
        }.get(found.supply, self.weights.no_synthesis)
        starting = state.starting if known else (*state.starting, found)
        made = state.made | {read_compound(found.text).key}
        return _State(rest, state.steps, starting, made, state.cost + (0.0 if known else price))

    def _after(self, state: _State, way: _Making) -> _State:
        """Return the partial route in which the first goal is made in a given way."""
        goal, rest = state.goals[0], state.goals[1:]
        step, made = way.steps[0]
        below = goal.below if step.kind == "purification" else goal.below | {_place(made)}
        own = {each.key for _, each in way.steps[:-1]}  # a change of charge takes what was made
        needed = [t for each, _ in way.steps for t in each.all_reactants]
        new = [
            _Goal(compound, below)
            for compound in map(read_compound, needed)
            if compound.key not in state.made and compound.key not in own
        ]
        new.sort(key=lambda g: -g.compound.n_metals)  # clusters first: they decide the route
        steps = (*state.steps, *reversed(way.steps))
        keys = {goal.compound.key, *(each.key for _, each in way.steps)}
        if step.kind == "purification":  # what goes in has the key of what comes out
            keys.clear()
        return _State(
            (*new, *rest), steps, state.starting, state.made | keys, state.cost + way.cost
        )


def _place(compound: Compound) -> tuple[object, ...]:
    return (compound.body, compound.label)


def _allowed(way: _Making, goal: _Goal, used: set[str]) -> bool:
    """Whether a way uses neither a step twice nor what is made from the goal."""
    step = way.steps[0][0]
    if step.id in used:
        return False
    needed = {_place(read_compound(text)) for text in step.all_reactants}
    own = set() if step.kind == "purification" else {_place(goal.compound)}
    return not needed & (goal.below | own)


def _bought(compound: Compound) -> Starting | None:
    """Return how a compound is come by without making it; None if it has to be made."""
    precursor = find_precursor(compound)
    if precursor is not None:
        return Starting(compound.text, "precursor", precursor.name)
    if compound.is_ligand:
        return Starting(compound.text, "ligand")
    return None if compound.metals else Starting(compound.text, "other chemical")


def _not_bought(compound: Compound) -> Starting:
    """Return how a compound with metal that nothing known makes is come by."""
    supply = "no synthesis known" if compound.is_cluster else "other chemical"
    return Starting(compound.text, supply)


def _finished(target: str, goal: Compound, state: _State) -> Route | None:
    """Return a route of a settled state; None if its steps run in a circle."""
    ordered = in_order(state.steps)
    if ordered is None:
        return None
    steps = tuple(
        RouteStep(balanced(step), made.text, main_source(at, ordered))
        for at, (step, made) in enumerate(ordered)
    )
    provenance = stamp(
        _METHOD, target, [step.id for step, _ in ordered],
        sources=("precursors.csv", "transformations.csv", "transformations_*.csv"),
    )  # fmt: skip
    return Route(
        target, steps, state.starting, round(state.cost, 6),
        tuple(_notes(target, goal, steps, state.starting)), provenance,
    )  # fmt: skip


def _notes(
    target: str, goal: Compound, steps: tuple[RouteStep, ...], starting: tuple[Starting, ...]
) -> Iterator[str]:
    made = read_compound(steps[-1].makes)
    if goal.text != target.strip():
        yield f"{target} was asked for; this route is to {goal.text}"
    if not goal.charge_told:
        yield f"no charge was asked for; this route ends in {made.text}"
    if made.companions:
        yield f"comes as a salt: {made.text}"
    if made.body != goal.body:
        yield f"told for {made.text}, asked for the family"
    for number, step in enumerate(steps, 1):
        told = step.transformation
        if told.basis == "proposal":
            yield f"step {number} is a proposal; precedent {told.precedent}: {told.source.text}"
        if step.step.balance.status == "several":
            yield f"step {number} can be balanced in several ways; one is given"
    for each in starting:
        if each.supply == "no synthesis known":
            yield f"nothing known makes {each.text}"
