"""A structure against a formula: metals, ligands, hydrogens, and whatever else is in the file.

Ligands are told apart without a library: take the metal atoms away, and each connected
group of the others is a ligand, whose heavy atoms say which ligand of the formula it is.
Hydrogens are compared after that, since crystal structures often lack them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Number
from superatom.composition.ligands import Ligand
from superatom.errors import StructureError
from superatom.provenance import Provenance, stamp
from superatom.structure.bonds import BondKind, bonds, is_metal
from superatom.structure.ligand_graphs import hill_formula

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Agreement", "ElementTally", "LigandTally", "compare"]

_METHOD = "composition of a structure against a formula (fragments of the bond graph)"
_HYDROGEN = ("H", "D")
_OCCUPANCY_ERROR = 0.1  # atoms; mixed sites add up to an average with the error of refinement
Atomic = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ElementTally:
    """Atoms of one element.

    Attributes
    ----------
    symbol : str
        The element.
    expected : int or float or None
        By the formula; None where it leaves the element open (generic ligands or metals).
    found : int or float
        In the cluster of the structure; an average where sites are mixed.
    """

    symbol: str
    expected: Number | None
    found: Number

    @property
    def agrees(self) -> bool:
        """Whether both say the same, or the formula says nothing."""
        if self.expected is None or self.expected == self.found:
            return True
        average = isinstance(self.found, float) or isinstance(self.expected, float)
        return average and abs(self.expected - self.found) < _OCCUPANCY_ERROR


@dataclass(frozen=True, slots=True)
class LigandTally:
    """Equal ligands of the structure and what the formula says about them.

    Attributes
    ----------
    name : str
        Ligand of the formula; '' if the formula has none like it.
    formula : str
        Atoms of one in the structure (Hill order); '' if the structure has none.
    found : int
        How many the structure has.
    lacks : tuple[tuple[str, int], ...]
        Atoms each of them lacks compared with the formula's ligand; negative for surplus.
    missing : int or float
        Ligands of this name that the structure does not have.
    """

    name: str
    formula: str
    found: int
    lacks: Atomic = ()
    missing: Number = 0

    @property
    def agrees(self) -> bool:
        """Whether nothing is lacking, missing or surplus."""
        return bool(self.name) and not self.lacks and not self.missing

    @property
    def lacks_only_hydrogen(self) -> bool:
        """Whether all heavy atoms are there."""
        return bool(self.lacks) and all(symbol in _HYDROGEN for symbol, _ in self.lacks)

    @property
    def remark(self) -> str:
        """What is different, in words; '' if nothing."""
        if self.missing:
            return f"{self.missing} missing"
        if not self.name:
            return "not in the formula"
        short = [f"{n} {symbol}" for symbol, n in self.lacks if n > 0]
        extra = [f"{-n} {symbol}" for symbol, n in self.lacks if n < 0]
        words = [f"lacks {', '.join(short)} each"] if short else []
        words += [f"has {', '.join(extra)} too many each"] if extra else []
        return "; ".join(words)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a structure and a formula compare.

    Attributes
    ----------
    formula : str
        The formula.
    structure : str
        Name of the file.
    elements : tuple[ElementTally, ...]
        Atoms of the cluster, metals first.
    ligands : tuple[LigandTally, ...]
        Ligands of the cluster.
    others : tuple[tuple[str, int or float], ...]
        Molecules in the file that are not part of the cluster: name or formula, and how
        many for each cluster.
    notes : tuple[str, ...]
        What a reader should know about the file.
    provenance : Provenance
        Method, version, inputs.
    """

    formula: str
    structure: str
    elements: tuple[ElementTally, ...]
    ligands: tuple[LigandTally, ...]
    others: tuple[tuple[str, Number], ...]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def agrees(self) -> bool:
        """Whether all atoms and ligands are as the formula says."""
        elements = all(tally.agrees for tally in self.elements)
        return elements and all(tally.agrees for tally in self.ligands)

    @property
    def hydrogens_missing(self) -> int:
        """Hydrogen atoms that the formula has and the structure has not; 0 if none."""
        tallies = {tally.symbol: tally for tally in self.elements}
        short = sum(
            round(tally.expected - tally.found)
            for symbol, tally in tallies.items()
            if symbol in _HYDROGEN and tally.expected is not None
        )
        return max(0, short)

    @property
    def differs_only_in_hydrogen(self) -> bool:
        """Whether every difference is hydrogen that the structure does not show."""
        heavy = all(t.agrees for t in self.elements if t.symbol not in _HYDROGEN)
        shell = all(t.agrees or t.lacks_only_hydrogen or _is_hydride(t) for t in self.ligands)
        return not self.agrees and heavy and shell and self.hydrogens_missing > 0

    @property
    def verdict(self) -> str:
        """The comparison in one sentence."""
        if self.agrees:
            return "The structure has the atoms and ligands of the formula."
        missing = self.hydrogens_missing
        if self.differs_only_in_hydrogen:
            atoms = "hydrogen" if missing == 1 else "hydrogens"
            return f"The structure agrees with the formula but for {missing} missing {atoms}."
        wrong = [t.symbol for t in self.elements if not t.agrees]
        return "The structure differs from the formula: " + (
            f"other numbers of {', '.join(wrong)}." if wrong else "other ligands."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types."""
        return {
            **asdict(self),
            "agrees": self.agrees,
            "hydrogens_missing": self.hydrogens_missing,
            "verdict": self.verdict,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Agreement:
        """Return the comparison written by `as_dict`."""
        origin = dict(data["provenance"])
        return cls(
            formula=data["formula"],
            structure=data["structure"],
            elements=tuple(ElementTally(**tally) for tally in data["elements"]),
            ligands=tuple(
                LigandTally(**{**tally, "lacks": tuple(map(tuple, tally["lacks"]))})
                for tally in data["ligands"]
            ),
            others=tuple((formula, n) for formula, n in data["others"]),
            notes=tuple(data["notes"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def _is_hydride(tally: LigandTally) -> bool:
    return tally.name in _HYDROGEN and tally.missing > 0


def compare(
    cluster: Cluster,
    atoms: Atoms,
    *,
    name: str = "structure",
    companions: Iterable[tuple[str, Number]] = (),
    composition: Mapping[str, Number] | None = None,
    notes: tuple[str, ...] = (),
) -> Agreement:
    """Compare the atoms of a molecule with a formula.

    Parameters
    ----------
    cluster : Cluster
        The formula.
    atoms : ase.Atoms
        A whole cluster; molecules that touch no metal are counted apart.
    name : str
        Name of the file, for the report.
    companions : iterable of (formula, count)
        Further molecules of the crystal that are not among `atoms`.
    composition : mapping, optional
        Average numbers of atoms, where several elements share sites.
    notes : tuple[str, ...]
        Remarks made while the file was read.

    Raises
    ------
    StructureError
        If there is no metal atom, or the atoms cannot be a molecule.
    """
    own, shell, loose = _taken_apart(atoms)
    others: dict[str, Number] = dict(Counter(hill_formula(dict(part)) for part in loose))
    for formula, count in companions:
        others[formula] = others.get(formula, 0) + count
    return Agreement(
        formula=str(cluster),
        structure=name,
        elements=_element_tallies(cluster, composition or own),
        ligands=tuple(_ligand_tallies(cluster, Counter(shell))),
        others=tuple(sorted(others.items())),
        notes=(*notes, *_remarks(own)),
        provenance=stamp(_METHOD, str(cluster), atoms.numbers.tolist(), atoms.positions.tolist()),
    )


def _remarks(found: Mapping[str, int]) -> tuple[str, ...]:
    if "C" in found and not any(symbol in found for symbol in _HYDROGEN):
        return (
            "the structure has no hydrogen atoms at all, as is usual for weak diffraction data",
        )
    return ()


def _taken_apart(atoms: Atoms) -> tuple[Counter[str], list[Atomic], list[Atomic]]:
    """Return the cluster's elements, its ligands, and molecules that touch no metal."""
    metal = is_metal(atoms.numbers)
    if not metal.any():
        raise StructureError("no metal atom in this structure: not a metal cluster")
    found = bonds(atoms)
    molecule = found.fragments()
    on_cluster = np.isin(molecule, np.unique(molecule[metal]))
    symbols = np.array(atoms.get_chemical_symbols())
    fragment = found.fragments(BondKind.COVALENT)
    fragment[metal] = -1
    shell: list[Atomic] = []
    loose: list[Atomic] = []
    for label in np.unique(fragment[~metal]):
        members = fragment == label
        counted = tuple(sorted(Counter(symbols[members].tolist()).items()))
        (shell if on_cluster[members].any() else loose).append(counted)
    return Counter(symbols[on_cluster].tolist()), shell, loose


def _element_tallies(cluster: Cluster, found: Mapping[str, Number]) -> tuple[ElementTally, ...]:
    """Compare element by element; a generic ligand leaves all but the metals open."""
    known: dict[str, Number] = {}
    for symbol, n in cluster.metals.items():
        known[symbol] = known.get(symbol, 0) + n
    for ligand, n in cluster.ligands.items():
        for symbol, each in ligand.elements.items():
            known[symbol] = known.get(symbol, 0) + each * n
    generic = any(ligand.is_generic for ligand in cluster.ligands)
    open_metal = any(symbol == "M" or "+" in symbol for symbol in cluster.metals)
    order = [*(s for s in cluster.metals if s in found), *sorted(set(known) | set(found))]
    return tuple(
        ElementTally(symbol, _expected(symbol, known, generic, open_metal), found.get(symbol, 0))
        for symbol in dict.fromkeys(order)
        if symbol in found or not (symbol == "M" or "+" in symbol)
    )


def _expected(
    symbol: str, known: Mapping[str, Number], generic: bool, open_metal: bool
) -> Number | None:
    from ase.data import atomic_numbers

    metal = bool(is_metal(np.array([atomic_numbers.get(symbol, 1)]))[0])
    if open_metal and metal and symbol not in known:
        return None
    if generic and not metal:
        return None
    return known.get(symbol, 0)


def _heavy(atoms: Mapping[str, int]) -> Atomic:
    return tuple(sorted((s, n) for s, n in atoms.items() if s not in _HYDROGEN))


def _lacking(wanted: Mapping[str, int], got: Mapping[str, int]) -> Atomic:
    symbols = sorted(set(wanted) | set(got))
    return tuple(
        (symbol, wanted.get(symbol, 0) - got.get(symbol, 0))
        for symbol in symbols
        if wanted.get(symbol, 0) != got.get(symbol, 0)
    )


def _ligand_tallies(cluster: Cluster, shell: Counter[Atomic]) -> list[LigandTally]:
    """Give each kind of fragment to the ligand of the formula that it fits best.

    Fits are tried from the strictest to the loosest: all atoms, heavy atoms, a generic
    ligand, a ligand of which a part is there.
    """
    printed = {part.ligand: part.name for part, _ in cluster.parts if hasattr(part, "ligand")}
    wanted: dict[Ligand, Number] = dict(cluster.ligands)
    left = Counter(shell)
    tallies: list[LigandTally] = []
    for fits in (_same_atoms, _same_heavy_atoms, _generic_fit, _part_of):
        for ligand in list(wanted):
            for fragment in sorted(left, key=lambda kind: -sum(n for _, n in kind)):
                take = min(left[fragment], int(wanted[ligand]))
                if take and fits(ligand, dict(fragment)):
                    tallies.append(_tally(printed[ligand], ligand, dict(fragment), take))
                    wanted[ligand] -= take
                    left[fragment] -= take
    tallies += [LigandTally(printed[k], "", 0, missing=n) for k, n in wanted.items() if n]
    tallies += [LigandTally("", hill_formula(dict(f)), n) for f, n in left.items() if n]
    return tallies


def _tally(name: str, ligand: Ligand, fragment: Mapping[str, int], count: int) -> LigandTally:
    lacks = () if ligand.is_generic else _lacking(ligand.elements, fragment)
    return LigandTally(name, hill_formula(fragment), count, lacks)


def _same_atoms(ligand: Ligand, fragment: Mapping[str, int]) -> bool:
    return dict(ligand.elements) == dict(fragment)


def _same_heavy_atoms(ligand: Ligand, fragment: Mapping[str, int]) -> bool:
    heavy = _heavy(fragment)
    return bool(heavy) and _heavy(ligand.elements) == heavy


def _generic_fit(ligand: Ligand, fragment: Mapping[str, int]) -> bool:
    return ligand.is_generic and (not ligand.anchors or any(a in fragment for a in ligand.anchors))


def _part_of(ligand: Ligand, fragment: Mapping[str, int]) -> bool:
    heavy = dict(_heavy(fragment))
    within = all(n <= ligand.elements.get(symbol, 0) for symbol, n in heavy.items())
    return bool(heavy) and within and any(anchor in heavy for anchor in ligand.anchors)
