"""Opening a model: ligands, tails, hydrides, metals or whole motifs removed.

Atoms that stay keep their positions. Two ways to remove are the same when a permutation that
keeps the bonds of the skeleton carries one into the other (`superatom.model.symmetry`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from superatom.errors import SearchError
from superatom.model.construction import construction, record_operation
from superatom.model.departures import Channel, Departure, channels, find_departures
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.burnside import count_isomers
from superatom.structure.isomers import iterate_isomers
from superatom.structure.permutations import PermutationGroup

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["KEEPS", "Stripped", "count_stripped", "departure_orbits", "strip"]

#: What stays the same when something leaves: the cluster's charge, or its n*.
KEEPS = ("charge", "electrons")


@dataclass(frozen=True, slots=True, eq=False)
class Stripped:
    """A model from which something was removed.

    Attributes
    ----------
    atoms : ase.Atoms
        What stays, at the parent's positions; `info["charge"]` is its charge if known.
    removed : tuple[Departure, ...]
        What left.
    multiplicity : int
        Number of equivalent ways to remove it.
    channels : tuple[Channel, ...]
        Charge and electrons that stay: as neutral pieces first, then as ions.
    """

    atoms: Atoms
    removed: tuple[Departure, ...]
    multiplicity: int
    channels: tuple[Channel, ...]

    def __str__(self) -> str:
        told = "; ".join(f"{d.what} ({d.where})" for d in self.removed)
        ways = "; ".join(str(channel) for channel in self.channels)
        return f"{told} x{self.multiplicity}: {ways}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "removed": [
                {"what": d.what, "atoms": list(d.atoms), "where": d.where} for d in self.removed
            ],
            "multiplicity": self.multiplicity,
            "channels": [channel.as_dict() for channel in self.channels],
            "construction": construction(self.atoms),
        }


def strip(
    atoms: Atoms,
    what: str,
    number: int = 1,
    *,
    charge: int | None = None,
    keep: str = "charge",
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> Iterator[Stripped]:
    """Stream all symmetry-unique ways to remove something from a cluster.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    what : str
        'SR', 'R', 'PR3', 'CCR', 'X', 'H', 'metal', 'motif', a metal's element, a motif's
        name or a ligand's name (`superatom.model.departures.find_departures`).
    number : int
        How many leave.
    charge : int, optional
        Charge of the parent; unknown by default, then the charge that stays is not told.
    keep : str
        'charge': neutral pieces leave (radicals where a thiolate goes), the charge stays;
        'electrons': ions leave, n* stays. Sets `info["charge"]`; both are told in `channels`.
    symmetry : str
        'bonds', 'positions' or 'none' (`superatom.model.symmetry`).
    anatomy : Anatomy, optional
        The dissected parent if already known; its charge then counts.

    Raises
    ------
    SearchError
        If nothing of the kind is there, or more are asked than there are.
    """
    if keep not in KEEPS:
        raise SearchError(f"cannot keep {keep!r}; choose from {', '.join(KEEPS)}")
    taken_apart = anatomy if anatomy is not None else dissect(atoms, charge)
    leaving, group = _units(taken_apart, what, number, symmetry)
    parent = construction(atoms)
    isomers = (i for block in iterate_isomers(group, {"gone": number}) for i in block)
    return (
        _stripped(atoms, taken_apart, tuple(leaving[k] for k in i.sites[0][1]), i.multiplicity,
                  keep, parent)
        for i in isomers
    )  # fmt: skip


def count_stripped(
    atoms: Atoms,
    what: str,
    number: int = 1,
    *,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> int:
    """Return how many models `strip` would give, by Burnside's lemma."""
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    _, group = _units(taken_apart, what, number, symmetry)
    return count_isomers(group, {"gone": number})


def departure_orbits(
    anatomy: Anatomy, what: str, *, symmetry: str = "bonds"
) -> tuple[tuple[Departure, ...], ...]:
    """Return everything of a kind that can leave, as sets of equivalent departures.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    what : str
        As in `strip`.
    symmetry : str
        'bonds', 'positions' or 'none'.

    Raises
    ------
    SearchError
        If nothing of the kind is there.
    """
    leaving = find_departures(anatomy, what)
    skeleton = skeleton_symmetry(anatomy, symmetry)
    orbits = skeleton.orbits([departure.place for departure in leaving])
    return tuple(tuple(leaving[k] for k in orbit) for orbit in orbits)


def _units(
    anatomy: Anatomy, what: str, number: int, symmetry: str
) -> tuple[tuple[Departure, ...], PermutationGroup]:
    leaving = find_departures(anatomy, what)
    if not 1 <= number <= len(leaving):
        raise SearchError(f"{number} of {len(leaving)} x {leaving[0].what} cannot leave")
    skeleton = skeleton_symmetry(anatomy, symmetry)
    return leaving, skeleton.action([departure.place for departure in leaving])


def _stripped(
    atoms: Atoms,
    anatomy: Anatomy,
    removed: tuple[Departure, ...],
    multiplicity: int,
    keep: str,
    parent: dict[str, Any],
) -> Stripped:
    gone = {k for departure in removed for k in departure.atoms}
    model: Atoms = atoms[[k for k in range(len(atoms)) if k not in gone]]
    told = channels(anatomy, removed)
    chosen: Channel = told[-1] if keep == "electrons" else told[0]
    model.info = {k: v for k, v in atoms.info.items() if k != "charge"}
    if chosen.charge is not None:
        model.info["charge"] = chosen.charge
    record_operation(
        model,
        parent,
        "strip",
        removed=[d.what for d in removed],
        atoms=sorted(gone),
        multiplicity=multiplicity,
        leaves=chosen.leaves,
    )
    return Stripped(model, removed, multiplicity, told)
