"""What can leave a cluster: ligands, their tails, hydrides, metals, whole motifs.

A `Departure` is a set of atoms that leave together, with the bookkeeping of the superatom
electron count n* = sum(N_A v_A) - sum(charges taken by ligands) - q (Walter et al. 2008,
10.1073/pnas.0801001105): what leaves as an ion changes the charge q, what leaves as a neutral
atom, radical or molecule changes n*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from superatom.composition.conventions import default_valences
from superatom.composition.ligands import default_library
from superatom.composition.shells import closed_shells
from superatom.errors import SearchError
from superatom.structure.anatomy import Anatomy
from superatom.structure.ligand_shell import BoundLigand
from superatom.structure.molecules import hill_formula
from superatom.structure.motifs import Motif

__all__ = ["Channel", "Departure", "channels", "find_departures", "ligand_place"]

_TAILED = ("SR", "SeR", "TeR")
_HALIDES = ("F", "Cl", "Br", "I")
_HYDRIDE = "-H"


@dataclass(frozen=True, slots=True)
class Departure:
    """A set of atoms that leave together.

    Attributes
    ----------
    what : str
        '-SMe', '-CH3', '-PPh3', '-H', '-Au', '-Au2(SR)3'.
    atoms : tuple[int, ...]
        The atoms that leave.
    place : tuple[int, ...]
        Skeleton atoms (metals, anchors) that tell where; equivalent places are found by them.
    where : str
        The place in words: 'S27 between kernel surface and motif'.
    ion : int or None
        Charge with which it leaves when n* stays as it is (thiolate -1, R +1, Au +1,
        phosphine 0; hydride -1, or +1 from gold); None if the charge a ligand takes is not known.
    """

    what: str
    atoms: tuple[int, ...]
    place: tuple[int, ...]
    where: str
    ion: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to share out the electrons when something leaves.

    Attributes
    ----------
    leaves : str
        What leaves, with the charge of each piece: '2 CH3S(-1)', 'CH3S(0)'.
    charge : int or None
        Charge of the cluster that stays; None if that of the parent is not known.
    free_electrons : float or None
        Superatom electrons n* that stay; None if not known.
    closed_shell : bool or None
        Whether n* closes a spherical shell or sub-shell.
    radical : bool or None
        Whether the number of all electrons that stay is odd.
    """

    leaves: str
    charge: int | None
    free_electrons: float | None
    closed_shell: bool | None
    radical: bool | None

    def as_dict(self) -> dict[str, Any]:
        """Return the channel as plain JSON types."""
        return asdict(self)

    def __str__(self) -> str:
        if self.charge is None:
            return f"as {self.leaves}: charge of the cluster not known"
        kind = "radical" if self.radical else "even electron number"
        count = "" if self.free_electrons is None else f", n* = {self.free_electrons}"
        shell = " (closed)" if self.closed_shell else ""
        charge = f"{self.charge:+d}" if self.charge else "0"
        return f"as {self.leaves}: cluster charge {charge}{count}{shell}, {kind}"


def channels(anatomy: Anatomy, leaving: tuple[Departure, ...]) -> tuple[Channel, ...]:
    """Return the bookkeeping of what leaves: as neutral pieces first, as ions that keep n* last.

    The last is left out where it is the same or where a ligand's charge is not known. Hydrides
    are also told as the other ion (H+ from copper, H- from gold) in between.
    """
    ions = [d.ion for d in leaving]
    known = [ion for ion in ions if ion is not None]
    sets = [[0] * len(leaving)]
    if len(known) == len(leaving) and any(known):
        if {d.what for d in leaving} == {_HYDRIDE}:
            sets.append([-ion for ion in known])
        sets.append(known)
    return tuple(_channel(anatomy, leaving, charges, ions) for charges in sets)


def _channel(
    anatomy: Anatomy,
    leaving: tuple[Departure, ...],
    charges: list[int],
    ions: list[int | None],
) -> Channel:
    symbols = anatomy.atoms.symbols
    pieces = Counter(
        f"{hill_formula([symbols[k] for k in d.atoms])}({q:+d})" if q else
        f"{hill_formula([symbols[k] for k in d.atoms])}(0)"
        for d, q in zip(leaving, charges, strict=True)
    )  # fmt: skip
    told = " + ".join(f"{n} {piece}" if n > 1 else piece for piece, n in pieces.items())
    if anatomy.charge is None:
        return Channel(told, None, None, None, None)
    gone = {k for d in leaving for k in d.atoms}
    charge = anatomy.charge - sum(charges)
    kept = [int(z) for k, z in enumerate(anatomy.atoms.numbers) if k not in gone]
    free: float | None = None
    if anatomy.electrons is not None and None not in ions:
        # an ion takes its electrons along; a neutral piece leaves those it would have taken
        free = anatomy.electrons.total + sum(
            q - ion for q, ion in zip(charges, ions, strict=True) if ion is not None
        )
    closing = {shell.electrons for shell in closed_shells()}
    closed = None if free is None else free in closing
    return Channel(told, charge, free, closed, bool((sum(kept) - charge) % 2))


def find_departures(anatomy: Anatomy, what: str) -> tuple[Departure, ...]:
    """Return everything of a kind that can leave.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    what : str
        'SR' (any thiolate, selenolate, tellurolate), 'R' (its tail; S stays), 'PR3' (any
        phosphine), 'CCR' (any alkynyl), 'X' (any halide), 'H' (hydride), 'metal' or a metal's
        element (a vacancy), 'motif' or a motif's name ('Au2(SR)3'), or a ligand's name. A
        leading minus sign is ignored.

    Raises
    ------
    SearchError
        If there is nothing of the kind in the cluster.
    """
    asked = what.strip().lstrip("-−").strip()
    found: tuple[Departure, ...] = ()
    rule = _RULES.get(asked)
    if rule is not None:
        found = rule(anatomy)
    elif asked in set(anatomy.formula.metals):
        found = tuple(d for d in _metals(anatomy) if d.what == f"-{asked}")
    elif asked in {m.name for m in anatomy.geometric.motifs}:
        found = tuple(d for d in _motifs(anatomy) if d.what == f"-{asked}")
    else:
        found = _ligands(anatomy, lambda bound: _is_named(bound, asked))
    if not found:
        names = sorted({b.ligand.name for b in anatomy.ligands.ligands})
        motifs = sorted({m.name for m in anatomy.geometric.motifs if m.metals})
        raise SearchError(
            f"nothing called {what!r} can leave {anatomy.formula}\n"
            f"  kinds: {', '.join(_RULES)}\n"
            f"  here: {', '.join([*names, *motifs, *anatomy.formula.metals])}"
        )
    return found


def _is_named(bound: BoundLigand, name: str) -> bool:
    library = default_library()
    known = library[name].name if name in library else name
    return bound.ligand.name in (name, known)


def _donor_names(anatomy: Anatomy, bound: BoundLigand) -> set[str]:
    groups = anatomy.donors.group_atoms
    return {
        anatomy.donors.names[g] for g, atoms in groups.items() if set(atoms) & set(bound.anchors)
    }


def _ligands(anatomy: Anatomy, keep: Callable[[BoundLigand], bool]) -> tuple[Departure, ...]:
    return tuple(
        Departure(
            f"-{bound.ligand.name}",
            bound.atoms,
            bound.anchors,
            ligand_place(anatomy, bound),
            _ion(anatomy, bound),
        )
        for bound in anatomy.ligands.ligands
        if bound.anchors and keep(bound)
    )


def _ion(anatomy: Anatomy, bound: BoundLigand) -> int | None:
    """Return the charge with which a ligand leaves when n* stays.

    A hydride gives or takes an electron, by its metal (`superatom.composition.electrons`).
    """
    if anatomy.electrons_by_charge is not None:
        for term in anatomy.electrons_by_charge.terms:
            if term.kind == "hydride" and term.name == bound.ligand.name:
                return term.each
    taken = bound.ligand.charge_taken
    return None if taken is None else -taken


def _of_donors(*names: str) -> Callable[[Anatomy], tuple[Departure, ...]]:
    def rule(anatomy: Anatomy) -> tuple[Departure, ...]:
        return _ligands(anatomy, lambda bound: bool(_donor_names(anatomy, bound) & set(names)))

    return rule


def _tails(anatomy: Anatomy) -> tuple[Departure, ...]:
    """Return the tails of thiolates: R leaves, S stays as a sulfide that takes 2 electrons."""
    symbols = anatomy.atoms.symbols
    found = []
    for bound in anatomy.ligands.ligands:
        tail = tuple(a for a in bound.atoms if a not in bound.anchors)
        if tail and len(bound.anchors) == 1 and _donor_names(anatomy, bound) & set(_TAILED):
            what = f"-{hill_formula([symbols[k] for k in tail])}"
            found.append(Departure(what, tail, bound.anchors, ligand_place(anatomy, bound), 1))
    return tuple(found)


def _metals(anatomy: Anatomy) -> tuple[Departure, ...]:
    valences = default_valences()
    return tuple(
        Departure(
            f"-{site.symbol}",
            (site.atom,),
            (site.atom,),
            f"{site.symbol}{site.atom}, {site.position}",
            valences.get(site.symbol),
        )
        for site in anatomy.sites
    )


def _motifs(anatomy: Anatomy) -> tuple[Departure, ...]:
    """Return whole motifs: their metals and the ligands no other motif's metal holds."""
    inside = [m for m in anatomy.geometric.motifs if m.metals]
    return tuple(_motif(anatomy, motif, inside) for motif in inside)


def _motif(anatomy: Anatomy, motif: Motif, motifs: list[Motif]) -> Departure:
    elsewhere = {k for other in motifs if other is not motif for k in other.metals}
    own = set(motif.metals)
    ligands = [
        b
        for b in anatomy.ligands.ligands
        if own & set(b.metals) and not elsewhere & set(b.metals) and b.anchors
    ]
    taken = [b.ligand.charge_taken for b in ligands]
    valences = [default_valences().get(anatomy.atoms.symbols[k]) for k in motif.metals]
    known = [v for v in valences if v is not None]
    charges = [t for t in taken if t is not None]
    certain = len(known) == len(valences) and len(charges) == len(taken)
    return Departure(
        f"-{motif.name}",
        tuple(sorted([*motif.metals, *(a for b in ligands for a in b.atoms)])),
        tuple(sorted([*motif.metals, *(a for b in ligands for a in b.anchors)])),
        f"metals {', '.join(str(k) for k in motif.metals)}",
        sum(known) - sum(charges) if certain else None,
    )


def ligand_place(anatomy: Anatomy, bound: BoundLigand) -> str:
    """Return where a ligand sits, in words: 'S27 on kernel surface and motif'."""
    position = {site.atom: site.position for site in anatomy.sites}
    symbols = anatomy.atoms.symbols
    anchors = ", ".join(f"{symbols[a]}{a}" for a in bound.anchors)
    counted = Counter(position[m] for m in bound.metals if m in position)
    held = " and ".join(f"{n} {p}" if n > 1 else p for p, n in sorted(counted.items()))
    return f"{anchors} on {held}"


_RULES: Mapping[str, Callable[[Anatomy], tuple[Departure, ...]]] = MappingProxyType(
    {
        "SR": _of_donors(*_TAILED),
        "R": _tails,
        "PR3": _of_donors("PR3"),
        "CCR": _of_donors("CCR"),
        "X": _of_donors(*_HALIDES),
        "H": _of_donors("H"),
        "metal": _metals,
        "motif": _motifs,
    }
)
