"""Compounds of a synthesis under one key, whatever spelling they are printed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Number
from superatom.composition.elements import element
from superatom.composition.ligands import Ligand
from superatom.composition.reactions import Term, read_reaction
from superatom.composition.species import Species
from superatom.errors import FormulaError, SuperatomError

__all__ = ["Compound", "free_form", "read_compound", "weight_of"]

_FEW_ATOMS = 3
_SPELLED_OUT = frozenset({"oxyanion", "anion", "solvent", "other", "carbonyl", "hydride"})
_LIKE_A_TAG = re.compile(r"[A-Za-z]{1,2}(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Compound:
    """A cluster, complex, salt, ligand or molecule that a synthesis uses or makes.

    Attributes
    ----------
    text : str
        Formula as written.
    metals, atoms : tuple[tuple[str, int], ...]
        Metal atoms, and other atoms that stand outside ligand groups.
    groups : tuple[tuple[Ligand, int], ...]
        Ligands kept whole, counter-ions and solvates left out.
    charge : int
        Charge in units of e; 0 if none is printed.
    charge_told : bool
        Whether a charge is printed.
    companions : tuple[str, ...]
        Counter-ions and solvates of a cluster as printed behind it.
    label : str
        Isomer label, host and support of a cluster.
    species : Species
        What is weighed and balanced: everything, companions included.
    """

    text: str
    metals: tuple[tuple[str, int], ...]
    atoms: tuple[tuple[str, int], ...]
    groups: tuple[tuple[Ligand, int], ...]
    charge: int
    charge_told: bool
    species: Species
    companions: tuple[str, ...] = ()
    label: str = ""

    @property
    def n_metals(self) -> int:
        """Number of metal atoms."""
        return sum(n for _, n in self.metals)

    @property
    def is_cluster(self) -> bool:
        """Whether it has two metal atoms or more and is no bare metal."""
        return self.n_metals >= 2

    @property
    def frame(self) -> tuple[tuple[str, int], ...]:
        """Metals with counts, sorted."""
        return tuple(sorted(self.metals))

    @property
    def body(self) -> tuple[object, ...]:
        """Metals, atoms and ligands: the same for every spelling and charge state."""
        atoms, groups = dict(self.atoms), []
        for ligand, n in self.groups:
            if _is_small(ligand):
                for symbol, k in ligand.elements.items():
                    atoms[symbol] = atoms.get(symbol, 0) + n * k
            else:
                groups.append((ligand.name, n))
        return (self.frame, tuple(sorted(atoms.items())), tuple(sorted(groups)))

    @property
    def key(self) -> tuple[object, ...]:
        """The same for every spelling of the same compound in the same charge state."""
        return (self.body, self.charge, self.label)

    @property
    def is_generic(self) -> bool:
        """Whether a ligand stands for a whole family (SR)."""
        return any(ligand.kind == "generic" for ligand, _ in self.groups)

    @property
    def is_ligand(self) -> bool:
        """Whether it is one free ligand, such as a thiol or a phosphine."""
        bare = {s for s, _ in self.atoms} <= {"H"}
        return bare and not self.metals and sum(n for _, n in self.groups) == 1

    @property
    def molar_mass(self) -> float | None:
        """Molar mass in g/mol from standard atomic weights; None if a part is generic."""
        return weight_of(self.species)

    def with_parts(
        self, metals: tuple[tuple[str, int], ...], groups: tuple[tuple[Ligand, int], ...]
    ) -> Compound:
        """Return the compound with other metals and ligands, read from its new formula."""
        return read_compound(_write(replace(self, metals=metals, groups=groups)))

    def with_charge(self, charge: int) -> Compound:
        """Return the bare cluster, without companions, in another charge state."""
        return read_compound(_write(replace(self, charge=charge, companions=())))


def _is_small(ligand: Ligand) -> bool:
    """Whether a formula names the group atom by atom as often as by its name (CO, NO3, Ph)."""
    heavy = sum(n for symbol, n in ligand.elements.items() if symbol != "H")
    return 0 < heavy <= _FEW_ATOMS or (heavy > 0 and ligand.kind in _SPELLED_OUT)


def weight_of(species: Species) -> float | None:
    """Return the molar mass of a species in g/mol; None if a group has no formula."""
    total = 0.0
    for symbol, n in species.atoms:
        weight = element(symbol).weight
        if weight is None:
            return None
        total += n * weight
    for ligand, n in species.groups:
        weights = [element(s).weight for s in ligand.elements]
        if ligand.is_generic or None in weights:
            return None
        total += n * sum(k * (element(s).weight or 0.0) for s, k in ligand.elements.items())
    return total or None


@lru_cache(maxsize=16384)
def read_compound(text: str) -> Compound:
    """Read a compound as reaction equations write it.

    Raises
    ------
    FormulaError
        If it cannot be read.

    Examples
    --------
    >>> read_compound("[Au25(SC2H4Ph)18]-").key == read_compound("[Au25(PET)18]^1-").key
    True
    """
    left = _terms(text.strip())
    species = left[-1].species
    if sum(species.metals.values()) >= 2:
        cluster = _cluster(species, text)
        if cluster is not None:
            return _of_cluster(text.strip(), species, cluster)
    return _of_species(text.strip(), species)


def _terms(text: str) -> list[Term]:
    """Read a text as a term of an equation, so that both always agree.

    A leading xenon keeps brackets around the whole text; errors point to the text alone.
    """
    if not text:
        raise FormulaError("a formula is missing")
    before = "Xe + "
    try:
        terms = read_reaction(f"{before}{text} -> Kr").terms
    except FormulaError as error:
        column = max(error.column - len(before), 0)
        raise type(error)(error.problem, text, column, error.length, error.hint) from error
    left = [term for term in terms if term.side > 0]
    if len(left) > 2:
        raise FormulaError(f"'{text[:60]}' is {len(left) - 1} species, one is expected", text)
    return left


def _cluster(species: Species, text: str) -> Cluster | None:
    """Read a cluster with its companions, label and charge; None if it is none."""
    try:
        bare = text.replace("*", "") if species.label == "*" else text
        cluster = Cluster.parse(bare.replace("<", "(").replace(">", ")"))
    except SuperatomError:  # groups only an equation can name
        return None
    held = [(ligand, _whole(n)) for ligand, n in cluster.ligands.items()]
    held += [(c.ligand, c.count) for c in cluster.companions if isinstance(c.count, int)]
    groups = sum(n for ligand, n in held if len(ligand.elements) != 1)
    as_equation = sum(n for _, n in species.groups)
    return cluster if groups == as_equation else None  # SR1 and SR2 are names in equations only


def _of_cluster(text: str, species: Species, cluster: Cluster) -> Compound:
    atoms: dict[str, int] = {}
    groups: dict[Ligand, int] = {}
    for ligand, n in cluster.ligands.items():
        if len(ligand.elements) == 1:
            for symbol, k in ligand.elements.items():
                atoms[symbol] = atoms.get(symbol, 0) + k * _whole(n)
        else:
            groups[ligand] = _whole(n)
    return Compound(
        text=text,
        metals=tuple((s, _whole(n)) for s, n in cluster.metals.items()),
        atoms=tuple(atoms.items()),
        groups=tuple(groups.items()),
        charge=cluster.charge or 0,
        charge_told=cluster.charge is not None,
        species=species,
        companions=tuple(_companion(c.name, c.count, c.charge) for c in cluster.companions),
        label=" ".join(
            filter(None, (cluster.isomer or species.label, cluster.host, cluster.support))
        ),
    )


def _of_species(text: str, species: Species) -> Compound:
    metals = species.metals
    return Compound(
        text=text,
        metals=tuple(metals.items()),
        atoms=tuple((s, n) for s, n in species.atoms if s not in metals),
        groups=species.groups,
        charge=species.charge,
        charge_told=bool(species.charge),
        species=species,
    )


def _whole(count: Number) -> int:
    return round(count)


def _companion(name: str, count: object, charge: int) -> str:
    number = "" if count == 1 else str(count)
    sign = f"^{abs(charge)}{'+' if charge > 0 else '-'}" if charge else ""
    return f"{number}[{name}]{sign}"


def _write(compound: Compound) -> str:
    """Write a formula that equations read: metals, atoms and ligands in the order kept."""
    if not compound.is_cluster:
        return _written_species(compound)
    body = "".join(f"{s}{n if n > 1 else ''}" for s, n in (*compound.metals, *compound.atoms))
    body += "".join(f"({ligand.name}){n if n > 1 else ''}" for ligand, n in compound.groups)
    if compound.charge:
        body = f"[{body}]{_raised(compound.charge)}"
    return ".".join((body, *compound.companions))


def _written_species(compound: Compound) -> str:
    """Write H<PET>, Au<PET>, AuCl<PPh3>, <PET>2, <PET>^-."""
    parts = [*compound.metals, *compound.atoms]
    text = "".join(f"{s}{n if n > 1 else ''}" for s, n in parts)
    text += "".join(_bracketed(ligand) + (str(n) if n > 1 else "") for ligand, n in compound.groups)
    return text + (_raised(compound.charge) if compound.charge else "")


def _bracketed(ligand: Ligand) -> str:
    """Write a ligand in angle brackets, in round ones where it would look like an HTML tag."""
    return f"({ligand.name})" if _LIKE_A_TAG.match(ligand.name) else f"<{ligand.name}>"


def free_form(ligand: Ligand) -> str:
    """Write the free form of a ligand: H<PET> for a thiolate, <PPh3> for a phosphine."""
    taken = max(ligand.charge_taken or 0, 0)
    hydrogen = "H" if taken == 1 else f"H{taken}" if taken else ""
    return hydrogen + _bracketed(ligand)


def _raised(charge: int) -> str:
    size = str(abs(charge)) if abs(charge) > 1 else ""
    return f"^{size}{'+' if charge > 0 else '-'}"
