"""Recipes: a route scaled to a mass of product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from superatom.errors import SearchError
from superatom.provenance import Provenance, stamp
from superatom.synthesis.amounts import constant
from superatom.synthesis.compounds import Compound, read_compound
from superatom.synthesis.portions import (
    Demand,
    Portion,
    molar_mass_of,
    portion_in,
    portion_out,
)
from superatom.synthesis.route import Route, RouteStep
from superatom.synthesis.transformations import Transformation

__all__ = ["Portion", "Recipe", "RecipeStep", "scale"]

_METHOD = "stoichiometry of balanced steps, ideal gas, densities near 25 degC"
_SLACK = 1e-9  # rounding allowed when amounts are compared


@dataclass(frozen=True, slots=True)
class RecipeStep:
    """One step of a recipe.

    Attributes
    ----------
    number : int
        From 1.
    equation : str
        Balanced.
    makes : str
        Product the recipe goes on with.
    portions : tuple[Portion, ...]
        What goes in and what comes out.
    yield_fraction : float
        Yield the amounts are made for.
    yield_basis : str
        Of what: 'by Au', ...; empty: of the amount the equation gives.
    yield_told : bool
        False if no source tells it and it was assumed.
    metal_mol : float
        Metal that goes in, in mol.
    solvent_mL : float or None
        Volume that gives the concentration of metal asked for.
    conditions : str
        As told.
    source : str
        Where the step is told.
    proposal : bool
        Whether it is proposed by analogy.
    """

    number: int
    equation: str
    makes: str
    portions: tuple[Portion, ...]
    yield_fraction: float
    yield_basis: str
    yield_told: bool
    metal_mol: float
    solvent_mL: float | None  # noqa: N815, the unit
    conditions: str
    source: str
    proposal: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """A route scaled to a mass of product.

    Attributes
    ----------
    target : str
        Formula asked for.
    product : str
        What the last step makes, as it is weighed.
    mass_g, amount_mol : float
        Mass and amount of the product.
    steps : tuple[RecipeStep, ...]
        In the order they are done.
    metal_yields : Mapping[str, float]
        Part of each metal weighed in that ends in the product, between 0 and 1.
    temperature_K, pressure_Pa : float
        For gas volumes.
    hazards : tuple[str, ...]
        'name: statement; handling'.
    notes : tuple[str, ...]
        What was assumed.
    provenance : Provenance
        Method, version, inputs.
    """

    target: str
    product: str
    mass_g: float
    amount_mol: float
    steps: tuple[RecipeStep, ...]
    metal_yields: Mapping[str, float]
    temperature_K: float  # noqa: N815, the unit
    pressure_Pa: float  # noqa: N815, the unit
    hazards: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        plain = asdict(self)
        plain["metal_yields"] = dict(self.metal_yields)
        plain["steps"] = [
            {**asdict(step), "portions": [asdict(p) for p in step.portions]} for step in self.steps
        ]
        return {**plain, "hazards": list(self.hazards), "notes": list(self.notes),
                "provenance": self.provenance.as_dict()}  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recipe:
        """Return the recipe written by `as_dict`."""
        origin = dict(data["provenance"])
        steps = tuple(
            RecipeStep(**{**step, "portions": tuple(Portion(**p) for p in step["portions"])})
            for step in data["steps"]
        )
        return cls(
            **{
                **data,
                "steps": steps,
                "hazards": tuple(data["hazards"]),
                "notes": tuple(data["notes"]),
                "provenance": Provenance(**{**origin, "sources": tuple(origin["sources"])}),
            }
        )


def scale(
    route: Route,
    mass_g: float,
    *,
    yields: Mapping[int, float] | None = None,
    assumed_yield: float = 1.0,
    equivalents: Mapping[str, float] | None = None,
    concentration_M: float | None = None,
    temperature_K: float | None = None,
    pressure_Pa: float | None = None,
) -> Recipe:
    """Scale a route to a mass of its product.

    Parameters
    ----------
    route : Route
        From `plan`; for a named ligand, not for a family.
    mass_g : float
        Mass of the product in g.
    yields : mapping, optional
        Yield (0 to 1) of a step by its number from 1, in place of what is told.
    assumed_yield : float
        Yield (0 to 1) of steps whose yield no source tells.
    equivalents : mapping, optional
        Mol of a reactant per mol of metal that goes into its step, such as {'NaBH4': 10};
        without it, what the equation needs.
    concentration_M : float, optional
        Concentration of metal in mol/L, for volumes of solvent.
    temperature_K, pressure_Pa : float, optional
        For gas volumes; 25 degC and one atmosphere by default.

    Raises
    ------
    SearchError
        If a number makes no sense, a reactant is not in the route, or a formula has no mass.
    """
    product = _product(route)
    demand = _demand(
        route, yields or {}, assumed_yield, equivalents or {}, concentration_M,
        constant("room temperature") if temperature_K is None else temperature_K,
        constant("normal pressure") if pressure_Pa is None else pressure_Pa,
    )  # fmt: skip
    if not 0 < mass_g < 1e6:
        raise SearchError(f"a mass of {mass_g:g} g: give one above 0 and below 1 t")
    molar_mass = molar_mass_of(product)
    steps = tuple(_steps(route, mass_g / molar_mass, demand))
    return Recipe(
        target=route.target,
        product=product.text,
        mass_g=mass_g,
        amount_mol=mass_g / molar_mass,
        steps=steps,
        metal_yields=_metal_yields(product, mass_g / molar_mass, steps),
        temperature_K=demand.temperature_K,
        pressure_Pa=demand.pressure_Pa,
        hazards=tuple(f"{h.name}: {h.statement}; {h.handling}" for h in route.hazards),
        notes=(*route.notes, *_notes(steps)),
        provenance=stamp(
            _METHOD, route.as_dict(), mass_g, assumed_yield, dict(yields or {}),
            dict(equivalents or {}), concentration_M, sources=("precursors.csv",),
        ),
    )  # fmt: skip


def _product(route: Route) -> Compound:
    if not route.steps:
        raise SearchError(f"{route.target} is bought, not made: the route has no step")
    return read_compound(route.steps[-1].makes)


def _demand(
    route: Route,
    yields: Mapping[int, float],
    assumed_yield: float,
    equivalents: Mapping[str, float],
    concentration_M: float | None,
    temperature_K: float,
    pressure_Pa: float,
) -> Demand:
    for what, value in (
        ("an assumed yield", assumed_yield),
        *(("a yield", y) for y in yields.values()),
    ):
        if not 0 < value <= 1:
            raise SearchError(f"{what} of {value:g}: give it between 0 and 1 (0.4 for 40 %)")
    wrong = [n for n in yields if not 1 <= n <= len(route.steps)]
    if wrong:
        raise SearchError(f"no step {wrong[0]}: the route has {len(route.steps)}")
    used = {read_compound(t).key for s in route.steps for t in s.transformation.all_reactants}
    wanted = {read_compound(text).key: (text, value) for text, value in equivalents.items()}
    for key, (text, value) in wanted.items():
        if key not in used or value <= 0:
            raise SearchError(f"{value:g} equivalents of {text}: not a reactant, or not positive")
    for number, unit in ((concentration_M, "M"), (temperature_K, "K"), (pressure_Pa, "Pa")):
        if number is not None and not 0 < number < float("inf"):
            raise SearchError(f"{number:g} {unit} makes no sense: give a positive number")
    amounts = {key: value for key, (_, value) in wanted.items()}
    return Demand(yields, assumed_yield, amounts, concentration_M, temperature_K, pressure_Pa)


def _steps(route: Route, wanted_mol: float, demand: Demand) -> Iterator[RecipeStep]:
    """Work backwards from the product, then give the steps in the order they are done."""
    needed = {len(route.steps) - 1: wanted_mol}
    done: list[RecipeStep] = []
    for at in range(len(route.steps) - 1, -1, -1):
        step = _scaled(route, at, needed.get(at, 0.0), demand)
        done.append(step)
        for portion in step.portions:
            if portion.role == "intermediate":
                maker = _maker(route, at, portion.text)
                needed[maker] = needed.get(maker, 0.0) + portion.amount_mol
    yield from reversed(done)


def _maker(route: Route, before: int, text: str) -> int:
    """Return the last step before `before` that makes a species."""
    key = read_compound(text).key
    return max(n for n in range(before) if read_compound(route.steps[n].makes).key == key)


def _scaled(route: Route, at: int, wanted_mol: float, demand: Demand) -> RecipeStep:
    each = route.steps[at]
    told = each.transformation
    coefficients = each.step.coefficients
    fraction, is_told = _yield_of(each, at, demand)
    runs = _runs(each, wanted_mol, fraction)
    made_before = {read_compound(s.makes).key for s in route.steps[:at]}
    left = {text: float(n) * runs for (side, text), n in coefficients.items() if side == "left"}
    metal = sum(n * read_compound(text).n_metals for text, n in left.items())
    portions = [portion_in(text, n, metal, made_before, demand) for text, n in left.items()]
    right = {text: n for (side, text), n in coefficients.items() if side == "right"}
    portions += [portion_out(text, float(n) * runs, each, wanted_mol) for text, n in right.items()]
    c = demand.concentration_M
    return RecipeStep(
        number=at + 1,
        equation=each.step.balance.text,
        makes=each.makes,
        portions=tuple(portions),
        yield_fraction=fraction,
        yield_basis=told.yield_basis if is_told else "",
        yield_told=is_told,
        metal_mol=metal,
        solvent_mL=1000 * metal / c if c else None,
        conditions=told.conditions.line,
        source=told.source.text,
        proposal=each.is_proposal,
    )


def _yield_of(each: RouteStep, at: int, demand: Demand) -> tuple[float, bool]:
    """Return the yield of a step, and whether it is told (or given by the user)."""
    if at + 1 in demand.yields:
        return demand.yields[at + 1], True
    told = each.transformation
    if told.basis == "charge state":
        return 1.0, True
    if told.yield_fraction is not None:
        return told.yield_fraction, True
    return demand.assumed_yield, False


def _runs(each: RouteStep, wanted_mol: float, fraction: float) -> float:
    """Return how many times (in mol) the equation as written has to run.

    A yield 'by Au' is gold in the product over gold put in; any other is the amount of
    product over what the equation gives.
    """
    product = read_compound(each.makes)
    coefficients = each.step.coefficients
    per_run = sum(n for (side, text), n in coefficients.items()
                  if side == "right" and read_compound(text).key == product.key)  # fmt: skip
    metal = _basis_metal(each.transformation, product)
    if metal and (into := _count(coefficients, metal)):
        held = dict(product.metals)[metal]
        return wanted_mol * held / (fraction * float(into))
    return wanted_mol / (fraction * float(per_run))


def _basis_metal(told: Transformation, product: Compound) -> str:
    """Return the metal a yield is counted by; '' if it is not counted by one."""
    words = told.yield_basis.replace("(", " ").replace(")", " ").split()
    return next((symbol for symbol, _ in product.metals if symbol in words), "")


def _count(coefficients: Mapping[tuple[str, str], Fraction], metal: str) -> Fraction:
    """Return how many atoms of a metal one run of an equation takes."""
    return sum(
        (n * dict(read_compound(t).metals).get(metal, 0)
         for (side, t), n in coefficients.items() if side == "left"),
        Fraction(0),
    )  # fmt: skip


def _metal_yields(
    product: Compound, amount_mol: float, steps: tuple[RecipeStep, ...]
) -> dict[str, float]:
    """Return the part of each metal weighed in that ends in the product."""
    brought: dict[str, float] = {}
    for step in steps:
        for portion in step.portions:
            if portion.role == "start":
                for symbol, n in read_compound(portion.text).metals:
                    brought[symbol] = brought.get(symbol, 0.0) + n * portion.amount_mol
    return {s: n * amount_mol / brought[s] for s, n in product.metals if brought.get(s)}


def _notes(steps: tuple[RecipeStep, ...]) -> Iterator[str]:
    for step in steps:
        if not step.yield_told:
            yield (
                f"step {step.number}: no yield is told; "
                f"amounts are for {100 * step.yield_fraction:g} %"
            )
    if any(p.amount_mol <= p.needed_mol * (1 + _SLACK) for s in steps for p in s.portions
           if p.role == "start"):  # fmt: skip
        yield "amounts are what the equations need; where the source tells an excess, use it"
