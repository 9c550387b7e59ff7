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
    from superatom.composition.card import card
    from superatom.composition.cluster import Cluster
    from superatom.composition.conventions import Conventions
    from superatom.composition.electrons import count_electrons, count_electrons_by_charge
    from superatom.composition.equations import balance, check
    from superatom.composition.formula import parse_formula, parse_formulas
    from superatom.composition.ligands import Ligand, LigandLibrary, default_library
    from superatom.composition.series import ClusterSeries
    from superatom.report.dossier import dossier
    from superatom.spectra.mass.assign import assign
    from superatom.spectra.mass.assignments import Assignments
    from superatom.spectra.mass.isotopes import envelope, envelopes
    from superatom.spectra.mass.likely_ions import likely_ions
    from superatom.spectra.mass.read import read_spectrum
    from superatom.spectra.mass.simulate import simulate
    from superatom.spectra.mass.space import SearchSpace
    from superatom.spectra.mass.spectrum import Spectrum
    from superatom.structure.anatomy import Anatomy, dissect
    from superatom.structure.burnside import count_isomers
    from superatom.structure.compare import compare
    from superatom.structure.isomers import iterate_isomers
    from superatom.structure.pointgroup import point_group
    from superatom.structure.read import read_structure

__version__ = "0.1.0"

#: Public name -> module of this package that defines it; imported when first used.
_HOMES = {
    "Anatomy": "structure.anatomy",
    "Assignments": "spectra.mass.assignments",
    "Cluster": "composition.cluster",
    "ClusterSeries": "composition.series",
    "Conventions": "composition.conventions",
    "Ligand": "composition.ligands",
    "LigandLibrary": "composition.ligands",
    "SearchSpace": "spectra.mass.space",
    "Spectrum": "spectra.mass.spectrum",
    "assign": "spectra.mass.assign",
    "balance": "composition.equations",
    "card": "composition.card",
    "check": "composition.equations",
    "compare": "structure.compare",
    "count_electrons": "composition.electrons",
    "count_electrons_by_charge": "composition.electrons",
    "count_isomers": "structure.burnside",
    "default_library": "composition.ligands",
    "dissect": "structure.anatomy",
    "dossier": "report.dossier",
    "envelope": "spectra.mass.isotopes",
    "envelopes": "spectra.mass.isotopes",
    "iterate_isomers": "structure.isomers",
    "likely_ions": "spectra.mass.likely_ions",
    "parse_formula": "composition.formula",
    "parse_formulas": "composition.formula",
    "point_group": "structure.pointgroup",
    "read_spectrum": "spectra.mass.read",
    "read_structure": "structure.read",
    "simulate": "spectra.mass.simulate",
}

__all__ = [
    "Anatomy",
    "Assignments",
    "Cluster",
    "ClusterSeries",
    "Conventions",
    "Ligand",
    "LigandLibrary",
    "SearchSpace",
    "Spectrum",
    "assign",
    "balance",
    "card",
    "check",
    "compare",
    "count_electrons",
    "count_electrons_by_charge",
    "count_isomers",
    "default_library",
    "dissect",
    "dossier",
    "envelope",
    "envelopes",
    "iterate_isomers",
    "likely_ions",
    "parse_formula",
    "parse_formulas",
    "point_group",
    "read_spectrum",
    "read_structure",
    "simulate",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'superatom' has no attribute '{name}'")
    return getattr(import_module(f"superatom.{home}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
