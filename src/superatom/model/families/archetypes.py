"""Archetypes: families of clusters described by connectivity, in a text a chemist can write.

The text is a TOML file (`archetype_text`): which metals are the kernel, how motifs and other
ligands hold them, and which metals touch, as polyhedra around one another or as one mean
length for a class of contacts. No coordinates and no distances of single pairs are kept; what
does not touch follows from angles and the room that atoms need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError
from superatom.model.families.core_shells import CONTACT, Shell, shell_positions
from superatom.model.families.motif_names import motif_names
from superatom.model.ligand_sites import DONOR_ELEMENTS, LigandSite

__all__ = ["TEXT_FORMAT", "Archetype", "Chain", "archetypes", "read_archetype"]

#: What an archetype's file looks like; shown when one cannot be read or found.
TEXT_FORMAT = """\
name = "Au25"                # unique; with the isomer label if there are several
formula = "M25(SR)18"        # M metals; SR thiolate, PR3, X halide, H, CCR alkynyl, PP, OO, ...
kernel = 13                  # metals 1 to 13 are the kernel, the others sit in motifs
kernel_shape = "centred icosahedron"
motifs = '''
10 S 14 S 15 S 12            # kernel metal, donor (S, X, C), motif metals and donors in turn
'''
distances = '''
2.8: 1-2 1-3 1-4             # Å: mean length of a class of contacts, its pairs of metals
'''
source = "paper or file the connectivity is taken from"

# instead of most distances, polyhedra from inside out; metals are numbered in this order
shells = '''
point
icosahedron 2.85             # shortest edge, Å
'''
# ligands outside the motifs: kind and the metals each donor atom holds
ligands = '''
PR3: 2, 3, 4                 # three phosphines, each on one metal
X: 5 6                       # a halide that bridges metals 5 and 6
PP: 7 | 8                    # a diphosphine: donor 1 | donor 2
'''
# other metals that belong to the family, and their sites
elements = '''
Ag: 7 8
'''
"""

_LETTERS = {"S": "SR", "X": "X", "C": "CCR"}


@dataclass(frozen=True, slots=True)
class Chain:
    """One motif or bridging ligand.

    Attributes
    ----------
    metals : tuple[int, ...]
        Metals in order, from 0, the kernel metals at both ends included; for a ring, the
        first is not repeated.
    is_ring : bool
        Whether a donor joins the last metal to the first.
    letters : str
        Donors in order: 'S' thiolate, 'X' halide, 'C' alkynyl.
    """

    metals: tuple[int, ...]
    is_ring: bool = False
    letters: str = ""

    @property
    def bridges(self) -> tuple[tuple[int, int], ...]:
        """The two metals of each donor, in order."""
        last = self.metals[1:] + self.metals[:1] if self.is_ring else self.metals[1:]
        return tuple(zip(self.metals, last, strict=False))

    @property
    def sites(self) -> tuple[LigandSite, ...]:
        """Its donors as places of ligands."""
        letters = self.letters or "S" * len(self.bridges)
        return tuple(
            LigandSite(_LETTERS[letter], (pair,))
            for letter, pair in zip(letters, self.bridges, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Archetype:
    """A family of clusters.

    Attributes
    ----------
    name : str
        Unique name ('Au38Q').
    n_metals : int
        Number of metals.
    ligand_counts : tuple[tuple[str, int], ...]
        Kinds of ligand sites and how many there are, in the order of the formula.
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
    others : tuple[LigandSite, ...]
        Ligands that are in no chain.
    shells : tuple[Shell, ...]
        Polyhedra of the first metals, from inside out.
    distances : tuple[tuple[int, int, float], ...]
        Two points of the skeleton and their distance, Å. Metals count from 0, donor atoms
        after them (`donor_sites`); they win over what the shells say.
    source : str
        Where the connectivity comes from.
    homes : tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]
        Elements other than `metal` that belong to the family, with the metals, from 0, where
        they sit: ((('Ag',), (6, 7)),).
    """

    name: str
    n_metals: int
    ligand_counts: tuple[tuple[str, int], ...]
    isomer: str
    metal: str
    aliases: tuple[str, ...]
    kernel: int
    kernel_shape: str
    chains: tuple[Chain, ...]
    others: tuple[LigandSite, ...]
    shells: tuple[Shell, ...]
    distances: tuple[tuple[int, int, float], ...]
    source: str
    homes: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The family's own element on every metal site, for which the distances hold."""
        found = [self.metal] * self.n_metals
        for elements, metals in self.homes:
            for k in metals:
                found[k] = elements[0]
        return tuple(found)

    @property
    def formula(self) -> str:
        """Formula of the family: 'M25(SR)18', 'M11(PR3)8X2'."""
        parts = (
            (kind if len(kind) == 1 else f"({kind})", n if n > 1 else "")
            for kind, n in self.ligand_counts
        )
        return f"M{self.n_metals}" + "".join(f"{kind}{n}" for kind, n in parts)

    @property
    def ligands(self) -> Mapping[str, int]:
        """Number of ligands of each kind."""
        return MappingProxyType(dict(self.ligand_counts))

    @property
    def n_thiolates(self) -> int:
        """Number of thiolates."""
        return self.ligands.get("SR", 0)

    @property
    def bridges(self) -> tuple[tuple[int, int], ...]:
        """The two metals of every donor of the chains, in order."""
        return tuple(pair for chain in self.chains for pair in chain.bridges)

    @property
    def ligand_sites(self) -> tuple[LigandSite, ...]:
        """Every place of a ligand: donors of the chains in order, then the others."""
        return (*(site for chain in self.chains for site in chain.sites), *self.others)

    @property
    def donor_sites(self) -> tuple[tuple[int, int], ...]:
        """Ligand site and anchor of every donor atom, site by site, anchor by anchor.

        Donor atom k is point ``n_metals + k`` of the skeleton.
        """
        return tuple(
            (number, anchor)
            for number, site in enumerate(self.ligand_sites)
            for anchor in range(len(site.anchors))
        )

    @property
    def donor_letters(self) -> tuple[str, ...]:
        """Element of every donor atom in the order of `donor_sites`; 'X' for a halide."""
        return tuple(letter for site in self.ligand_sites for letter in DONOR_ELEMENTS[site.kind])

    @property
    def motifs(self) -> str:
        """Motifs as `Anatomy.motifs` writes them, for the family's own metals and chloride."""
        return self.motifs_of(list(self.symbols))

    def motifs_of(self, symbols: list[str], halide: str = "Cl") -> str:
        """Return the motifs with these elements on the metal sites."""
        return motif_names(self.ligand_sites, symbols, self.kernel, halide)

    def core_positions(self) -> NDArray[np.float64]:
        """Return where the shells put the first metals, shape (n, 3), Å; often none."""
        return shell_positions(self.shells)

    def shell_distances(self) -> tuple[tuple[int, int, float], ...]:
        """Return all pairs of metals of the shells with their distance, Å."""
        points = self.core_positions()
        first, second = np.triu_indices(len(points), 1)
        apart = np.linalg.norm(points[first] - points[second], axis=1)
        return tuple(zip(first.tolist(), second.tolist(), apart.tolist(), strict=True))

    def contacts(self) -> tuple[tuple[int, int, float], ...]:
        """Return the pairs of metals that touch, with their distance, Å."""
        found = {(i, j): d for i, j, d in self.shell_distances() if d <= CONTACT}
        for i, j, length in self.distances:
            if max(i, j) < self.n_metals:
                found.pop((min(i, j), max(i, j)), None)
                if length <= CONTACT:
                    found[min(i, j), max(i, j)] = length
        return tuple((i, j, length) for (i, j), length in found.items())


@cache
def archetypes() -> tuple[Archetype, ...]:
    """Return all archetypes of the library, by size."""
    from superatom.model.families.archetype_text import parse_archetype

    folder = resources.files("superatom.model") / "data" / "archetypes"
    files = [path for path in folder.iterdir() if path.name.endswith(".toml")]
    found = [parse_archetype(path.read_text(encoding="utf-8"), path.name) for path in files]
    return tuple(sorted(found, key=lambda one: (one.n_metals, one.name)))


def read_archetype(path: str | Path) -> Archetype:
    """Read an archetype of your own.

    Raises
    ------
    DataFileError
        If the file cannot be read, or what it says does not fit together.
    """
    from superatom.model.families.archetype_text import parse_archetype

    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
    return parse_archetype(text, str(path))
