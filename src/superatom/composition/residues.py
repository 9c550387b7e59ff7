"""Organic residues written in short, such as C6H4-p-tBu, (CH2)6COOH or PhOMe, bond by bond."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

__all__ = ["Branch", "Group", "Residue", "ResidueError", "Site", "atoms_in", "parts", "turned"]

_MOST_COPIES = 60
_DEEPEST = 8
_LONGEST = 120
_MOST_STEPS = 400
_HALOGENS = frozenset({"F", "Cl", "Br", "I"})
#: Where a substituent sits (2,4-; p-; tert-; c-) says nothing about its atoms.
_LOCANT = re.compile(r"-?(?:\d+(?:,\d+)*|[pomncst]|tert|sec|iso|cyclo)-|-")
_TIMES = re.compile(r"(di|bis|tri|tris)-?(?=[A-Z(])")
_CARBON = re.compile(r"C(?![a-z])(\d*)((?:(?:H|F|Cl|Br|I)(?![a-z])\d*)*)")
_COUNT = re.compile(r"\d*")
_ATOMS = re.compile(r"([A-Z][a-z]?)(\d*)")


class ResidueError(ValueError):
    """A name that is no residue, or one that could be meant in several ways."""


@dataclass(frozen=True, slots=True)
class Group:
    """A piece of a residue with bonds to other pieces.

    Attributes
    ----------
    name : str
        As written ('Ph', 'C6H4', 'OH').
    atoms : tuple[tuple[str, int], ...]
        Elements and counts; the first is the one that binds, unless hydrogen.
    bonds : int
        Bonds it has as written. A hydrocarbon of several carbons may have fewer by an
        even number, which are then double bonds or rings inside it.
    substitutable : int
        Hydrogens that further substituents may replace ('Ph' in SPhF2).
    donors : str
        Element inside it that can bind to metal; '' if none.
    carbons : int
        Number of carbons of a hydrocarbon written with its hydrogens, otherwise 0.
    leading : bool
        Whether it may be written at the start only ('HOOC').
    """

    name: str
    atoms: tuple[tuple[str, int], ...]
    bonds: int
    substitutable: int = 0
    donors: str = ""
    carbons: int = 0
    leading: bool = False

    @property
    def head(self) -> str:
        """Element of the atom that binds to its neighbour."""
        symbols = [symbol for symbol, _ in self.atoms]
        return "C" if "C" in symbols else next((s for s in symbols if s != "H"), "H")


@dataclass(frozen=True, slots=True)
class Branch:
    """Something in round brackets, or a group, with a count."""

    parts: tuple[Group | Branch, ...]
    count: int = 1

    def from_its_link(self) -> tuple[Group | Branch, ...]:
        """Return its parts, the one that binds to what stands before the bracket first.

        P(p-FPh)3 and P(PhF)3 are the same: fluorine cannot be the link.
        """
        first = self.parts[0]
        if isinstance(first, Branch):
            ends = first.count > 1
        else:
            ends = first.bonds == 1 and first.substitutable == 0
        return turned(self.parts) if ends else self.parts


#: Marks a double bond to the piece before it; counts as a group without atoms.
DOUBLE = Group("=", (), 0)


def atoms_in(formula: str) -> Counter[str]:
    """Return the atoms of a formula without brackets."""
    atoms: Counter[str] = Counter()
    for symbol, digits in _ATOMS.findall(formula):
        atoms[symbol] += int(digits or 1)
    return atoms


@lru_cache(maxsize=1)
def _groups() -> dict[str, Group]:
    """Return the group abbreviations of `data/groups.csv`, the longest first."""
    table = resources.files("superatom.composition") / "data" / "groups.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    rows.sort(key=lambda row: -len(row["group"]))
    return {
        row["group"]: Group(
            row["group"],
            tuple(atoms_in(row["formula"]).items()),
            int(row["bonds"]),
            int(row["substitutable"]),
            row["donors"],
            leading=bool(row["leading"]),
        )
        for row in rows
    }


def parts(text: str) -> tuple[Group | Branch, ...]:
    """Take a residue apart in the order it is written.

    Raises
    ------
    ResidueError
        If a part of the text is no known group, hydrocarbon or bracket.
    """
    if len(text) > _LONGEST:
        raise ResidueError("too long for a residue")
    found, end = _parts(text, 0, 0)
    if end != len(text):
        raise ResidueError(f"a bracket closes nothing at {end}")
    return found


def _parts(text: str, at: int, depth: int) -> tuple[tuple[Group | Branch, ...], int]:
    """Read pieces from `at` up to the end or a closing bracket."""
    if depth > _DEEPEST:
        raise ResidueError("brackets nested too deep")
    found: list[Group | Branch] = []
    times, start = 1, at
    while at < len(text) and text[at] != ")":
        if locant := _LOCANT.match(text, at):
            at = locant.end()
            continue
        if prefix := _TIMES.match(text, at):
            times, at = (2 if prefix[1][0] in "db" else 3), prefix.end()
            continue
        leading = at == start or text[at - 1] in "-,"
        piece, at = _piece(text, at, depth, leading=leading)
        found.append(_repeated(piece, times))
        times = 1
    return tuple(found), at


def _repeated(piece: Group | Branch, times: int) -> Group | Branch:
    """Return `piece` taken `times` times (the di of di-Methyl)."""
    if times == 1:
        return piece
    return (
        Branch(piece.parts, times * piece.count)
        if isinstance(piece, Branch)
        else Branch((piece,), times)
    )


def _piece(text: str, at: int, depth: int, *, leading: bool) -> tuple[Group | Branch, int]:
    """Read one group, hydrocarbon or bracket with its count."""
    if text[at] == "=":
        return DOUBLE, at + 1
    for name, group in _groups().items():
        if text.startswith(name, at) and (leading or not group.leading):
            return _counted((group,), text, at + len(name))
    if carbon := _CARBON.match(text, at):
        return _hydrocarbon(carbon), carbon.end()
    if text[at] != "(":
        raise ResidueError(f"no group starts with '{text[at : at + 3]}'")
    inner, at = _parts(text, at + 1, depth + 1)
    if at >= len(text) or not inner:
        raise ResidueError("an empty or open bracket")
    return _counted(inner, text, at + 1)


def _counted(inner: tuple[Group | Branch, ...], text: str, at: int) -> tuple[Group | Branch, int]:
    """Return `inner` with the count that follows it."""
    match = _COUNT.match(text, at)
    digits = match[0] if match else ""
    count, end = int(digits[:4] or 1), at + len(digits)
    if not 1 <= count <= _MOST_COPIES:
        raise ResidueError(f"{count} copies of a group")
    if count == 1 and len(inner) == 1 and text[at - 1] != ")":
        return inner[0], end
    return Branch(inner, count), end


def _hydrocarbon(match: re.Match[str]) -> Group:
    """Return a carbon group written with its hydrogens or halogens (CH2, C6H4, CF3)."""
    carbons = int(match[1] or 1)
    rest = atoms_in(match[2])
    bonds = 2 * carbons + 2 - rest.total()
    if bonds < 1 or carbons > _MOST_COPIES:
        raise ResidueError(f"'{match[0]}' has no bond left")
    return Group(match[0], (("C", carbons), *rest.items()), bonds, carbons=carbons)


def turned(pieces: Sequence[Group | Branch]) -> tuple[Group | Branch, ...]:
    """Return pieces read from the other end: the anchor of PhCH2S comes first then."""
    return tuple(
        Branch(turned(piece.parts), piece.count) if isinstance(piece, Branch) else piece
        for piece in reversed(pieces)
    )


@dataclass(slots=True)
class Site:
    """A group in its place, with the bonds it has got so far.

    Attributes
    ----------
    group : Group
        What it is.
    used : int
        Bonds it has.
    partners : frozenset[str]
        Elements it may bind to; empty for any.
    """

    group: Group
    used: int = 0
    partners: frozenset[str] = frozenset()

    @property
    def carbons(self) -> int:
        """Number of carbons of a hydrocarbon, otherwise 0."""
        return self.group.carbons

    @property
    def needs(self) -> bool:
        """Whether a bond is missing."""
        missing = self.group.bonds - self.used
        return missing > 0 and (self.group.carbons < 2 or missing % 2 == 1)

    @property
    def takes(self) -> bool:
        """Whether it can take another substituent that it does not need."""
        return self.group.bonds + self.group.substitutable > self.used

    @property
    def is_whole(self) -> bool:
        """Whether all valences are satisfied in a way that chemistry knows."""
        spare = self.group.bonds - self.used
        if self.group.carbons >= 2:
            most = (3 * self.group.carbons + 2) // 2
            return 0 <= spare <= most and spare % 2 == 0
        return -self.group.substitutable <= spare <= 0

    def admits(self, other: Site) -> bool:
        """Whether a bond to `other` is one that occurs."""
        head = other.group.head
        if self.partners and head not in self.partners:
            return False
        return not (self.group.head == "P" and head in _HALOGENS)

    def atoms(self) -> Counter[str]:
        """Return its atoms without the hydrogens that substituents replaced."""
        atoms = Counter(dict(self.group.atoms))
        atoms["H"] -= max(self.used - self.group.bonds, 0)
        return atoms


@dataclass(slots=True)
class Residue:
    """A residue grown piece by piece from an anchor.

    Attributes
    ----------
    root : Site
        The anchor.
    sites : list[Site]
        All pieces so far, the anchor first.
    """

    root: Site
    sites: list[Site] = field(default_factory=list)
    _open: list[Site] = field(default_factory=list)
    _order: int = 1
    _steps: int = 0
    _host: Site = field(init=False)

    def __post_init__(self) -> None:
        self._host = self.root
        self.sites.append(self.root)
        self._open.append(self.root)

    def double(self) -> None:
        """Make the next bond a double one, or two bonds to two anchor atoms."""
        self._order = 2

    def grow(self, pieces: Sequence[Group | Branch], reach: int = 0) -> None:
        """Bind `pieces` one after the other, each to the piece that misses a bond.

        Parameters
        ----------
        pieces : sequence of Group or Branch
            In order, from the anchor outwards.
        reach : int
            How many of the pieces that are there already are out of reach.

        Raises
        ------
        ResidueError
            If a piece finds nothing to bind to.
        """
        for piece in pieces:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise ResidueError("too many groups for a residue")
            if isinstance(piece, Branch):
                self._branch(piece, reach)
            elif piece is DOUBLE:
                self.double()
            else:
                self._bind(Site(piece), reach)

    def _branch(self, branch: Branch, reach: int) -> None:
        """Bind every copy of a bracket; what is inside binds inside, except the first."""
        linked = branch.from_its_link()
        hosts: list[Site] = []
        for _ in range(branch.count):
            floor = len(self._open)
            self.grow(linked[:1], reach)
            hosts.append(self._host)
            self.grow(linked[1:], floor)
            if all(site.is_whole for site in self._open[floor:]):
                del self._open[floor:]
                # SPhPPh3 is no phosphine: its third phenyl would sit on the first ring
                if any(host is not hosts[0] for host in hosts):
                    raise ResidueError("copies of a group on different neighbours")

    def _bind(self, site: Site, reach: int) -> None:
        """Bind `site` to the nearest piece that misses a bond, else to one that takes it."""
        near = self._open[reach:][::-1]
        host = next((s for s in near if s.needs), None) or next((s for s in near if s.takes), None)
        if host is None or not host.admits(site) or not site.admits(host):
            raise ResidueError(f"nothing for '{site.group.name}' to bind to")
        if self._order == 2 and host is not self.root and not (host.carbons and site.carbons):
            raise ResidueError("a double bond between other atoms than carbon")
        self._host = host
        host.used += self._order
        site.used += self._order
        self._order = 1
        self.sites.append(site)
        self._open.append(site)

    def is_whole(self) -> bool:
        """Whether no bond is missing or too many anywhere."""
        return self._order == 1 and all(site.is_whole for site in self.sites)

    def atoms(self) -> Counter[str]:
        """Return all atoms."""
        total: Counter[str] = Counter()
        for site in self.sites:
            total.update(site.atoms())
        return total

    def donors(self) -> Iterator[str]:
        """Yield the elements of its groups that can bind to metal."""
        return (site.group.donors for site in self.sites if site.group.donors)
