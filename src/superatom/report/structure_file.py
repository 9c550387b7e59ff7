"""A structure file, read and compared with a formula."""

from __future__ import annotations

from pathlib import Path

from superatom.composition.cluster import Cluster
from superatom.report.agreement import Agreement, compare
from superatom.structure.crystal import Crystal
from superatom.structure.read import read_structure

__all__ = ["check_structure"]


def check_structure(cluster: Cluster, path: str | Path) -> Agreement:
    """Compare the cluster of a structure file with a formula.

    Parameters
    ----------
    cluster : Cluster
        The formula.
    path : path
        CIF, XYZ, PDB or anything else that `read_structure` reads. Of a crystal the
        cluster is taken out whole; counter-ions and solvent are listed apart.

    Raises
    ------
    DataFileError
        If the file cannot be read.
    StructureError
        If its atoms cannot be a metal cluster.
    """
    crystal = read_structure(path)
    return compare(
        cluster,
        crystal.atoms,
        name=Path(path).name,
        companions=[(other.name or other.formula, other.count) for other in crystal.companions],
        composition=crystal.composition if crystal.mixed_sites else None,
        notes=(*_charge_note(cluster, crystal), *map(str, crystal.missing), *crystal.notes),
    )


def _charge_note(cluster: Cluster, crystal: Crystal) -> tuple[str, ...]:
    """Say what the ions of the crystal tell about the charge, if anything."""
    if crystal.charge is None:
        return ()
    told = f"the ions of the crystal give the cluster the charge {crystal.charge:+d}"
    if cluster.charge is None:
        return (f"{told}; the formula does not say it",)
    same = "as the formula says" if cluster.charge == crystal.charge else "against the formula's"
    return (f"{told}, {same} ({cluster.charge:+d})",)
