"""Search spaces in the chemist's words: which metals, ligands, adducts and charges to try."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import Ligand, LigandLibrary, default_library
from superatom.composition.parts import Adduct, LigandPart, MetalPart
from superatom.errors import SearchError
from superatom.spectra.mass.isotopes import average_mass
from superatom.spectra.mass.space_parts import SpacePart, read_charges, read_parts

__all__ = ["Limits", "SearchSpace", "presets"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Constraints on a composition as a whole; None where there is none.

    Attributes
    ----------
    n_metals, n_ligands : tuple[int, int] or None
        Least and greatest total number of metal atoms and of ligands.
    ligand_ratio : tuple[float, float] or None
        Least and greatest number of ligands per metal atom.
    electrons : tuple[int, int] or None
        Least and greatest superatom electron count.
    parity : str
        'even', 'odd', or '' for any.
    """

    n_metals: tuple[int, int] | None = None
    n_ligands: tuple[int, int] | None = None
    ligand_ratio: tuple[float, float] | None = None
    electrons: tuple[int, int] | None = None
    parity: str = ""

    def __post_init__(self) -> None:
        if self.parity not in ("", "even", "odd"):
            raise SearchError(f"the parity of electrons is even or odd, got '{self.parity}'")
        for pair in (self.n_metals, self.n_ligands, self.ligand_ratio, self.electrons):
            if pair is not None and pair[0] > pair[1]:
                raise SearchError(f"a range runs from low to high, got {pair[0]} to {pair[1]}")

    def allow(
        self, metals: NDArray[np.int64], ligands: NDArray[np.int64], electrons: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return which compositions with these totals are within the limits."""
        fine = metals >= 1
        if self.n_metals is not None:
            fine = fine & (metals >= self.n_metals[0]) & (metals <= self.n_metals[1])
        if self.n_ligands is not None:
            fine = fine & (ligands >= self.n_ligands[0]) & (ligands <= self.n_ligands[1])
        if self.ligand_ratio is not None:
            low, high = self.ligand_ratio
            fine = fine & (ligands >= low * metals - 1e-9) & (ligands <= high * metals + 1e-9)
        if self.electrons is not None:
            fine = fine & (electrons >= self.electrons[0]) & (electrons <= self.electrons[1])
        if self.parity:
            fine = fine & (electrons % 2 == (self.parity == "odd"))
        return fine

    @property
    def words(self) -> str:
        """The limits in words; '' if there are none."""
        said = [
            f"{name} {pair[0]:g} to {pair[1]:g}"
            for name, pair in (
                ("metal atoms", self.n_metals),
                ("ligands", self.n_ligands),
                ("ligands per metal", self.ligand_ratio),
                ("electrons", self.electrons),
            )
            if pair is not None
        ]
        if self.parity:
            said.append(f"an {self.parity} number of electrons")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """All compositions that an assignment may choose from.

    Attributes
    ----------
    parts : tuple[SpacePart, ...]
        What compositions are made of, metals first, each with its range.
    charges : tuple[int, ...]
        Charges with their sign.
    limits : Limits
        Constraints on the whole.

    Examples
    --------
    >>> space = SearchSpace.parse(metals="Au:20-30", ligands="SR=C8H9S:15-20", charge="-1")
    >>> space.size()
    66
    """

    parts: tuple[SpacePart, ...]
    charges: tuple[int, ...]
    limits: Limits = Limits()

    @classmethod
    def parse(
        cls,
        metals: str,
        ligands: str = "",
        others: str = "",
        charge: str | Sequence[int] = "-1",
        *,
        limits: Limits | None = None,
        library: LigandLibrary | None = None,
    ) -> SearchSpace:
        """Return the space that a few words describe.

        Parameters
        ----------
        metals, ligands, others : str
            Names with ranges: ``"Au:10-50 Ag:0-10"``, ``"PET MHA:0-18"`` (a name without a
            range takes that of the next name that has one), ``"Cl:0-2 H:-12-2 Na:0-4"``. A
            ligand is a name of the library, or ``name=FORMULA``. H among the others is the
            proton; H among the ligands is hydride.
        charge : str or sequence of int
            ``"-6..-1"``, ``"-1"``, ``"1,2"``.
        limits : Limits, optional
            Constraints on the whole.
        library : LigandLibrary, optional
            Ligands known; the built-in library by default.

        Raises
        ------
        SearchError
            If a range or charge cannot be read, or the space is empty.
        UnknownLigand, UnknownElement
            If a name is not known.
        """
        parts = (
            *read_parts(metals, "metal", library),
            *read_parts(ligands, "ligand", library),
            *read_parts(others, "other", library),
        )
        if not any(part.role == "metal" for part in parts):
            raise SearchError("a search space needs at least one metal, such as 'Au:1-60'")
        _reject_repeats(parts)
        return cls(parts, read_charges(charge), limits or Limits())

    @classmethod
    def preset(cls, name: str, library: LigandLibrary | None = None) -> SearchSpace:
        """Return a space by its name (see `presets`).

        Raises
        ------
        SearchError
            If there is no preset of that name; lists those there are.
        """
        row = presets().get(name.strip().lower())
        if row is None:
            raise SearchError(f"no search space called '{name}'; known: {', '.join(presets())}")
        ratio = tuple(float(x) for x in row["ligand_ratio"].split()) or None
        limits = Limits(ligand_ratio=ratio, parity=row["parity"])  # type: ignore[arg-type]
        return cls.parse(
            row["metals"], row["ligands"], row["others"], row["charge"],
            limits=limits, library=library,
        )  # fmt: skip

    @classmethod
    def from_parent(
        cls,
        parent: Cluster,
        *,
        dope: str = "",
        exchange: str = "",
        others: str = "",
        charge: str | Sequence[int] | None = None,
        library: LigandLibrary | None = None,
    ) -> SearchSpace:
        """Return the relatives of a known cluster.

        Parameters
        ----------
        parent : Cluster
            Where to start; the numbers of metal atoms and of ligands stay as they are.
        dope : str
            Metals that may replace those of the parent: ``"Ag:0-25"``.
        exchange : str
            Ligands that may replace those of the parent: ``"MHA:0-18"``.
        others : str
            Atoms gained or lost, as in `parse`.
        charge : str or sequence of int, optional
            Charges to try; the parent's by default.

        Raises
        ------
        SearchError
            If the parent's charge is not known and none is given.
        """
        if charge is None and parent.charge is None:
            raise SearchError(f"the charge of {parent} is not known; say which charges to try")
        new_metals = read_parts(dope, "metal", library)
        new_ligands = read_parts(exchange, "ligand", library)
        n_metals, n_ligands = int(parent.n_metals), int(parent.n_ligands)
        metals = [
            SpacePart.of_metal(symbol, 0 if new_metals else int(n), int(n))
            for symbol, n in parent.metals.items()
        ]
        ligands = [
            SpacePart.of_ligand(
                ligand, 0 if new_ligands else int(n), int(n), _printed(parent, ligand, library)
            )
            for ligand, n in parent.ligands.items()
        ]
        rest = read_parts(others, "other", library)
        parts = (*metals, *new_metals, *ligands, *new_ligands, *rest)
        _reject_repeats(parts)
        limits = Limits((n_metals, n_metals), (n_ligands, n_ligands) if ligands else None)
        charges = (parent.charge,) if charge is None else read_charges(charge)
        return cls(parts, charges, limits)  # type: ignore[arg-type]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""
        return tuple(part.name for part in self.parts)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Elements that occur, in the order of the parts."""
        return tuple(dict.fromkeys(s for part in self.parts for s, _ in part.elements))

    def element_matrix(self) -> NDArray[np.int64]:
        """Return the atoms of each part, shape (n_parts, n_elements), columns as `symbols`."""
        rows = [[dict(part.elements).get(s, 0) for s in self.symbols] for part in self.parts]
        return np.array(rows, dtype=np.int64)

    def masses(self) -> NDArray[np.float64]:
        """Return the average mass of each part in u, shape (n_parts,)."""
        return np.array([average_mass(dict(part.elements)) for part in self.parts])

    def totals(
        self, counts: NDArray[np.int64], charge: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return metal atoms, ligands and superatom electrons of compositions, shapes (n,)."""
        is_metal = np.array([part.role == "metal" for part in self.parts], dtype=np.int64)
        is_ligand = np.array([part.role == "ligand" for part in self.parts], dtype=np.int64)
        gives = np.array([part.electrons for part in self.parts], dtype=np.int64)
        return counts @ is_metal, counts @ is_ligand, counts @ gives - charge

    def allowed(self, counts: NDArray[np.int64], charge: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which compositions are within the limits and have no negative atoms, (n,)."""
        within = self.limits.allow(*self.totals(counts, charge))
        if any(part.low < 0 for part in self.parts):
            within &= np.all(counts @ self.element_matrix() >= 0, axis=1)
        return within

    def size(self) -> int:
        """Return the exact number of compositions with charge within ranges and limits."""
        metals = _combinations([p for p in self.parts if p.role == "metal"])
        ligands = _combinations([p for p in self.parts if p.role == "ligand"])
        others = _combinations([p for p in self.parts if p.role == "other"])
        return sum(self._size_at(charge, metals, ligands, others) for charge in self.charges)

    def _size_at(self, charge: int, *groups: Mapping[tuple[int, int], int]) -> int:
        """Count at one charge, from how often each (number, electrons) occurs per group."""
        free = self.limits.electrons is None and not self.limits.parity
        metals, ligands, others = (
            np.array([(n, 0 if free else e, c) for (n, e), c in group.items()], dtype=np.int64)
            for group in groups
        )
        gained = np.unique(others[:, 1])
        number = 0
        for electrons in gained:  # few: others are a handful of small ranges
            weight = int(others[others[:, 1] == electrons, 2].sum())
            total = metals[:, None, 1] + ligands[None, :, 1] + electrons - charge
            fine = self.limits.allow(
                np.broadcast_to(metals[:, None, 0], total.shape),
                np.broadcast_to(ligands[None, :, 0], total.shape),
                total,
            )
            pairs = (metals[:, None, 2] * ligands[None, :, 2])[fine].sum()
            number += weight * int(pairs)
        return number

    def cluster(self, counts: Sequence[int], charge: int) -> Cluster:
        """Return the cluster ion with the given number of each part."""
        inside: list[MetalPart | LigandPart] = []
        adducts: list[Adduct] = []
        for part, n in zip(self.parts, counts, strict=True):
            if not n:
                continue
            if part.role == "metal":
                inside.append(MetalPart((part.name,), int(n)))
            elif part.ligand is not None and n > 0:
                inside.append(LigandPart(part.ligand, int(n), printed=part.name))
            else:
                adducts.append(Adduct(part.name, int(n), part.elements))
        return Cluster(
            layers=(tuple(inside),), charge=int(charge), adducts=tuple(adducts), bracketed=True
        )

    def cut_to(self, factor: float) -> str:
        """Return advice: the smallest cut of one range that shrinks the space by `factor`."""
        options = []
        for part in self.parts:
            span = part.high - part.low + 1
            kept = math.floor(span / factor)
            if kept >= 1 and span > 1:
                options.append((span - kept, f"{part.name}: {kept} values instead of {span}"))
        if options:
            return "cut one range, for instance " + min(options)[1]
        widest = sorted(self.parts, key=lambda part: part.low - part.high)[:2]
        names = " and ".join(part.name for part in widest)
        return f"cut several ranges, first {names}, or give the number of metal atoms or ligands"

    def with_charges(self, charges: Sequence[int]) -> SearchSpace:
        """Return the same space with other charges."""
        return replace(self, charges=tuple(charges))

    @property
    def words(self) -> str:
        """The space in words, as `parse` reads them."""
        groups = []
        for role in ("metal", "ligand", "other"):
            named = [f"{p.name}:{p.low}-{p.high}" for p in self.parts if p.role == role]
            if named:
                groups.append(" ".join(named))
        groups.append("charge " + ",".join(str(charge) for charge in self.charges))
        return "; ".join([*groups, *([self.limits.words] if self.limits.words else [])])


def _reject_repeats(parts: Sequence[SpacePart]) -> None:
    seen: set[str] = set()
    for part in parts:
        if part.name in seen:
            raise SearchError(f"'{part.name}' is named twice in the search space")
        seen.add(part.name)


def _combinations(parts: Sequence[SpacePart]) -> dict[tuple[int, int], int]:
    """Return how many choices of counts give each (total number, electrons)."""
    found = {(0, 0): 1}
    for part in parts:
        grown: dict[tuple[int, int], int] = {}
        for (number, electrons), ways in found.items():
            for n in range(part.low, part.high + 1):
                key = (number + n, electrons + n * part.electrons)
                grown[key] = grown.get(key, 0) + ways
        found = grown
    return found


@lru_cache(maxsize=1)
def presets() -> Mapping[str, Mapping[str, str]]:
    """Return the named search spaces: name -> metals, ligands, others, charge, limits, note."""
    table = resources.files("superatom.spectra.mass") / "data" / "spaces.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    return {row["name"]: row for row in csv.DictReader(lines, delimiter="\t")}


def _printed(parent: Cluster, ligand: Ligand, library: LigandLibrary | None) -> str:
    """Return the name a parent's formula has for a ligand, if it is one that `parse` reads."""
    known = library or default_library()
    names = (
        part.printed
        for part, _ in parent.parts
        if isinstance(part, LigandPart) and part.ligand == ligand
    )
    return next((name for name in names if name in known and not set(name) & set(" :=;,")), "")
