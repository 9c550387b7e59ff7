"""Transformations made from told ones: members of a family, analogues, charge states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from superatom.errors import SuperatomError
from superatom.literature.records import Source
from superatom.synthesis.compounds import Compound, free_form, read_compound
from superatom.synthesis.precursors import default_salt, find_precursor
from superatom.synthesis.substitution import Substitution, family_class, substitute, substitutions
from superatom.synthesis.transformations import Transformation, why_not

__all__ = ["charge_step", "exchange_of", "makers", "member"]

_RULE = Source(document="superatom", section="rule of the planner", status="inferred")


def member(told: Transformation, change: Substitution, basis: str) -> Transformation:
    """Return a told transformation for other ligands or metals; itself if nothing changes.

    Salts of a metal that gives way are replaced by the usual salt of the new one, and the
    acid of its anion is added to the products where it is not there.
    """
    if not change:
        return told
    reactants = tuple(_replaced(text, change) for text in told.reactants)
    products = tuple(substitute(text, change) for text in told.products)
    assumed_left = tuple(_replaced(text, change) for text in told.assumed_reactants)
    assumed_right = tuple(substitute(text, change) for text in told.assumed_products)
    acids = _acids(told.all_reactants, (*reactants, *assumed_left))
    present = {read_compound(text).key for text in (*products, *assumed_right)}
    extra = tuple(acid for acid in acids if read_compound(acid).key not in present)
    return replace(
        told,
        id=f"{told.id} ({change.text})",
        reactants=_once(reactants),
        products=products,
        assumed_reactants=assumed_left,
        assumed_products=_once((*assumed_right, *extra)),
        conditions=replace(told.conditions, ligand=""),
        basis=basis,
        precedent=told.id,
        notes=(*told.notes, f"{basis}: {change.text}; precedent {told.id}"),
    )


def _once(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Drop a species that is already named: two salts can become the same one."""
    return tuple({read_compound(text).key: text for text in reversed(texts)}.values())[::-1]


def _replaced(text: str, change: Substitution) -> str:
    """Return a reactant after a substitution; a salt becomes the usual salt of its new metal."""
    compound = read_compound(text)
    swapped = [change.metals[s] for s, _ in compound.metals if s in change.metals]
    if compound.n_metals == 1 and swapped and find_precursor(compound) and not compound.groups:
        salt = default_salt(swapped[0])
        if salt is not None and not compound.charge:
            return salt.formula
    return substitute(text, change)


def _acids(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the acids of salts that came in."""
    new = [text for text in after if text not in before]
    found = (find_precursor(read_compound(text)) for text in new)
    return tuple(p.acid for p in found if p is not None and p.acid and p.kind == "metal salt")


def makers(
    goal: Compound, known: Iterable[Transformation], *, analogy: bool
) -> Iterator[tuple[Transformation, Compound]]:
    """Yield balanced transformations that make `goal` in some charge state.

    Parameters
    ----------
    goal : Compound
        What is to be made.
    known : iterable of Transformation
        Transformations told.
    analogy : bool
        Whether proposals are made too: other ligands of a class, other metals that dope alike.

    Yields
    ------
    tuple[Transformation, Compound]
        The transformation, and the product of it that is (or stands for) the goal.
    """
    for told in known:
        for text in told.products:
            product = _readable(text)
            if product is None or not _labels_agree(product, goal):
                continue
            yield from _made(told, product, goal, analogy)


def _made(
    told: Transformation, product: Compound, goal: Compound, analogy: bool
) -> Iterator[tuple[Transformation, Compound]]:
    for change in substitutions(product, goal, analogy=analogy):
        proposal = any(name not in _generics(product) for name in change.ligands)
        basis = "proposal" if proposal or change.metals else "member of a family"
        if analogy and change and basis != "proposal":
            continue  # found without analogy already
        try:
            step = member(told, change, basis)
            made = read_compound(substitute(product.text, change))
        except SuperatomError:  # a formula that can be written but not read: no step
            continue
        if not why_not(step):
            yield step, made
            return


def _generics(compound: Compound) -> set[str]:
    return {ligand.name for ligand, _ in compound.groups if ligand.kind == "generic"}


def _readable(text: str) -> Compound | None:
    try:
        return read_compound(text)
    except SuperatomError:  # kept out of routes; `sort_out` lists it with the reason
        return None


def _labels_agree(product: Compound, goal: Compound) -> bool:
    """Whether isomer, host and support allow it; a label not told may be any."""
    return not product.label or not goal.label or product.label == goal.label


def charge_step(made: Compound, wanted: Compound) -> Transformation | None:
    """Return the change of charge that leads from one state of a cluster to another.

    It is assumed: the source of the electrons, or what takes them, is not told.
    """
    electrons = made.charge - wanted.charge
    if not electrons or not made.is_cluster:
        return None
    start, end = made.text, wanted.text
    if made.companions:
        start = made.with_charge(made.charge).text
    gained, lost = (("e^-",), ()) if electrons > 0 else ((), ("e^-",))
    told = " and ".join(c.text for c in (made, wanted) if not c.charge_told)
    step = Transformation(
        id=f"charge {start} to {end}",
        kind="charge state",
        reactants=(start,),
        products=(end,),
        assumed_reactants=gained,
        assumed_products=lost,
        source=_RULE,
        basis="charge state",
        notes=(f"no charge is printed for {told}",) if told else (),
    )
    return None if why_not(step) else step


def exchange_of(
    goal: Compound, known: Iterable[Transformation]
) -> Iterator[tuple[Transformation, Compound]]:
    """Propose ligand exchanges that end in `goal`, each with an exchange of that class told.

    A cluster of the same metals with another ligand of the class takes up the wanted one and
    loses its own: [M_n L_m]^q + m HL' -> [M_n L'_m]^q + m HL.
    """
    known = tuple(known)
    precedents = [t for t in known if t.kind in {"ligand exchange", "LEIST"} and not why_not(t)]
    for told in known:
        for text in told.products:
            parent = _readable(text)
            if parent is None or not parent.is_cluster or parent.body == goal.body:
                continue
            if parent.frame == goal.frame:
                yield from _exchanges(parent, goal.with_charge(parent.charge), precedents)


def _exchanges(
    parent: Compound, goal: Compound, precedents: list[Transformation]
) -> Iterator[tuple[Transformation, Compound]]:
    for change in substitutions(parent, goal, analogy=True):
        precedent = _precedent(change, precedents)
        if precedent is None or change.metals or not change.ligands:
            continue
        old = {ligand.name: ligand for ligand, _ in parent.groups}
        leaving = [free_form(old[name]) for name in change.ligands]
        coming = [free_form(ligand) for ligand in change.ligands.values()]
        start = parent.with_charge(parent.charge).text
        step = Transformation(
            id=f"exchange {start} to {goal.text}",
            kind="ligand exchange",
            reactants=(start, *coming),
            products=(goal.text,),
            assumed_products=tuple(leaving),
            source=replace(precedent.source, status="inferred"),
            basis="proposal",
            precedent=precedent.id,
            notes=(f"proposal: the size may change on exchange; precedent {precedent.id}",),
        )
        if not why_not(step):
            yield step, goal


def _precedent(change: Substitution, told: list[Transformation]) -> Transformation | None:
    """Return an exchange that brings in a ligand of the same class."""
    wanted = {family_class(ligand) for ligand in change.ligands.values()}
    for step in told:
        brought = {
            family_class(ligand)
            for compound in map(read_compound, step.reactants)
            if compound.is_ligand
            for ligand, _ in compound.groups
        }
        if wanted <= brought:
            return step
    return None
