"""Mass-action kinetics of reactions that are balanced in atoms, ligands and charge.

    dc_i/dt = sum_j N_ij r_j,    r_j = f_j k_j prod_i c_i^n_ij

with stoichiometric numbers N, orders n, rate constants k and statistical factors f.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from superatom.composition.equations import check
from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import default_library
from superatom.composition.markup import read_markup
from superatom.composition.reactions import Reaction, read_reaction
from superatom.composition.species_notation import read_species
from superatom.errors import BalanceError, SearchError

__all__ = ["Floats", "ReactionNetwork", "Step", "find_species", "identify"]

Floats: TypeAlias = NDArray[np.float64]
_NOTHING = 1e-60  # mol/L; far less than one molecule, and its cube is still a number
_MOST_MOLECULAR = 3  # no elementary step joins more particles


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a network.

    Attributes
    ----------
    equation : str
        Balanced, with its coefficients; the rate is that of one turn of the equation as
        written, so that fractions serve to count it per molecule of a cluster.
    constant : str
        Name of its rate constant; steps may share one.
    orders : Mapping[str, float]
        Reaction orders by species. Empty: the coefficients of the left side, which is
        right for an elementary step only.
    factor : float
        What the rate constant is multiplied by, such as the share of sites still free.
    name : str
        What happens.
    """

    equation: str
    constant: str
    orders: Mapping[str, float] = field(default_factory=dict)
    factor: float = 1.0
    name: str = ""


def identify(species: str) -> tuple[object, ...]:
    """Return what makes two spellings of a species the same.

    Raises
    ------
    FormulaError
        If it cannot be read.
    """
    return read_species(read_markup(species), Lexicon(default_library())).identity


def find_species(
    species: str, names: Sequence[str], identities: Sequence[tuple[object, ...]]
) -> int:
    """Return the place of a species among others: by name, by identity, or by composition.

    A species without an isomer label is the only one of its composition, whatever its label.

    Raises
    ------
    SearchError
        If there is none, or there are several isomers to choose from.
    """
    if species in names:
        return names.index(species)
    identity = identify(species)
    if identity in identities:
        return identities.index(identity)
    *composition, label = identity
    alike = [i for i, other in enumerate(identities) if [*other[:-1]] == composition]
    if len(alike) == 1 and not label:
        return alike[0]
    if alike and not label:
        isomers = ", ".join(names[i] for i in alike)
        raise SearchError(f"{species} has several isomers here, say which: {isomers}")
    raise SearchError(f"{species} takes no part in the network\n  species: {', '.join(names)}")


@dataclass(frozen=True, slots=True, eq=False)
class ReactionNetwork:
    """Balanced steps with rate constants, as arrays.

    Attributes
    ----------
    steps : tuple[Step, ...]
        As given.
    species : tuple[str, ...]
        In the order in which they occur.
    identities : tuple
        What makes each species itself, whatever its spelling.
    constants : dict[str, float]
        Rate constants by name, in (mol/L)^(1 - order) / s.
    stoichiometry : ndarray, shape (species, steps)
        Numbers N of the formula above; rows of held species are zero.
    orders : ndarray, shape (steps, species)
        Reaction orders n.
    factors : ndarray, shape (steps,)
        Factors f.
    constant_of : ndarray of int, shape (steps,)
        Which constant each step has.
    held : tuple[str, ...]
        Species whose concentration stays as it is: buffered, bubbled through, solvent.
    """

    steps: tuple[Step, ...]
    species: tuple[str, ...]
    identities: tuple[tuple[object, ...], ...]
    constants: Mapping[str, float]
    stoichiometry: Floats
    orders: Floats
    factors: Floats
    constant_of: NDArray[np.intp]
    held: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        steps: Iterable[Step | tuple[str, float]],
        constants: Mapping[str, float] | None = None,
        held: Sequence[str] = (),
    ) -> ReactionNetwork:
        """Build a network.

        Parameters
        ----------
        steps : iterable of Step or (equation, rate constant)
            Constants of pairs are called k1, k2, ...
        constants : mapping, optional
            Rate constants of the steps by name.
        held : sequence of str
            Species whose concentration is kept.

        Raises
        ------
        BalanceError
            If a step does not balance, or more than three particles would have to meet
            in one whose orders are not given.
        SearchError
            If a constant is missing or not positive, or an order or held species names
            nothing in the network.

        Examples
        --------
        >>> network = ReactionNetwork.of([("2 Au25(PET)18 -> Au38(PET)24 + 12 Au(PET)", 0.1)])
        >>> network.species
        ('Au25(PET)18', 'Au38(PET)24', 'Au(PET)')
        """
        known, listed = _named(steps, dict(constants or {}))
        if not listed:
            raise SearchError("a network without steps: give at least one equation")
        reactions = [_balanced(step) for step in listed]
        names: dict[tuple[object, ...], str] = {}
        for reaction in reactions:
            for term in reaction.terms:
                names.setdefault(term.species.identity, term.species.text)
        place = {identity: i for i, identity in enumerate(names)}
        keys = list(known)
        network = cls(
            steps=listed,
            species=tuple(names.values()),
            identities=tuple(names),
            constants=known,
            stoichiometry=_stoichiometry(reactions, place),
            orders=np.array([_orders(s, r, place) for s, r in zip(listed, reactions, strict=True)]),
            factors=np.array([step.factor for step in listed], dtype=float),
            constant_of=np.array([keys.index(step.constant) for step in listed], dtype=np.intp),
        )
        return network.holding(held)

    def as_dict(self) -> dict[str, Any]:
        """Return the network as plain JSON types."""
        return {
            "steps": [asdict(step) for step in self.steps],
            "constants": dict(self.constants),
            "held": list(self.held),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReactionNetwork:
        """Return the network written by `as_dict`."""
        steps = [Step(**step) for step in data["steps"]]
        return cls.of(steps, data["constants"], data["held"])

    @property
    def constant_values(self) -> Floats:
        """Rate constants in the order of `constants`."""
        return np.array(list(self.constants.values()), dtype=float)

    def index(self, species: str) -> int:
        """Return the place of a species, in whatever spelling.

        Without an isomer label it is the only species of its composition.

        Raises
        ------
        SearchError
            If it takes no part, or could be one of several isomers.
        """
        return find_species(species, self.species, self.identities)

    def holding(self, held: Sequence[str]) -> ReactionNetwork:
        """Return the network with the concentrations of `held` species kept."""
        places = [self.index(name) for name in held]
        numbers = self.stoichiometry.copy()
        numbers[places] = 0.0
        named = dict.fromkeys((*self.held, *(self.species[i] for i in places)))
        return replace(self, stoichiometry=numbers, held=tuple(named))

    def with_constants(self, constants: Mapping[str, float]) -> ReactionNetwork:
        """Return the network with other values of some rate constants.

        Raises
        ------
        SearchError
            If a name is not that of a constant or a value is not positive.
        """
        for name, value in constants.items():
            if name not in self.constants:
                raise SearchError(f"no rate constant {name}: there are {', '.join(self.constants)}")
            _positive(name, value)
        return replace(self, constants={**self.constants, **constants})

    def start(self, initial: Mapping[str, float]) -> Floats:
        """Return concentrations in mol/L as an array; species not named are absent.

        Raises
        ------
        SearchError
            If a species takes no part or a concentration is negative.
        """
        c = np.zeros(len(self.species))
        for name, value in initial.items():
            if not (np.isfinite(value) and value >= 0):
                raise SearchError(f"{name} = {value}: a concentration is a number from 0 up")
            c[self.index(name)] = value
        return c

    def rates(self, c: Floats, constants: Floats | None = None) -> Floats:
        """Return r of every step in mol/L/s; `c` has shape (..., species)."""
        return np.asarray(self._prefactors(constants) * np.exp(np.log(_present(c)) @ self.orders.T))

    def derivatives(self, c: Floats, constants: Floats | None = None) -> Floats:
        """Return dc/dt in mol/L/s; `c` has shape (..., species)."""
        return np.asarray(self.rates(c, constants) @ self.stoichiometry.T)

    def rate_gradient(self, c: Floats, rates: Floats) -> Floats:
        """Return dr_j/dc_i = n_ij r_j / c_i, shape (steps, species), of one composition `c`."""
        return np.asarray(rates[:, None] * self.orders / _present(c))

    def jacobian(self, c: Floats, constants: Floats | None = None) -> Floats:
        """Return d(dc_i/dt)/dc_m, shape (species, species), of one composition `c`."""
        return np.asarray(self.stoichiometry @ self.rate_gradient(c, self.rates(c, constants)))

    def constant_gradient(self, rates: Floats) -> Floats:
        """Return d(dc_i/dt)/d(ln k_p), shape (species, constants)."""
        chosen = self.constant_of[:, None] == np.arange(len(self.constants))
        return np.asarray((self.stoichiometry * rates) @ chosen)

    def _prefactors(self, constants: Floats | None) -> Floats:
        values = self.constant_values if constants is None else constants
        return np.asarray(self.factors * values[self.constant_of])


def _present(c: Floats) -> Floats:
    """Return concentrations that have a logarithm; what a solver pushes below zero is nothing."""
    return np.asarray(np.maximum(c, _NOTHING))


def _named(
    steps: Iterable[Step | tuple[str, float]], constants: dict[str, float]
) -> tuple[dict[str, float], tuple[Step, ...]]:
    """Give pairs the names k1, k2, ... and keep the constants that steps use."""
    listed = []
    for number, step in enumerate(steps, 1):
        if isinstance(step, Step):
            listed.append(step)
        else:
            constants[f"k{number}"] = step[1]
            listed.append(Step(step[0], f"k{number}"))
    missing = [step.constant for step in listed if step.constant not in constants]
    if missing:
        raise SearchError(f"no value for the rate constant {missing[0]}: give it in `constants`")
    used = {step.constant: float(constants[step.constant]) for step in listed}
    for name, value in used.items():
        _positive(name, value)
    return used, tuple(listed)


def _positive(name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise SearchError(f"{name} = {value}: a rate constant is a positive number")


def _balanced(step: Step) -> Reaction:
    """Read the equation of a step, which has to balance as written."""
    found = check(step.equation)
    if not found.balanced:
        raise BalanceError(f"a step that does not balance: {found.text}\n  {step.equation}")
    return read_reaction(step.equation)


def _stoichiometry(
    reactions: Sequence[Reaction], place: Mapping[tuple[object, ...], int]
) -> Floats:
    numbers = np.zeros((len(place), len(reactions)))
    for j, reaction in enumerate(reactions):
        for term, coefficient in zip(reaction.terms, reaction.printed, strict=True):
            numbers[place[term.species.identity], j] -= term.side * float(coefficient)
    return numbers


def _orders(step: Step, reaction: Reaction, place: Mapping[tuple[object, ...], int]) -> Floats:
    row = np.zeros(len(place))
    if not step.orders:
        for term, coefficient in zip(reaction.terms, reaction.printed, strict=True):
            if term.side > 0:
                row[place[term.species.identity]] += float(coefficient)
        if row.sum() > _MOST_MOLECULAR or np.any(row % 1):
            raise BalanceError(
                f"{row.sum():g} particles do not meet in one elementary step\n  {step.equation}\n"
                '  give the orders of its rate, such as {"CO": 1, "OH-": 1}'
            )
        return row
    for name, order in step.orders.items():
        identity = identify(name)
        if identity not in place:
            raise SearchError(f"an order is given for {name}, which is in no step of the network")
        if not (np.isfinite(order) and (order == 0 or order >= 1)):
            raise SearchError(f"order {order} of {name}: 0 or a number from 1 up is needed")
        row[place[identity]] = order
    return row
