"""Lattice hydrides as reactants: hydrides of a cluster beside an adsorbate, or handed over to it.

A reaction of a hydride cluster goes through two kinds of models. Before it, the hydride and
the reactant stand side by side (`beside_hydride`); after it, the hydride is part of the
adsorbate and its place is empty (`transfer_hydride`: a hydride and CO2 become HCOO). Charge
and number of electrons stay as they are: nothing leaves, the hydrogen changes its place.
Unique are pairs of a hydride and a site: a permutation that keeps the bonds of the skeleton
carries both into both (`superatom.model.symmetry`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.errors import SearchError
from superatom.model.adsorption.adsorb import LEAST_ROOM, Adsorbed, adsorb_at
from superatom.model.adsorption.adsorbates import Adsorbate, adsorbate
from superatom.model.adsorption.adsorption_sites import USUAL, AdsorptionSite, adsorption_sites
from superatom.model.construction import construction, record_operation
from superatom.model.departures import find_departures
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.bonds import BondKind
from superatom.structure.molecules import hill_formula

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["HydrideReaction", "beside_hydride", "transfer_hydride"]

_REACH = 4.0  # Å between a hydride and the middle of a site beside it


@dataclass(frozen=True, slots=True, eq=False)
class HydrideReaction:
    """A model of a lattice hydride that reacts.

    Attributes
    ----------
    adsorbed : Adsorbed
        The model with its adsorbate.
    hydride : int
        Number of the hydride in the parent.
    held_by : tuple[int, ...]
        Metals that hold or held it, numbers in the parent.
    reactant : str
        What it reacts with: the adsorbate where it stands beside it, the adsorbate without
        one hydrogen where it was handed over.
    transferred : bool
        Whether the hydride is part of the adsorbate now.
    multiplicity : int
        Number of equivalent pairs of hydride and site.
    """

    adsorbed: Adsorbed
    hydride: int
    held_by: tuple[int, ...]
    reactant: str
    transferred: bool
    multiplicity: int

    @property
    def atoms(self) -> Atoms:
        """The model."""
        return self.adsorbed.atoms

    def __str__(self) -> str:
        one = self.adsorbed
        what = f"H{self.hydride} on {len(self.held_by)} metals + {self.reactant}"
        where = f"at {one.site.kind} on {one.site.place} {one.held_by}"
        told = f"{what} -> {one.name} {where}" if self.transferred else f"{what} {where}"
        tilt = f", tilted by {one.tilt:g}°" if one.tilt else ""
        return f"{told} x{self.multiplicity}{tilt}, room {one.room:.2f}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "hydride": self.hydride,
            "hydride_held_by": list(self.held_by),
            "reactant": self.reactant,
            "transferred": self.transferred,
            **self.adsorbed.as_dict(),
            "multiplicity": self.multiplicity,
        }


def beside_hydride(
    atoms: Atoms,
    name: str,
    kinds: Sequence[str] = USUAL,
    *,
    tilts: Sequence[float] = (0.0,),
    reach: float = _REACH,
    symmetry: str = "bonds",
    least_room: float = LEAST_ROOM,
    anatomy: Anatomy | None = None,
) -> Iterator[HydrideReaction]:
    """Stream models with an adsorbate beside a lattice hydride, each unique pair once.

    Parameters
    ----------
    atoms : ase.Atoms
        A cluster with hydrides; not changed.
    name : str
        Adsorbate.
    kinds : sequence of str
        Kinds of sites, as in `superatom.model.adsorption.adsorb.adsorb`.
    tilts : sequence of float
        Degrees by which molecules lean; of all, that with most room is taken.
    reach : float
        Å between the hydride and the middle of the site.
    symmetry, least_room, anatomy
        As in `superatom.model.adsorption.adsorb.adsorb`.

    Raises
    ------
    SearchError
        If there is no hydride, adsorbate or kind of site.
    """
    molecule = adsorbate(name)
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    pairs = _pairs(taken_apart, kinds, symmetry, reach)
    return (
        found
        for orbit in pairs
        for found in _model(atoms, taken_apart, molecule, orbit, tilts, least_room, False)
    )


def transfer_hydride(
    atoms: Atoms,
    name: str,
    kinds: Sequence[str] = USUAL,
    *,
    tilts: Sequence[float] = (0.0,),
    symmetry: str = "bonds",
    least_room: float = LEAST_ROOM,
    anatomy: Anatomy | None = None,
) -> Iterator[HydrideReaction]:
    """Stream models in which a lattice hydride has become part of an adsorbate.

    The hydride leaves its place, and the adsorbate stands at a site of which at least one
    metal held it.

    Parameters
    ----------
    atoms : ase.Atoms
        A cluster with hydrides; not changed.
    name : str
        Adsorbate with at least one hydrogen: OCHO or COOH from CO2, OH from O, NNH from N2.
    kinds, tilts, symmetry, least_room, anatomy
        As in `beside_hydride`.

    Raises
    ------
    SearchError
        If there is no hydride, adsorbate or kind of site, or the adsorbate has no hydrogen.
    """
    molecule = adsorbate(name)
    if "H" not in molecule.symbols or len(molecule.symbols) == 1:
        raise SearchError(f"{molecule.name} has not taken up a hydride; name one with H, as OCHO")
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    pairs = _pairs(taken_apart, kinds, symmetry, None)
    return (
        found
        for orbit in pairs
        for found in _model(atoms, taken_apart, molecule, orbit, tilts, least_room, True)
    )


_Pair = tuple[int, tuple[int, ...]]  # a hydride and the atoms of a site


def _pairs(
    anatomy: Anatomy, kinds: Sequence[str], symmetry: str, reach: float | None
) -> list[tuple[AdsorptionSite, list[_Pair]]]:
    """Return sets of equivalent pairs of hydride and site, with the site's kind.

    With a reach, sites within it; else sites of the metals that hold the hydride.
    """
    hydrides = [departure.atoms[0] for departure in find_departures(anatomy, "H")]
    held = {h: _holders(anatomy, h) for h in hydrides}
    positions = anatomy.atoms.positions
    skeleton = skeleton_symmetry(anatomy, symmetry)
    found: list[tuple[AdsorptionSite, list[_Pair]]] = []
    for site in adsorption_sites(anatomy, kinds, symmetry=symmetry):
        middles = np.array([positions[list(member)].mean(axis=0) for member in site.equivalent])
        near = [
            (h, member)
            for h in hydrides
            for member, middle in zip(site.equivalent, middles, strict=True)
            if (held[h] & set(member) if reach is None
                else np.linalg.norm(positions[h] - middle) <= reach)
        ]  # fmt: skip
        units = [tuple(sorted((h, *member))) for h, member in near]
        found += [(site, [near[k] for k in orbit]) for orbit in skeleton.orbits(units)]
    return found


def _holders(anatomy: Anatomy, hydride: int) -> set[int]:
    bonds = anatomy.bonds.of(BondKind.METAL_HYDROGEN)
    return set(bonds[(bonds == hydride).any(axis=1)].ravel().tolist()) - {hydride}


def _model(
    atoms: Atoms,
    anatomy: Anatomy,
    molecule: Adsorbate,
    orbit: tuple[AdsorptionSite, list[_Pair]],
    tilts: Sequence[float],
    least_room: float,
    transferred: bool,
) -> Iterator[HydrideReaction]:
    """Yield the roomiest model of a set of equivalent pairs, if it has room enough."""
    site, pairs = orbit
    best: tuple[Adsorbed, int, Atoms] | None = None
    for hydride in dict.fromkeys(h for h, _ in pairs):
        parent = _without(atoms, hydride) if transferred else atoms
        members = tuple(
            tuple(k - (k > hydride) for k in member) if transferred else member
            for h, member in pairs
            if h == hydride
        )
        own = replace(site, atoms=members[0], equivalent=members)
        for tilt in tilts if len(molecule.symbols) > 1 else (0.0,):
            one = adsorb_at(parent, molecule.name, own, tilt=float(tilt), enough=least_room)
            if best is None or one.room > best[0].room + 1e-9:
                best = one, hydride, parent
    if best is None or best[0].room < least_room:
        return
    adsorbed, hydride, _ = best
    left = list(molecule.symbols)
    if transferred:
        left.remove("H")
    held = tuple(sorted(_holders(anatomy, hydride)))
    yield HydrideReaction(adsorbed, hydride, held, hill_formula(left), transferred, len(pairs))


def _without(atoms: Atoms, hydride: int) -> Atoms:
    """Return the cluster without one hydride, which is still in the system: charge as it was."""
    kept: Atoms = atoms[[k for k in range(len(atoms)) if k != hydride]]
    kept.info = dict(atoms.info)
    record_operation(kept, construction(atoms), "take hydride", atoms=[hydride])
    return kept
