"""An anatomy as JSON, out and back.

Units stand in the keys. Indices count from 0 in the order of the structure's atoms. The
count for every charge is made again from the formula when a record is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.composition.electrons import ElectronCount, count_electrons_by_charge
from superatom.composition.ligands import Ligand
from superatom.errors import StructureError
from superatom.provenance import Provenance
from superatom.structure.anatomy import Anatomy
from superatom.structure.bonds import AmbiguousContact, BondKind, Bonds
from superatom.structure.donors import Donors
from superatom.structure.dopants import MetalSite
from superatom.structure.electron_parts import ElectronPart
from superatom.structure.ligand_shell import BoundLigand, Fragment, LigandShell
from superatom.structure.measures import BondStatistics, Coordination, Sizes
from superatom.structure.modes import Mode, ModeCensus
from superatom.structure.motifs import Motif
from superatom.structure.partition import Doubt, Partition

__all__ = ["FORMAT", "from_record", "to_record"]

#: What a record calls itself; a change of layout changes the number.
FORMAT = "superatom anatomy 1"

_Row = TypeVar("_Row")


def to_record(anatomy: Anatomy) -> dict[str, Any]:
    """Return an anatomy as plain JSON types."""
    ligands = list(anatomy.formula.ligands)
    others = [f.ligand for f in anatomy.ligands.companions if f.ligand not in ligands]
    table = [*ligands, *dict.fromkeys(others)]
    electrons = anatomy.electrons
    return {
        "format": FORMAT,
        "formula": str(anatomy.formula),
        "charge": anatomy.charge,
        "metals": dict(anatomy.formula.metals),
        "electrons": electrons.total if electrons else None,
        "electron_count": electrons.as_dict() if electrons else None,
        "electrons_by_charge": (
            anatomy.electrons_by_charge.as_dict() if anatomy.electrons_by_charge else None
        ),
        "electron_parts": [asdict(part) for part in anatomy.electron_parts],
        "geometric": _partition_record(anatomy.geometric),
        "literature": _partition_record(anatomy.literature),
        "alternative": _partition_record(anatomy.alternative) if anatomy.alternative else None,
        "sites": [asdict(site) for site in anatomy.sites],
        "modes": [asdict(mode) | {"mode": mode.text} for mode in anatomy.modes],
        "census": anatomy.census.as_dict(),
        "ligand_types": [asdict(ligand) for ligand in table],
        "ligands": [_fragment_record(f, table) for f in anatomy.ligands.ligands],
        "companions": [_fragment_record(f, table) for f in anatomy.ligands.companions],
        "ligand_notes": list(anatomy.ligands.notes),
        "bond_statistics": [_unit_keys(row, _STATISTICS_UNITS) for row in anatomy.bond_statistics],
        "coordination": [_unit_keys(row, _COORDINATION_UNITS) for row in anatomy.coordination],
        "sizes": {f"{name}_A": value for name, value in asdict(anatomy.sizes).items()},
        "bonds": _bonds_record(anatomy.bonds),
        "donors": _donors_record(anatomy.donors),
        "structure": {
            "symbols": list(anatomy.atoms.symbols),
            "positions_A": anatomy.atoms.positions.tolist(),
        },
        "notes": list(anatomy.notes),
        "provenance": anatomy.provenance.as_dict(),
    }


def from_record(record: Mapping[str, Any]) -> Anatomy:
    """Return the anatomy that `to_record` wrote.

    Raises
    ------
    StructureError
        If the record is not an anatomy, is of another version, or lacks something.
    """
    if record.get("format") != FORMAT:
        raise StructureError(
            f"this JSON is no anatomy: format is {record.get('format')!r}, expected {FORMAT!r}"
        )
    try:
        return _revived(record)
    except (KeyError, TypeError, ValueError) as error:
        raise StructureError(f"the anatomy record is damaged: {error!r}") from error


def _revived(record: Mapping[str, Any]) -> Anatomy:
    from ase import Atoms

    table = [_row(Ligand, row) for row in record["ligand_types"]]
    bound = tuple(_fragment(BoundLigand, row, table) for row in record["ligands"])
    companions = tuple(_fragment(Fragment, row, table) for row in record["companions"])
    shell = LigandShell(bound, companions, tuple(record["ligand_notes"]))
    formula = Cluster.of(record["metals"], shell.counts, record["charge"])
    bonds = _bonds(record["bonds"])
    count, scan = record["electron_count"], record["electrons_by_charge"]
    return Anatomy(
        atoms=Atoms(record["structure"]["symbols"], record["structure"]["positions_A"]),
        formula=formula,
        charge=record["charge"],
        bonds=bonds,
        donors=_donors(record["donors"]),
        ligands=shell,
        modes=tuple(_row(Mode, row) for row in record["modes"]),
        census=_census(record["census"]),
        geometric=_partition(record["geometric"]),
        literature=_partition(record["literature"]),
        sites=tuple(_row(MetalSite, row) for row in record["sites"]),
        bond_statistics=tuple(
            _row(BondStatistics, _plain_keys(row, _STATISTICS_UNITS))
            for row in record["bond_statistics"]
        ),
        coordination=tuple(
            _row(Coordination, _plain_keys(row, _COORDINATION_UNITS))
            for row in record["coordination"]
        ),
        sizes=Sizes(**{name.removesuffix("_A"): v for name, v in record["sizes"].items()}),
        electrons=ElectronCount.from_dict(count) if count is not None else None,
        electrons_by_charge=count_electrons_by_charge(formula) if scan is not None else None,
        electron_parts=tuple(_row(ElectronPart, row) for row in record["electron_parts"]),
        ambiguous=bonds.ambiguous,
        alternative=_partition(record["alternative"]) if record["alternative"] else None,
        notes=tuple(record["notes"]),
        provenance=_row(Provenance, record["provenance"]),
    )


def _row(kind: type[_Row], data: Mapping[str, Any]) -> _Row:
    """Return a dataclass from its JSON form, lists as tuples, unknown keys dropped."""
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    values = {name: data[name] for name in names}
    return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in values.items()})


_STATISTICS_UNITS = {n: f"{n}_A" for n in ("mean", "deviation", "shortest", "longest")}
_COORDINATION_UNITS = {"distance": "distance_A", "variance": "variance_A2", "cutoff": "cutoff_A"}


def _unit_keys(row: Any, units: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with units in its keys; NaN becomes null."""
    plain = {units.get(name, name): value for name, value in asdict(row).items()}
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in plain.items()}


def _plain_keys(row: Mapping[str, Any], units: Mapping[str, str]) -> dict[str, Any]:
    names = {unit: name for name, unit in units.items()}
    return {names.get(k, k): math.nan if v is None else v for k, v in row.items()}


def _partition_record(partition: Partition) -> dict[str, Any]:
    return asdict(partition) | {"motif_formula": partition.motif_formula}


def _partition(data: Mapping[str, Any]) -> Partition:
    nested = dict(data)
    for name in ("motifs", "terminal"):
        nested[name] = [_row(Motif, row) for row in data[name]]
    nested["doubts"] = [_row(Doubt, row) for row in data["doubts"]]
    return _row(Partition, nested)


def _fragment_record(fragment: Fragment, table: list[Ligand]) -> dict[str, Any]:
    data = asdict(fragment)
    data["ligand"] = table.index(fragment.ligand)
    return data | {"name": fragment.ligand.name}


def _fragment(kind: type[_Fragment], data: Mapping[str, Any], table: list[Ligand]) -> _Fragment:
    return _row(kind, {**data, "ligand": table[data["ligand"]]})


_Fragment = TypeVar("_Fragment", bound=Fragment)


def _bonds_record(bonds: Bonds) -> dict[str, Any]:
    return {
        "n_atoms": bonds.n_atoms,
        "pairs": bonds.pairs.tolist(),
        "lengths_A": bonds.lengths.tolist(),
        "kinds": [BondKind(kind).name.lower() for kind in bonds.kinds.tolist()],
        "ambiguous": [asdict(contact) for contact in bonds.ambiguous],
    }


def _bonds(data: Mapping[str, Any]) -> Bonds:
    contacts = (_row(AmbiguousContact, row) for row in data["ambiguous"])
    return Bonds(
        n_atoms=data["n_atoms"],
        pairs=np.array(data["pairs"], dtype=np.int64).reshape(-1, 2),
        lengths=np.array(data["lengths_A"], dtype=np.float64),
        kinds=np.array([BondKind[name.upper()] for name in data["kinds"]], dtype=np.int8),
        ambiguous=tuple(contacts),
    )


def _donors_record(donors: Donors) -> dict[str, Any]:
    return {
        "contacts": np.stack([donors.metals, donors.atoms, donors.groups], axis=1).tolist(),
        "groups": [
            {"group": group, "name": name, "atoms": list(donors.group_atoms[group])}
            for group, name in donors.names.items()
        ],
    }


def _donors(data: Mapping[str, Any]) -> Donors:
    metals, atoms, groups = np.array(data["contacts"], dtype=np.int64).reshape(-1, 3).T
    return Donors(
        metals=metals,
        atoms=atoms,
        groups=groups,
        names={row["group"]: row["name"] for row in data["groups"]},
        group_atoms={row["group"]: tuple(row["atoms"]) for row in data["groups"]},
    )


def _census(data: Mapping[str, Any]) -> ModeCensus:
    return ModeCensus(
        donors={(r["donor"], r["mode"]): r["count"] for r in data["donors"]},
        metals={
            (r["metal"], r["donor_element"], r["donors_held"]): r["count"] for r in data["metals"]
        },
        polydentate={(r["ligand"], r["mode"]): r["count"] for r in data["polydentate"]},
        polygons={r["polygon"]: r["count"] for r in data["polygons"]},
    )
