"""Archetypes: families of clusters described by connectivity, in a text a chemist can write.

An archetype is a TOML file. Metals are numbered, those of the kernel first; sulfur atoms
stand in the motifs, which read from end to end:

- ``10 S 14 S 15 S 12``: a dimer with metals 14 and 15 between kernel metals 10 and 12,
- ``9 S 6``: a thiolate bridging two kernel metals,
- ``ring 13 S 14 S 15 S 16 S``: a closed ring.

`distances` lists which metals touch, with one mean length, Å, for a class of contacts (inside
the kernel, on its surface, between kernel and motifs). Where sulfur leans on a further metal,
`S3` in a pair is the third S of the motifs. No coordinates and no distances of single pairs
are kept; what does not touch follows from angles and the room that atoms need.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from superatom.errors import DataFileError

__all__ = ["TEXT_FORMAT", "Archetype", "Chain", "archetypes", "read_archetype"]

TEXT_FORMAT = """\
name = "Au25"                # unique; with the isomer label if there are several
formula = "M25(SR)18"        # M metals, SR thiolates
kernel = 13                  # metals 1 to 13 are the kernel, the others sit in motifs
kernel_shape = "centred icosahedron"
motifs = '''
10 S 14 S 15 S 12            # kernel metal, S, motif metals and S in turn, kernel metal
'''
distances = '''
2.8: 1-2 1-3 1-4             # Å: mean length of a class of contacts, its pairs of metals
'''
source = "paper or file the connectivity is taken from"
"""

_FORMULA = re.compile(r"M(\d+)\(SR\)(\d+)")
_KEYS = {
    "name": str,
    "formula": str,
    "kernel": int,
    "kernel_shape": str,
    "motifs": str,
    "distances": str,
    "source": str,
}
_OPTIONAL = {"isomer": str, "metal": str, "aliases": list}


@dataclass(frozen=True, slots=True)
class Chain:
    """One motif or bridging ligand.

    Attributes
    ----------
    metals : tuple[int, ...]
        Metals in order, from 0, the kernel metals at both ends included; for a ring, the
        first is not repeated.
    is_ring : bool
        Whether a thiolate joins the last metal to the first.
    """

    metals: tuple[int, ...]
    is_ring: bool = False

    @property
    def bridges(self) -> tuple[tuple[int, int], ...]:
        """The two metals of each thiolate, in order."""
        last = self.metals[1:] + self.metals[:1] if self.is_ring else self.metals[1:]
        return tuple(zip(self.metals, last, strict=False))


@dataclass(frozen=True, slots=True)
class Archetype:
    """A family of clusters.

    Attributes
    ----------
    name : str
        Unique name ('Au38Q').
    n_metals, n_thiolates : int
        Composition.
    isomer : str
        Label of the isomer ('Q'); empty if there is one form.
    metal : str
        Element for which the distances hold.
    aliases : tuple[str, ...]
        Other names.
    kernel : int
        Number of kernel metals; they are the first ones.
    kernel_shape : str
        What the kernel is, as `Anatomy.kernel_shape` names it.
    chains : tuple[Chain, ...]
        Motifs and bridging ligands.
    distances : tuple[tuple[int, int, float], ...]
        Two atoms and their distance, Å. Metals count from 0, the thiolates after them.
    source : str
        Where the connectivity comes from.
    """

    name: str
    n_metals: int
    n_thiolates: int
    isomer: str
    metal: str
    aliases: tuple[str, ...]
    kernel: int
    kernel_shape: str
    chains: tuple[Chain, ...]
    distances: tuple[tuple[int, int, float], ...]
    source: str

    @property
    def formula(self) -> str:
        """Formula of the family: 'M25(SR)18'."""
        return f"M{self.n_metals}(SR){self.n_thiolates}"

    @property
    def bridges(self) -> tuple[tuple[int, int], ...]:
        """The two metals of every thiolate, in the order of the chains."""
        return tuple(pair for chain in self.chains for pair in chain.bridges)

    @property
    def motifs(self) -> str:
        """Motifs as `Anatomy.motifs` writes them, for the family's own metal."""
        counts = Counter(_motif_name(chain, self.metal) for chain in self.chains)
        return "; ".join(f"{n} {name}" for name, n in sorted(counts.items()))


def _motif_name(chain: Chain, metal: str) -> str:
    inside = len(chain.metals) - (0 if chain.is_ring else 2)
    if not inside:
        return "bridging-SR"
    return f"{'ring-' if chain.is_ring else ''}{metal}{inside}(SR){len(chain.bridges)}"


@cache
def archetypes() -> tuple[Archetype, ...]:
    """Return all archetypes of the library, by size."""
    folder = resources.files("superatom.model") / "data" / "archetypes"
    files = [path for path in folder.iterdir() if path.name.endswith(".toml")]
    found = [_parse(path.read_text(encoding="utf-8"), path.name) for path in files]
    return tuple(sorted(found, key=lambda one: (one.n_metals, one.name)))


def read_archetype(path: str | Path) -> Archetype:
    """Read an archetype of your own.

    Raises
    ------
    DataFileError
        If the file cannot be read, or what it says does not fit together.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
    return _parse(text, str(path))


def _parse(text: str, path: str) -> Archetype:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(path, f"is not TOML: {error}", hint=TEXT_FORMAT) from error
    for key, kind in _KEYS.items():
        if not isinstance(table.get(key), kind):
            raise DataFileError(path, f"needs '{key}' ({kind.__name__})", hint=TEXT_FORMAT)
    unknown = sorted(set(table) - set(_KEYS) - set(_OPTIONAL))
    if unknown:
        raise DataFileError(path, f"unknown key '{unknown[0]}'", hint=TEXT_FORMAT)
    composition = _FORMULA.fullmatch(table["formula"])
    if composition is None:
        raise DataFileError(path, f"formula {table['formula']!r} is not like 'M25(SR)18'")
    metals, thiolates = (int(n) for n in composition.groups())
    archetype = Archetype(
        name=table["name"],
        n_metals=metals,
        n_thiolates=thiolates,
        isomer=table.get("isomer", ""),
        metal=table.get("metal", "Au"),
        aliases=tuple(table.get("aliases", ())),
        kernel=table["kernel"],
        kernel_shape=table["kernel_shape"],
        chains=tuple(_chain(line, path, metals) for line in _lines(table["motifs"])),
        distances=tuple(
            entry
            for line in _lines(table["distances"])
            for entry in _line_distances(line, path, metals, thiolates)
        ),
        source=table["source"],
    )
    _check(archetype, path)
    return archetype


def _lines(text: str) -> list[str]:
    plain = [line.split("#")[0].strip() for line in text.splitlines()]
    return [line for line in plain if line]


def _chain(line: str, path: str, n_metals: int) -> Chain:
    words = line.split()
    is_ring = words[0] == "ring"
    words = words[1:] if is_ring else words
    alternates = all((word == "S") == bool(k % 2) for k, word in enumerate(words))
    if not alternates or len(words) < 3 or (len(words) % 2 == 0) != is_ring:
        raise DataFileError(path, f"motif {line!r} is no chain of metals and S in turn", hint=_HOW)
    return Chain(tuple(_number(word, line, path, n_metals) for word in words[::2]), is_ring)


_HOW = "write '10 S 14 S 15 S 12' for a staple, 'ring 1 S 2 S 3 S 4 S' for a ring"


def _line_distances(
    line: str, path: str, n_metals: int, n_thiolates: int
) -> list[tuple[int, int, float]]:
    match = re.fullmatch(r"(\d+\.?\d*)\s*:((?:\s+S?\d+-S?\d+)+)", line)
    if match is None:
        raise DataFileError(
            path, f"cannot read the distances {line!r}", hint="write '2.8: 1-2 1-3', in Å"
        )
    pairs = (pair.split("-") for pair in match[2].split())

    def place(word: str) -> int:
        if word.startswith("S"):
            return n_metals + _number(word[1:], line, path, n_thiolates, "thiolate")
        return _number(word, line, path, n_metals)

    return [(place(i), place(j), float(match[1])) for i, j in pairs]


def _number(word: str, line: str, path: str, count: int, kind: str = "metal") -> int:
    if not word.isdigit() or not 1 <= int(word) <= count:
        raise DataFileError(path, f"{word!r} in {line!r} is no {kind} from 1 to {count}")
    return int(word) - 1


def _check(archetype: Archetype, path: str) -> None:
    """Raise if the counts of the motifs do not add up to the formula."""
    thiolates = len(archetype.bridges)
    if thiolates != archetype.n_thiolates:
        raise DataFileError(
            path, f"the motifs have {thiolates} S, the formula {archetype.n_thiolates}"
        )
    inside = [m for c in archetype.chains for m in (c.metals if c.is_ring else c.metals[1:-1])]
    if sorted(inside) != list(range(archetype.kernel, archetype.n_metals)):
        raise DataFileError(
            path,
            f"each metal from {archetype.kernel + 1} to {archetype.n_metals} must stand inside "
            f"exactly one motif, and no kernel metal (1 to {archetype.kernel})",
        )
    if any(i == j for i, j, _ in archetype.distances):
        raise DataFileError(path, "an atom has a distance to itself")
    counts = Counter((min(i, j), max(i, j)) for i, j, _ in archetype.distances)
    if counts and max(counts.values()) > 1:
        first, second = counts.most_common(1)[0][0]
        raise DataFileError(
            path, f"a distance of atoms {first + 1} and {second + 1} is given twice"
        )
