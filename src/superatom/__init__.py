"""Superatom: the workbench for atomically precise metal nanoclusters.

>>> import superatom as sa
>>> cluster = sa.Cluster.parse("[Au25(SC2H4Ph)18]-")
>>> sa.count_electrons(cluster).total
8
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from superatom.composition.cluster import Cluster
    from superatom.composition.electrons import count_electrons
    from superatom.composition.formula import parse_formula, parse_formulas
    from superatom.composition.ligands import Ligand, LigandLibrary, default_library
    from superatom.composition.series import ClusterSeries

__version__ = "0.1.0"

#: Public name -> module that defines it; imported when first used.
_HOMES = {
    "Cluster": "superatom.composition.cluster",
    "ClusterSeries": "superatom.composition.series",
    "Ligand": "superatom.composition.ligands",
    "LigandLibrary": "superatom.composition.ligands",
    "count_electrons": "superatom.composition.electrons",
    "default_library": "superatom.composition.ligands",
    "parse_formula": "superatom.composition.formula",
    "parse_formulas": "superatom.composition.formula",
}

__all__ = [
    "Cluster",
    "ClusterSeries",
    "Ligand",
    "LigandLibrary",
    "count_electrons",
    "default_library",
    "parse_formula",
    "parse_formulas",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'superatom' has no attribute '{name}'")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
