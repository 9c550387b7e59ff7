"""Portions: how much of a chemical goes into a step, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from superatom.errors import SearchError
from superatom.synthesis.amounts import gas_volume_L
from superatom.synthesis.compounds import Compound, free_form, read_compound
from superatom.synthesis.precursors import Precursor, find_precursor
from superatom.synthesis.route import RouteStep

__all__ = ["Demand", "Portion", "molar_mass_of", "portion_in", "portion_out"]

_SLACK = 1e-9  # rounding allowed when amounts are compared


@dataclass(frozen=True, slots=True)
class Demand:
    """How the amounts of a recipe are wanted.

    Attributes
    ----------
    yields : Mapping[int, float]
        Yield of a step by its number from 1, in place of what is told.
    assumed_yield : float
        Yield of steps whose yield no source tells.
    equivalents : Mapping[tuple, float]
        Mol per mol of metal of the step, by the key of the compound.
    concentration_M : float or None
        Metal in mol/L, for volumes of solvent.
    temperature_K, pressure_Pa : float
        For gas volumes.
    """

    yields: Mapping[int, float]
    assumed_yield: float
    equivalents: Mapping[tuple[object, ...], float]
    concentration_M: float | None  # noqa: N815, the unit
    temperature_K: float  # noqa: N815, the unit
    pressure_Pa: float  # noqa: N815, the unit


@dataclass(frozen=True, slots=True)
class Portion:
    """How much of a chemical goes into, or comes out of, a step.

    Attributes
    ----------
    text : str
        Species as the equation writes it.
    name : str
        What to weigh; empty for what an earlier step made.
    role : str
        'start', 'intermediate', 'product' or 'by-product'.
    amount_mol : float
        Amount in mol.
    equivalents : float or None
        Mol per mol of metal that goes into the step; None for products.
    needed_mol : float
        Amount the equation needs; less than `amount_mol` where an excess is used.
    molar_mass_g_mol : float or None
        Of what is weighed (the hydrate, where one is sold); None for electrons.
    mass_g : float or None
        Mass in g.
    volume_mL : float or None
        Volume of a neat liquid in mL.
    gas_volume_L : float or None
        Volume of a gas in L at the temperature and pressure of the recipe.
    note : str
        What else to know.
    """

    text: str
    name: str
    role: str
    amount_mol: float
    equivalents: float | None
    needed_mol: float
    molar_mass_g_mol: float | None
    mass_g: float | None
    volume_mL: float | None = None  # noqa: N815, the unit
    gas_volume_L: float | None = None  # noqa: N815, the unit
    note: str = ""


def molar_mass_of(compound: Compound) -> float:
    """Return the molar mass in g/mol.

    Raises
    ------
    SearchError
        If a part of the compound is generic.
    """
    mass = compound.molar_mass
    if mass is None:
        raise SearchError(
            f"{compound.text} has no molar mass: a part of it is not named\n"
            "  plan a route to a member of the family, such as PET for SR"
        )
    return mass


def portion_in(
    text: str,
    needed: float,
    metal_mol: float,
    made_before: set[tuple[object, ...]],
    demand: Demand,
) -> Portion:
    """Return what goes into a step: from an earlier step, or weighed.

    Raises
    ------
    SearchError
        If fewer equivalents are asked for than the equation needs, or a mass is not known.
    """
    compound = read_compound(text)
    ratio = demand.equivalents.get(compound.key)
    amount = needed if ratio is None else ratio * metal_mol
    if amount < needed * (1 - _SLACK):
        raise SearchError(
            f"{ratio:g} equivalents of {text} are too few: the equation needs "
            f"{needed / metal_mol:.3g} per metal"
        )
    if compound.key in made_before:
        mass = compound.molar_mass
        return Portion(text, "", "intermediate", amount, amount / metal_mol if metal_mol else None,
                       needed, mass, mass * amount if mass else None)  # fmt: skip
    return _weighed(text, compound, needed, amount, metal_mol, demand)


def _weighed(
    text: str,
    compound: Compound,
    needed: float,
    amount: float,
    metal_mol: float,
    demand: Demand,
) -> Portion:
    precursor = find_precursor(compound) or _free_ligand(compound)
    state = precursor.state if precursor else ""
    mass = None if state == "none" else _mass_weighed(compound, precursor)
    mass_g = None if mass is None else mass * amount
    density = precursor.density_g_mL if precursor else None
    gas = state == "gas"
    return Portion(
        text=text,
        name=precursor.name if precursor else "",
        role="start",
        amount_mol=amount,
        equivalents=amount / metal_mol if metal_mol else None,
        needed_mol=needed,
        molar_mass_g_mol=mass,
        mass_g=mass_g,
        volume_mL=mass_g / density if mass_g is not None and density else None,
        gas_volume_L=(
            gas_volume_L(amount, demand.temperature_K, demand.pressure_Pa) if gas else None
        ),
        note=_remark(compound, precursor),
    )


def _mass_weighed(compound: Compound, precursor: Precursor | None) -> float:
    weighed = precursor.molar_mass if precursor else None
    return molar_mass_of(compound) if weighed is None else weighed


def _free_ligand(compound: Compound) -> Precursor | None:
    """Return the free ligand of a ligand written as its ion (<PET>^-)."""
    if not compound.is_ligand or not compound.charge:
        return None
    return find_precursor(read_compound(free_form(compound.groups[0][0])))


def _remark(compound: Compound, precursor: Precursor | None) -> str:
    if precursor is None:
        return "not in the table of precursors"
    if precursor.sold_as:
        return f"weighed as {precursor.sold_as}"
    if precursor.compound.key != compound.key:
        return f"weighed as {precursor.formula}"
    if "% in water" in precursor.source:
        return f"mass and volume of the pure compound; sold as {precursor.source.split(',')[0]}"
    return ""


def portion_out(text: str, whole: float, each: RouteStep, wanted_mol: float) -> Portion:
    """Return what comes out; the product in the amount expected, the rest as if complete."""
    compound = read_compound(text)
    is_product = compound.key == read_compound(each.makes).key
    amount = wanted_mol if is_product else whole
    mass = compound.molar_mass
    return Portion(
        text=text,
        name="",
        role="product" if is_product else "by-product",
        amount_mol=amount,
        equivalents=None,
        needed_mol=whole,
        molar_mass_g_mol=mass,
        mass_g=mass * amount if mass else None,
    )
