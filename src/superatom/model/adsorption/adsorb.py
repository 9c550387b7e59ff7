"""Adsorbates put on a model: at every unique site, along its free direction, without clashes.

Where a molecule stands and how it may be turned says `adsorbate_poses`; of all poses, and of all
equivalent sites (which differ by how ligands are turned), that with most room is taken. Room is
the least distance to an atom it is not bound to over the sum of van der Waals radii (Bondi 1964,
10.1021/j100785a001).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from superatom.errors import SearchError
from superatom.model.adsorption.adsorbate_poses import best_pose
from superatom.model.adsorption.adsorbates import Adsorbate, adsorbate
from superatom.model.adsorption.adsorption_sites import (
    INSIDE,
    TWO_DONORS,
    AdsorptionSite,
    adsorption_sites,
)
from superatom.model.construction import construction, record_operation
from superatom.structure.anatomy import Anatomy, dissect

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["LEAST_ROOM", "Adsorbed", "adsorb", "adsorb_at"]

#: Least distance over the sum of van der Waals radii that is no clash.
LEAST_ROOM = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Adsorbed:
    """A model with an adsorbate.

    Attributes
    ----------
    atoms : ase.Atoms
        The parent's atoms, then the adsorbate's, its binding atom first.
    name : str
        The adsorbate.
    site : AdsorptionSite
        The set of equivalent sites.
    held_by : tuple[int, ...]
        Atoms of the one that was used: that with most room.
    tilt : float
        Degrees between the adsorbate's axis and the site's free direction.
    room : float
        Least distance to atoms it is not bound to, over the sum of van der Waals radii.
    """

    atoms: Atoms
    name: str
    site: AdsorptionSite
    held_by: tuple[int, ...]
    tilt: float
    room: float

    def __str__(self) -> str:
        tilt = f", tilted by {self.tilt:g}°" if self.tilt else ""
        return f"{self.name} at {self.site}{tilt}, room {self.room:.2f}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "adsorbate": self.name,
            "site": self.site.as_dict(),
            "held_by": list(self.held_by),
            "tilt_degree": self.tilt,
            "room": self.room,
            "construction": construction(self.atoms),
        }


def adsorb(
    atoms: Atoms,
    name: str,
    kinds: Sequence[str] = ("top", "bridge", "hollow", "sulfur"),
    *,
    tilts: Sequence[float] = (0.0,),
    probe: str | None = None,
    symmetry: str = "bonds",
    least_room: float = LEAST_ROOM,
    anatomy: Anatomy | None = None,
) -> Iterator[Adsorbed]:
    """Stream models with an adsorbate at each unique site that has room for it.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    name : str
        'H', 'CO', 'COOH', ... (`superatom.model.adsorption.adsorbates.adsorbate_names`).
    kinds : sequence of str
        'top', 'bridge', 'hollow', 'sulfur'; 'tetrahedral' and 'octahedral' holes (or both,
        'interstitial') for single atoms; 'pair' and 'chelate' for molecules with two binding
        atoms (OCHO, NO3, COOH, ...).
    tilts : sequence of float
        Degrees by which molecules lean; one model for each (atoms do not lean).
    probe : str, optional
        Only at metals a probe of this name can touch (`adsorption_sites`).
    symmetry : str
        'bonds', 'positions' or 'none'.
    least_room : float
        Models with less room are left out.
    anatomy : Anatomy, optional
        The dissected parent if already known.

    Yields
    ------
    Adsorbed
        At most one for each unique site and tilt. `adsorption_sites` lists all sites.

    Raises
    ------
    SearchError
        If there is no such adsorbate or kind of site.
    """
    molecule = adsorbate(name)
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    sites = adsorption_sites(taken_apart, kinds, probe=probe, symmetry=symmetry)
    asked = set(kinds)
    if len(molecule.symbols) > 1 and asked & {*INSIDE, "interstitial"}:
        raise SearchError(f"{molecule.name} is no single atom: it cannot be interstitial")
    if molecule.second is None and asked & set(TWO_DONORS):
        raise SearchError(f"{molecule.name} has one binding atom: it cannot hold a pair or chelate")
    return _stream(atoms, molecule, sites, tilts, least_room)


def _stream(
    atoms: Atoms,
    molecule: Adsorbate,
    sites: Sequence[AdsorptionSite],
    tilts: Sequence[float],
    least_room: float,
) -> Iterator[Adsorbed]:
    leaning = tilts if len(molecule.symbols) > 1 else (0.0,)
    for site in sites:
        for tilt in leaning:
            model = adsorb_at(atoms, molecule.name, site, tilt=float(tilt), enough=least_room)
            if model.room >= least_room:
                yield model


def adsorb_at(
    atoms: Atoms, name: str, site: AdsorptionSite, *, tilt: float = 0.0, enough: float = 0.0
) -> Adsorbed:
    """Return the model with an adsorbate at one site, clashing or not (see its `room`).

    Of equivalent sites, which differ by how ligands are turned, the one with most room is
    taken.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    name : str
        Name of the adsorbate.
    site : AdsorptionSite
        Where.
    tilt : float
        Degrees.
    enough : float
        Where not even the binding atom has this much room, turns are not searched through.
    """
    from ase import Atoms as NewAtoms

    molecule = adsorbate(name)
    room, held_by, placed = best_pose(atoms, molecule, site, tilt, enough)
    model: Atoms = atoms.copy()
    model += NewAtoms(list(molecule.symbols), positions=placed)
    model.info = dict(atoms.info)
    record_operation(
        model,
        construction(atoms),
        "adsorb",
        adsorbate=molecule.name,
        kind=site.kind,
        held_by=list(held_by),
        multiplicity=site.multiplicity,
        tilt_degree=tilt,
    )
    return Adsorbed(model, molecule.name, site, held_by, tilt, round(room, 6))
