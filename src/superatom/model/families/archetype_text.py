"""The text of an archetype: TOML with a line for each motif, ligand, shell or class of contacts.

Metals are numbered from 1, those of the kernel first.

- `formula`: ``M25(SR)18``, ``M11(PR3)8X2``; the kinds are those of `ligand_sites`.
- `motifs` read from end to end, metals and donors (S thiolate, X halide, C alkynyl) in turn:
  ``10 S 14 S 15 S 12`` a dimer between kernel metals 10 and 12, ``9 S 6`` a thiolate bridging
  two kernel metals, ``ring 13 S 14 S 15 S 16 S`` a closed ring.
- `ligands`: all other ligands as ``KIND: metals``; donors of one ligand are parted by ``|``,
  ligands of one line by commas: ``PR3: 2, 3``, ``H: 1 2 3``, ``PP: 3 | 7, 4 | 8``.
- `shells`: polyhedra of the first metals (`core_shells`).
- `elements`: ``Ag: 7 8``, other metals that belong to the family and where they sit;
  ``Ni Pd Pt: 1 2`` where any one of them does.
- `distances`: ``2.8: 1-2 1-3``, which metals touch, with one mean length, Å, for a class of
  contacts; ``S3`` in a pair is the third donor atom S, counted over motifs, then ligands.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import replace
from typing import Any

from superatom.errors import DataFileError, SearchError
from superatom.model.families.archetypes import TEXT_FORMAT, Archetype, Chain
from superatom.model.families.core_shells import Shell, read_shell
from superatom.model.families.site_elements import site_metals
from superatom.model.ligand_sites import DONOR_ELEMENTS, LigandSite

__all__ = ["parse_archetype"]

_FORMULA = re.compile(r"M(\d+)((?:\([A-Z][A-Z0-9]*\)\d*|(?:X|H|C)\d*)*)")
_PART = re.compile(r"(?:\((\w+)\)|(X|H|C))(\d*)")
_KEYS = {"name": str, "formula": str, "kernel": int, "kernel_shape": str, "source": str}
_OPTIONAL = {
    "isomer": str,
    "metal": str,
    "aliases": list,
    "motifs": str,
    "ligands": str,
    "shells": str,
    "distances": str,
    "elements": str,
}
_HOW = "write '10 S 14 S 15 S 12' for a staple, 'ring 1 S 2 S 3 S 4 S' for a ring"


def parse_archetype(text: str, path: str) -> Archetype:
    """Return the archetype that a text describes.

    Parameters
    ----------
    text : str
        TOML.
    path : str
        Where it comes from, for messages.

    Raises
    ------
    DataFileError
        If what it says cannot be read or does not fit together.
    """
    table = _table(text, path)
    n_metals, counts = _composition(table["formula"], path)
    chains = tuple(_chain(line, path, n_metals) for line in _lines(table, "motifs"))
    others = [site for line in _lines(table, "ligands") for site in _sites(line, path, n_metals)]
    archetype = Archetype(
        name=table["name"],
        n_metals=n_metals,
        ligand_counts=counts,
        isomer=table.get("isomer", ""),
        metal=table.get("metal", "Au"),
        aliases=tuple(table.get("aliases", ())),
        kernel=table["kernel"],
        kernel_shape=table["kernel_shape"],
        chains=chains,
        others=tuple(others),
        shells=tuple(_shell(line, path) for line in _lines(table, "shells")),
        distances=(),
        source=table["source"],
        homes=tuple(_home(line, path, n_metals) for line in _lines(table, "elements")),
    )
    points = _points(archetype)
    distances = tuple(
        entry
        for line in _lines(table, "distances")
        for entry in _line_distances(line, path, n_metals, points)
    )
    archetype = replace(archetype, distances=distances)
    _check(archetype, path)
    return archetype


def _table(text: str, path: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(path, f"is not TOML: {error}", hint=TEXT_FORMAT) from error
    for key, kind in _KEYS.items():
        if not isinstance(table.get(key), kind):
            raise DataFileError(path, f"needs '{key}' ({kind.__name__})", hint=TEXT_FORMAT)
    for key, kind in _OPTIONAL.items():
        if not isinstance(table.get(key, kind()), kind):
            raise DataFileError(path, f"'{key}' must be {kind.__name__}", hint=TEXT_FORMAT)
    unknown = sorted(set(table) - set(_KEYS) - set(_OPTIONAL))
    if unknown:
        raise DataFileError(path, f"unknown key '{unknown[0]}'", hint=TEXT_FORMAT)
    if not {"distances", "shells"} & set(table):
        raise DataFileError(path, "needs 'distances' or 'shells'", hint=TEXT_FORMAT)
    if not {"motifs", "ligands"} & set(table):
        raise DataFileError(path, "needs 'motifs' or 'ligands'", hint=TEXT_FORMAT)
    return table


def _composition(formula: str, path: str) -> tuple[int, tuple[tuple[str, int], ...]]:
    found = _FORMULA.fullmatch(formula)
    if found is None:
        raise DataFileError(path, f"formula {formula!r} is not like 'M25(SR)18' or 'M11(PR3)8X2'")
    counts: Counter[str] = Counter()
    for bracketed, bare, number in _PART.findall(found[2]):
        counts[_kind(bracketed or bare, formula, path)] += int(number or 1)
    return int(found[1]), tuple(counts.items())


def _kind(word: str, line: str, path: str) -> str:
    if word not in DONOR_ELEMENTS:
        known = ", ".join(DONOR_ELEMENTS)
        raise DataFileError(path, f"{word!r} in {line!r} is no kind of ligand", hint=known)
    return word


def _lines(table: dict[str, Any], key: str) -> list[str]:
    plain = [line.split("#")[0].strip() for line in table.get(key, "").splitlines()]
    return [line for line in plain if line]


def _chain(line: str, path: str, n_metals: int) -> Chain:
    words = line.split()
    is_ring = words[0] == "ring"
    words = words[1:] if is_ring else words
    alternates = all((word in ("S", "X", "C")) == bool(k % 2) for k, word in enumerate(words))
    if not alternates or len(words) < 3 or (len(words) % 2 == 0) != is_ring:
        raise DataFileError(path, f"motif {line!r} is no chain of metals and S in turn", hint=_HOW)
    metals = tuple(_number(word, line, path, n_metals) for word in words[::2])
    return Chain(metals, is_ring, "".join(words[1::2]))


def _sites(line: str, path: str, n_metals: int) -> list[LigandSite]:
    word, colon, places = line.partition(":")
    kind = _kind(word.strip(), line, path)
    donors = len(DONOR_ELEMENTS[kind])
    sites = []
    for place in places.split(","):
        anchors = tuple(
            tuple(_number(metal, line, path, n_metals) for metal in part.split())
            for part in place.split("|")
        )
        if not colon or len(anchors) != donors or not all(anchors):
            more = " | ..." * (donors - 1)
            raise DataFileError(
                path,
                f"ligand {line!r}: {kind} has {donors} donor atom{'s' * (donors > 1)}",
                hint=f"write '{kind}: 1 2{more}' with the metals that each donor atom holds",
            )
        sites.append(LigandSite(kind, anchors))
    return sites


def _home(line: str, path: str, n_metals: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return elements of a line such as 'Ni Pd Pt: 1 2' and the metals where one of them sits."""
    words, _, places = line.partition(":")
    elements, metals = tuple(words.split()), places.split()
    unknown = [element for element in elements if element not in site_metals()]
    if not elements or unknown or not metals:
        raise DataFileError(
            path,
            f"cannot read the elements {line!r}",
            hint=f"write 'Ag: 7 8', the sites of Ag; known are {', '.join(site_metals())}",
        )
    return elements, tuple(_number(metal, line, path, n_metals) for metal in metals)


def _shell(line: str, path: str) -> Shell:
    try:
        return read_shell(line)
    except SearchError as error:
        raise DataFileError(path, str(error)) from error


def _points(archetype: Archetype) -> dict[str, int]:
    """Return the point of the skeleton behind each name of a donor atom ('S1', 'P3')."""
    seen: Counter[str] = Counter()
    names: dict[str, int] = {}
    for k, letter in enumerate(archetype.donor_letters):
        seen[letter] += 1
        names[f"{letter}{seen[letter]}"] = archetype.n_metals + k
    return names


def _line_distances(
    line: str, path: str, n_metals: int, points: dict[str, int]
) -> list[tuple[int, int, float]]:
    match = re.fullmatch(r"(\d+\.?\d*)\s*:((?:\s+[A-Z]?\d+-[A-Z]?\d+)+)", line)
    if match is None:
        raise DataFileError(
            path, f"cannot read the distances {line!r}", hint="write '2.8: 1-2 1-3', in Å"
        )
    pairs = (pair.split("-") for pair in match[2].split())

    def place(word: str) -> int:
        if word in points:
            return points[word]
        if not word.isdigit():
            last = sum(name[0] == word[0] for name in points)
            raise DataFileError(
                path, f"{word!r} in {line!r} is no donor {word[0]} from 1 to {last}"
            )
        return _number(word, line, path, n_metals)

    return [(place(i), place(j), float(match[1])) for i, j in pairs]


def _number(word: str, line: str, path: str, count: int) -> int:
    if not word.isdigit() or not 1 <= int(word) <= count:
        raise DataFileError(path, f"{word!r} in {line!r} is no metal from 1 to {count}")
    return int(word) - 1


def _check(archetype: Archetype, path: str) -> None:
    """Raise if sites, shells and formula do not add up."""
    found = Counter(site.kind for site in archetype.ligand_sites)
    for kind in {**found, **archetype.ligands}:
        if found[kind] != archetype.ligands.get(kind, 0):
            raise DataFileError(
                path,
                f"motifs and ligands have {found[kind]} {kind}, "
                f"the formula {archetype.ligands.get(kind, 0)}",
            )
    if not 0 <= archetype.kernel <= archetype.n_metals:
        raise DataFileError(path, f"a kernel of {archetype.kernel} of {archetype.n_metals} metals")
    _check_motif_metals(archetype, path)
    _check_distances(archetype, path)


def _check_motif_metals(archetype: Archetype, path: str) -> None:
    """Raise unless motif metals, and only they, stand inside chains or on other ligands."""
    inside = [m for c in archetype.chains for m in (c.metals if c.is_ring else c.metals[1:-1])]
    held = {m for site in archetype.others for anchor in site.anchors for m in anchor}
    ends = {m for c in archetype.chains for m in c.metals}
    motif = set(range(archetype.kernel, archetype.n_metals))
    if (
        not motif <= held | ends
        or set(inside) - motif
        or max(Counter(inside).values(), default=1) > 1
    ):
        raise DataFileError(
            path,
            f"each metal from {archetype.kernel + 1} to {archetype.n_metals} must stand inside "
            "exactly one motif or hold a ligand, and no kernel metal "
            f"(1 to {archetype.kernel}) inside one",
        )


def _check_distances(archetype: Archetype, path: str) -> None:
    n_shells = len(archetype.core_positions())
    if n_shells > archetype.n_metals:
        raise DataFileError(
            path, f"the shells have {n_shells} metals, the formula {archetype.n_metals}"
        )
    close = min(archetype.shell_distances(), key=lambda pair: pair[2], default=(0, 0, 9.0))
    if close[2] < _CLOSEST:
        raise DataFileError(
            path,
            f"the shells put metals {close[0] + 1} and {close[1] + 1} {close[2]:.2f} Å apart",
            hint="change an edge, 'at' or 'turn'",
        )
    if any(i == j for i, j, _ in archetype.distances):
        raise DataFileError(path, "an atom has a distance to itself")
    counts = Counter((min(i, j), max(i, j)) for i, j, _ in archetype.distances)
    if counts and max(counts.values()) > 1:
        first, second = counts.most_common(1)[0][0]
        raise DataFileError(
            path, f"a distance of atoms {first + 1} and {second + 1} is given twice"
        )


_CLOSEST = 2.2  # Å between two metals: Cu-Cu contacts start at 2.4
