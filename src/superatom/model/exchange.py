"""Ligand exchange on a model or a crystal structure: some or all ligands become others.

Metals, donor atoms and ligands that stay keep their positions exactly. Two ways to exchange
are the same when a permutation that keeps the bonds of the skeleton carries one into the other
(`superatom.model.symmetry`); each comes with its multiplicity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.composition.ligands import Ligand, default_library
from superatom.errors import ComputationError, SearchError
from superatom.model.construction import construction, record_operation
from superatom.model.departures import ligand_place
from superatom.model.exchange_frame import ExchangeFrame
from superatom.model.shell.bound_molecules import bound_molecule, known_ligand
from superatom.model.shell.dressing import dress
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.burnside import count_isomers
from superatom.structure.isomers import iterate_isomers
from superatom.structure.ligand_shell import BoundLigand
from superatom.structure.permutations import PermutationGroup

if TYPE_CHECKING:
    from ase import Atoms

__all__ = [
    "DIRECTIONS",
    "Exchanged",
    "count_exchanged",
    "exchange",
    "exchange_all",
    "leaving_ligands",
]

#: Where the new ligand stands: as the old one ('keep', elsewhere if there is no room), or
#: wherever there is room.
DIRECTIONS = ("keep", "auto")

_NAMED = 4  # places told one by one
_DRAWS = 50  # draws per model wanted before a random sample is called complete


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged:
    """A model with other ligands.

    Attributes
    ----------
    atoms : ase.Atoms
        The model: atoms that stay, in their order, then the new ones ligand by ligand.
    ligand : str
        What came in.
    donors : tuple[tuple[int, ...], ...]
        Donor atoms, as in the parent, of each exchanged ligand.
    places : tuple[str, ...]
        Where these are, in words.
    multiplicity : int
        Number of equivalent ways to do it.
    contact : float
        Nearest contact of a new atom, of the sum of van der Waals radii.
    """

    atoms: Atoms
    ligand: str
    donors: tuple[tuple[int, ...], ...]
    places: tuple[str, ...]
    multiplicity: int
    contact: float

    def __str__(self) -> str:
        where = "; ".join(self.places)
        if len(self.places) > _NAMED:
            kinds = Counter(place.partition(" on ")[2] for place in self.places)
            where = "; ".join(f"{n} on {kind}" for kind, n in kinds.items())
        return (
            f"{len(self.donors)} {self.ligand} at {where} x{self.multiplicity}, "
            f"nearest contact {self.contact:.2f}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "ligand": self.ligand,
            "donors": [list(own) for own in self.donors],
            "places": list(self.places),
            "multiplicity": self.multiplicity,
            "closest_contact": round(self.contact, 4),
            "construction": construction(self.atoms),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """A checked request: which ligands may leave, what comes, how places are equivalent."""

    atoms: Atoms
    anatomy: Anatomy
    ligand: Ligand
    leaving: tuple[BoundLigand, ...]
    group: PermutationGroup


def exchange(
    atoms: Atoms,
    ligand: Ligand | str,
    count: int = 1,
    *,
    sites: Sequence[int] | None = None,
    random: int | None = None,
    replaced: str | None = None,
    direction: str = "keep",
    seed: int = 0,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
    told: Callable[[str], None] | None = None,
) -> Iterator[Exchanged]:
    """Stream the symmetry-unique ways to put other ligands on a cluster.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    ligand : Ligand or str
        What comes in: any name of the library, or `bound_molecules.ligand_of_smiles`.
    count : int
        How many ligands are exchanged.
    sites : sequence of int, optional
        Exchange just the ligands of these atoms (donors, or any atom of theirs); one model.
    random : int, optional
        So many random models instead of all; each choice of sites is equally likely.
    replaced : str, optional
        Name of the ligand that leaves; by default the commonest one that holds the cluster
        as the new one does.
    direction : str
        'keep' or 'auto' (`DIRECTIONS`).
    seed : int
        Seed of conformers, packing and random sites.
    symmetry : str
        'bonds', 'positions' or 'none' (`superatom.model.symmetry`).
    anatomy : Anatomy, optional
        The dissected parent if already known.
    told : callable, optional
        Takes lines of progress, and what had no room.

    Raises
    ------
    UnknownLigand
        If the library has no such ligand.
    StructureError
        If the ligand has no SMILES, donor atom or shape.
    SearchError
        If no ligand here can leave for it, or the numbers make no sense.
    ComputationError
        If there is no room at the chosen sites (or at none at all).
    """
    if direction not in DIRECTIONS:
        raise SearchError(f"no direction {direction!r}; choose from {', '.join(DIRECTIONS)}")
    request = _request(atoms, ligand, replaced, symmetry, anatomy)
    if sites is not None:
        chosen = _of_atoms(request, sites)
        return iter([_exchanged(request, chosen, 1, direction, seed, told)])
    _check_count(request, count)
    if random is not None:
        ways: Iterator[tuple[tuple[int, ...], int]] = iter(_drawn(request, count, random, seed))
    else:
        blocks = iterate_isomers(request.group, {"new": count})
        ways = ((i.sites[0][1], i.multiplicity) for block in blocks for i in block)
    return _stream(request, ways, direction, seed, told)


def exchange_all(
    atoms: Atoms,
    ligand: Ligand | str,
    *,
    replaced: str | None = None,
    direction: str = "keep",
    seed: int = 0,
    anatomy: Anatomy | None = None,
    told: Callable[[str], None] | None = None,
) -> Atoms:
    """Return the cluster with every ligand of a kind exchanged.

    This puts full ligands on a simplified, relaxed core too.

    Parameters
    ----------
    atoms, ligand, replaced, direction, seed, anatomy, told
        As in `exchange`.
    """
    request = _request(atoms, ligand, replaced, "none", anatomy)
    every = tuple(range(len(request.leaving)))
    return _exchanged(request, every, 1, direction, seed, told).atoms


def count_exchanged(
    atoms: Atoms,
    ligand: Ligand | str,
    count: int = 1,
    *,
    replaced: str | None = None,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> int:
    """Return how many ways `exchange` meets, by Burnside's lemma."""
    request = _request(atoms, ligand, replaced, symmetry, anatomy)
    _check_count(request, count)
    return count_isomers(request.group, {"new": count})


def _request(
    atoms: Atoms,
    ligand: Ligand | str,
    replaced: str | None,
    symmetry: str,
    anatomy: Anatomy | None,
) -> _Request:
    new = known_ligand(ligand) if isinstance(ligand, str) else ligand
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    leaving = leaving_ligands(taken_apart, new, replaced)
    bound_molecule(new, len(leaving[0].anchors))  # what cannot bind is told before any work
    skeleton = skeleton_symmetry(taken_apart, symmetry)
    group = skeleton.action([bound.anchors for bound in leaving])
    return _Request(atoms, taken_apart, new, leaving, group)


def leaving_ligands(
    anatomy: Anatomy, new: Ligand, replaced: str | None = None
) -> tuple[BoundLigand, ...]:
    """Return the ligands that can leave: of one name, held by donors like the new one's.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    new : Ligand
        What comes in.
    replaced : str, optional
        Name of what leaves.

    Raises
    ------
    SearchError
        If there is none.
    """
    if replaced is not None:
        library = default_library()
        name = library[replaced].name if replaced in library else replaced
        found = tuple(b for b in anatomy.ligands.ligands if b.ligand.name in (name, replaced))
        if not found:
            raise SearchError(f"no {replaced} on {anatomy.formula} that could leave")
        return found
    fits = [b for b in anatomy.ligands.ligands if _alike(anatomy, b, new)]
    others = [b for b in fits if b.ligand.name != new.name] or fits
    if not others:
        names = ", ".join(sorted({b.ligand.name for b in anatomy.ligands.ligands}))
        raise SearchError(
            f"no ligand of {anatomy.formula} holds it as {new.name} does; there are {names}\n"
            "  say which shall leave: --replaced NAME"
        )
    commonest = Counter(b.ligand.name for b in others).most_common(1)[0][0]
    return tuple(b for b in others if b.ligand.name == commonest)


_LIKE = {"S": "S", "Se": "S", "Te": "S", "F": "X", "Cl": "X", "Br": "X", "I": "X"}


def _alike(anatomy: Anatomy, bound: BoundLigand, new: Ligand) -> bool:
    symbols = {str(anatomy.atoms.symbols[k]) for k in bound.anchors}
    own = {_LIKE.get(s, s) for s in symbols}
    wanted = {_LIKE.get(s, s) for s in new.anchors}
    return own <= wanted and len(bound.anchors) == new.denticity


def _check_count(request: _Request, count: int) -> None:
    most = len(request.leaving)
    if not 1 <= count <= most:
        name = request.leaving[0].ligand.name
        raise SearchError(f"{count} of {most} {name} cannot be exchanged; choose 1 to {most}")


def _of_atoms(request: _Request, sites: Sequence[int]) -> tuple[int, ...]:
    owner = {a: k for k, bound in enumerate(request.leaving) for a in bound.atoms}
    unknown = [k for k in sites if k not in owner]
    if unknown or not sites:
        donors = ", ".join(str(b.anchors[0]) for b in request.leaving)
        name = request.leaving[0].ligand.name
        told = f"atom {unknown[0]} is in no {name}" if unknown else "no sites given"
        raise SearchError(f"{told}; its donor atoms here are {donors}")
    return tuple(sorted({owner[k] for k in sites}))


def _drawn(
    request: _Request, count: int, number: int, seed: int
) -> list[tuple[tuple[int, ...], int]]:
    """Return random choices of sites, no two equivalent, with their multiplicities."""
    if number < 1:
        raise SearchError(f"a sample needs at least one model, got {number}")
    rng = np.random.default_rng(seed)
    rows = request.group.elements
    known: dict[tuple[int, ...], tuple[tuple[int, ...], int]] = {}
    for _ in range(_DRAWS * number):
        if len(known) == number:
            break
        chosen = np.sort(rng.choice(len(request.leaving), count, replace=False))
        images = np.unique(np.sort(rows[:, chosen], axis=1), axis=0)
        first = tuple(images[0].tolist())
        known.setdefault(first, (tuple(chosen.tolist()), len(images)))
    return list(known.values())


def _stream(
    request: _Request,
    ways: Iterator[tuple[tuple[int, ...], int]],
    direction: str,
    seed: int,
    told: Callable[[str], None] | None,
) -> Iterator[Exchanged]:
    """Yield the models that have room; raise if none has."""
    failed: ComputationError | None = None
    found = False
    for chosen, multiplicity in ways:
        try:
            model = _exchanged(request, chosen, multiplicity, direction, seed, told)
        except ComputationError as error:
            failed = error
            if told is not None:
                told(f"left out x{multiplicity}: {error}")
            continue
        found = True
        yield model
    if not found and failed is not None:
        raise failed


def _exchanged(
    request: _Request,
    chosen: Sequence[int],
    multiplicity: int,
    direction: str,
    seed: int,
    told: Callable[[str], None] | None,
) -> Exchanged:
    leaving = [request.leaving[k] for k in chosen]
    new = request.ligand
    frame = ExchangeFrame(request.atoms, request.anatomy, leaving, new, seed)
    try:
        places = frame.places(keep=direction == "keep")
        done = dress(frame.frame, places, seed=seed, told=told)
    except ComputationError:
        if direction != "keep":
            raise
        done = dress(frame.frame, frame.places(keep=False), seed=seed, told=told)
    model = frame.model(done)
    where = tuple(ligand_place(request.anatomy, bound) for bound in leaving)
    donors = tuple(bound.anchors for bound in leaving)
    ratio = done.contact.ratio if done.contact is not None else float("inf")
    model.info = {k: v for k, v in request.atoms.info.items() if k not in ("name", "charge")}
    charge = request.atoms.info.get("charge", request.anatomy.charge)
    if charge is not None and leaving[0].ligand.charge_taken == new.charge_taken:
        model.info["charge"] = int(charge)
    record_operation(
        model,
        construction(request.atoms),
        "exchange",
        ligand=new.name,
        smiles=frame.molecule.smiles,
        left=leaving[0].ligand.name,
        donors=[list(own) for own in donors],
        multiplicity=multiplicity,
        direction=direction,
        seed=seed,
    )
    return Exchanged(model, new.name, donors, where, multiplicity, ratio)
