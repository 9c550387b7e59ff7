"""Open ligands: the SR of Au25(SR)18 stands for any thiolate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from superatom.composition.counts import Number
from superatom.composition.ligands import default_library

__all__ = ["is_of_family", "is_open", "kind_of_open"]

_Ligand = tuple[str, str, Number | None]


@lru_cache(maxsize=256)
def kind_of_open(name: str) -> str:
    """Return the class that an open ligand stands for; '' if it is none or can be anything.

    It is the commonest class of ligands with the same anchor, charge and denticity.

    Examples
    --------
    >>> kind_of_open("SR"), kind_of_open("PR3"), kind_of_open("PET"), kind_of_open("L")
    ('thiolate', 'phosphine', '', '')
    """
    library = default_library()
    meant = library.meanings(name)
    if not meant or not meant[0].is_generic or not meant[0].anchors:
        return ""
    sort = (meant[0].anchors[:1], meant[0].charge_taken, meant[0].denticity)
    kinds = Counter(
        ligand.kind
        for ligand in library
        if not ligand.is_generic
        and (ligand.anchors[:1], ligand.charge_taken, ligand.denticity) == sort
    )
    return kinds.most_common(1)[0][0] if kinds else ""


def is_open(name: str) -> bool:
    """Whether a ligand stands for a class."""
    return bool(kind_of_open(name))


def is_of_family(asked: Iterable[_Ligand], told: Iterable[_Ligand]) -> bool:
    """Whether ligands `told` are what `asked` stands for: as many of each, or of each class.

    Examples
    --------
    >>> asked = [("SR", "generic", 18)]
    >>> is_of_family(asked, [("PET", "thiolate", 16), ("pBBT", "thiolate", 2)])
    True
    >>> is_of_family(asked, [("PPh3", "phosphine", 18)])
    False
    """
    wanted = list(asked)
    named = {name for name, _, _ in wanted if not is_open(name)}

    def sums(ligands: Iterable[_Ligand]) -> dict[str, Number | None]:
        totals: dict[str, Number | None] = {}
        for name, kind, count in ligands:
            key = name if name in named else f"class {kind_of_open(name) or kind}"
            before = totals.get(key, 0)
            totals[key] = None if before is None or count is None else before + count
        return totals

    return sums(wanted) == sums(told)
