"""Propose the direct reduction of salts to a cluster, after one told for its class."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from superatom.errors import SuperatomError
from superatom.synthesis.compounds import Compound, free_form, read_compound
from superatom.synthesis.precursors import default_salt
from superatom.synthesis.substitution import family_class
from superatom.synthesis.transformations import Conditions, Transformation, why_not

__all__ = ["reduction_of"]

_KINDS = frozenset({"precursor reduction", "co-reduction", "size focusing", "one-pot"})
_SALT_OF_HALIDE = {"Br": "NaBr", "I": "NaI", "Cl": "NaCl"}
_REDUCTANT = "NaBH4"


def reduction_of(
    goal: Compound, known: Iterable[Transformation]
) -> Iterator[tuple[Transformation, Compound]]:
    """Propose the reduction of metal salts by borohydride to `goal`.

    The precedent is a reduction told for the same metals and classes of ligands. The amount of
    borohydride follows from the balance: n - m - q electrons for [M_n(SR)_m]^q from M(I).
    """
    precedent = _precedent(goal, known)
    salts = [default_salt(symbol) for symbol, _ in goal.metals]
    if precedent is None or not goal.is_cluster or None in salts:
        return
    reactants = [salt.formula for salt in salts if salt is not None]
    reactants += [free_form(ligand) for ligand, _ in goal.groups]
    acids = list(dict.fromkeys(salt.acid for salt in salts if salt is not None))
    halides = [s for s, _ in goal.atoms if s in _SALT_OF_HALIDE and f"H{s}" not in acids]
    reactants += [_SALT_OF_HALIDE[s] for s in halides]
    product = goal.with_charge(goal.charge)
    told = Transformation(
        id=f"reduction to {product.text}",
        kind=precedent.kind,
        reactants=(*reactants, _REDUCTANT),
        products=(product.text,),
        conditions=Conditions(reductant=_REDUCTANT),
        source=replace(precedent.source, status="inferred"),
        basis="proposal",
        precedent=precedent.id,
        notes=(
            "proposal: salts and borohydride follow from the formula; what makes this size "
            f"and no other is not known; precedent {precedent.id}",
        ),
    )
    for left, right in _companions(goal, acids):
        step = replace(told, assumed_reactants=left, assumed_products=right)
        if not why_not(step):
            yield step, product
            return


def _companions(
    goal: Compound, acids: list[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield sets of by-products to try, the plainest first."""
    ion = ("Na^+",) if goal.charge < 0 else ("Cl^-",) if goal.charge > 0 else ()
    sodium = "NaCl" if "HCl" in acids else "NaNO3"
    hydride = any(symbol == "H" for symbol, _ in goal.atoms)
    gas = ("H2",) if hydride else ()
    for salt, base in itertools.product(((sodium,), ()), ((), ("NaOH",))):
        if not (salt or ion or goal.charge < 0):
            continue
        yield ("H2O", *base), (*ion, *salt, *acids, "B(OH)3", *gas)


def _precedent(goal: Compound, known: Iterable[Transformation]) -> Transformation | None:
    """Return a reduction told for these metals (others may be there too) and ligand classes."""
    metals, ligands = _classes(goal)
    found: dict[int, Transformation] = {}
    for told in known:
        if told.kind not in _KINDS or told.basis != "told":
            continue
        for text in told.products:
            try:
                product = read_compound(text)
            except SuperatomError:  # `sort_out` lists what cannot be read
                continue
            its_metals, its_ligands = _classes(product)
            if product.is_cluster and its_ligands == ligands and metals <= its_metals:
                found.setdefault(len(its_metals - metals), told)
    return found[min(found)] if found else None


def _classes(compound: Compound) -> tuple[frozenset[str], frozenset[str]]:
    metals = frozenset(symbol for symbol, _ in compound.metals)
    return metals, frozenset(family_class(ligand) for ligand, _ in compound.groups)
