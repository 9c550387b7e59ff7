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
_SMALLEST = 10  # metal atoms below which a cluster has no surface to speak of
_MARGIN = 1.25


def reduction_of(
    goal: Compound, known: Iterable[Transformation]
) -> Iterator[tuple[Transformation, Compound]]:
    """Propose the reduction of metal salts by borohydride to `goal`.

    The precedent is a reduction told for the same metals and classes of ligands; if there is
    none, the one of the main metal that comes closest, and the notes say what it does not
    cover. The amount of borohydride follows from the balance: n - m - q electrons for
    [M_n(SR)_m]^q from M(I).
    """
    known = tuple(known)
    found = _precedent(goal, known)
    salts = [default_salt(symbol) for symbol, _ in goal.metals]
    if found is None or not goal.is_cluster or None in salts:
        return
    precedent, gap = found
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
            *gap,
            *_crowding(goal, known),
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


def _precedent(
    goal: Compound, known: Iterable[Transformation]
) -> tuple[Transformation, tuple[str, ...]] | None:
    """Return the reduction told that is nearest to one of `goal`, and what it does not cover.

    It makes a cluster of the main metal; then count the metals and classes of ligands of the
    goal that it lacks, then those it has beyond them.
    """
    metals, ligands = _classes(goal)
    if not metals:
        return None
    most = max(n for _, n in goal.metals)
    main = {symbol for symbol, n in goal.metals if n == most}
    found: dict[tuple[int, int, int], tuple[Transformation, Compound]] = {}
    for told, product in _reduced(known):
        its_metals, its_ligands = _classes(product)
        if main & its_metals:
            lacks = len(metals - its_metals) + len(ligands - its_ligands)
            distance = (lacks, len(its_ligands - ligands), len(its_metals - metals))
            found.setdefault(distance, (told, product))
    if not found:
        return None
    precedent, product = found[min(found)]
    its_metals, its_ligands = _classes(product)
    new = (*sorted(metals - its_metals), *sorted(ligands - its_ligands))
    gap = f"the precedent makes {product.text}: it says nothing of {' and '.join(new)}"
    return precedent, (gap,) if new else ()


def _reduced(known: Iterable[Transformation]) -> Iterator[tuple[Transformation, Compound]]:
    """Yield the reductions told and the clusters they make."""
    for told in known:
        if told.kind not in _KINDS or told.basis != "told":
            continue
        for text in told.products:
            try:
                product = read_compound(text)
            except SuperatomError:  # `sort_out` lists what cannot be read
                continue
            if product.is_cluster:
                yield told, product


def _crowding(goal: Compound, known: Iterable[Transformation]) -> tuple[str, ...]:
    """Say so if the goal has far more or fewer ligands on its surface than known clusters.

    The surface grows with n^(2/3); known are clusters of the main metal with such ligands.
    """
    main = max(goal.metals, key=lambda pair: pair[1])[0]
    classes = _classes(goal)[1]
    densities = [
        _density(product)
        for _, product in _reduced(known)
        if product.n_metals >= _SMALLEST
        and main in dict(product.metals)
        and _classes(product)[1] == classes
    ]
    own = _density(goal)
    if len(densities) < 2 or goal.n_metals < _SMALLEST:
        return ()
    low, high = min(densities), max(densities)
    if low / _MARGIN <= own <= high * _MARGIN:
        return ()
    more = "more" if own > high else "fewer"
    return (
        f"{goal.text} has {more} ligands for its size than known clusters of its kind: "
        f"{own:.1f} per n^(2/3), known {low:.1f} to {high:.1f}",
    )


def _density(compound: Compound) -> float:
    return float(sum(n for _, n in compound.groups) / compound.n_metals ** (2.0 / 3.0))


def _classes(compound: Compound) -> tuple[frozenset[str], frozenset[str]]:
    metals = frozenset(symbol for symbol, _ in compound.metals)
    return metals, frozenset(family_class(ligand) for ligand, _ in compound.groups)
