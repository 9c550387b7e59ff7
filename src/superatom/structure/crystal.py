"""`Crystal`: a structure as read, the cluster whole and everything around it accounted for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superatom.errors import DataFileError
from superatom.provenance import Provenance
from superatom.structure.charges import ChargeCandidate
from superatom.structure.missing import Missing
from superatom.structure.pictures import Option

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Companion", "Crystal", "MixedSite"]


@dataclass(frozen=True, slots=True)
class Companion:
    """Another molecule in the crystal: counter-ion, solvent, or something not known.

    Attributes
    ----------
    formula : str
        Atoms in Hill order, as in the picture.
    count : float
        How many per cluster, partial occupancy included.
    charge : int or None
        Its charge if the ligand library or the table of companions knows it.
    name : str
        Its name, '' if not known.
    role : str
        'ion', 'solvent', 'cluster' (another molecule with metal atoms) or 'unknown'.
    """

    formula: str
    count: float
    charge: int | None
    name: str
    role: str

    def as_dict(self) -> dict[str, Any]:
        """Return the companion as plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class MixedSite:
    """A site that several elements share.

    Attributes
    ----------
    index : int
        Atom of `Crystal.atoms`.
    label : str
        Label in the file.
    shares : tuple[tuple[str, float], ...]
        Element and occupancy.
    """

    index: int
    label: str
    shares: tuple[tuple[str, float], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the site as plain JSON types."""
        return {"index": self.index, "label": self.label, "shares": dict(self.shares)}


@dataclass(frozen=True, slots=True, eq=False)
class Crystal:
    """A structure file, read.

    Attributes
    ----------
    atoms : ase.Atoms
        The cluster, whole and without a cell; the array `labels` holds the labels of the
        file. Mixed sites carry one element each, by a rule (see `mixed_sites`).
    composition : dict[str, float]
        Atoms of the cluster; not whole numbers where sites are mixed.
    charge : int or None
        Charge of the cluster if the crystal tells it.
    charge_reason : str
        Why the charge is this, or why it is not known.
    charge_candidates : tuple[ChargeCandidate, ...]
        Charges that would close a shell, if the charge is not known.
    companions : tuple[Companion, ...]
        Everything else in the crystal, per cluster.
    pictures : tuple[Option, ...]
        The alternatives of each disordered part.
    n_pictures : int
        How many pictures can be asked for.
    clusters : tuple[str, ...]
        Formulas of the independent clusters of the crystal; `atoms` is one of them.
    mixed_sites : tuple[MixedSite, ...]
        Sites that several elements share.
    missing : tuple[Missing, ...]
        What the file does not show.
    notes : tuple[str, ...]
        Every repair and every decision.
    space_group : str
        Hermann-Mauguin symbol; '' without symmetry.
    packing : ase.Atoms or None
        All atoms of one cell of this picture, molecules whole, with the array `molecule`.
    provenance : Provenance
        How it was made.
    """

    atoms: Atoms
    composition: dict[str, float]
    charge: int | None
    charge_reason: str
    charge_candidates: tuple[ChargeCandidate, ...]
    companions: tuple[Companion, ...]
    pictures: tuple[Option, ...]
    n_pictures: int
    clusters: tuple[str, ...]
    mixed_sites: tuple[MixedSite, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]
    space_group: str
    packing: Atoms | None
    provenance: Provenance

    @property
    def formula(self) -> str:
        """Formula of the picture's cluster in Hill order."""
        from superatom.structure.molecules import hill_formula

        return hill_formula(list(self.atoms.get_chemical_symbols()))

    def summary(self) -> list[tuple[str, str]]:
        """Return what to print about it, as pairs of a heading and a text."""
        rows = [("cluster", f"{self.formula}, {len(self.atoms)} atoms")]
        if self.mixed_sites:
            average = " ".join(f"{s}{n:.4g}" for s, n in self.composition.items())
            rows.append(("average", f"{average} ({len(self.mixed_sites)} mixed sites)"))
        rows.append(("charge", self._charge_text()))
        if self.space_group:
            rows.append(("space group", self.space_group))
        if len(self.clusters) > 1:
            rows.append(("clusters", "; ".join(self.clusters)))
        rows += [("with", _companion_text(c)) for c in self.companions]
        if self.n_pictures > 1:
            rows.append(("pictures", f"{self.n_pictures} (0 is the major one)"))
        rows += [("part %d" % o.part, _option_text(o)) for o in self.pictures]  # noqa: UP031
        rows += [("missing", str(m)) for m in self.missing]
        rows += [("note", note) for note in self.notes]
        return rows

    def _charge_text(self) -> str:
        if self.charge is not None:
            return (
                f"{self.charge:+d} ({self.charge_reason})"
                if self.charge
                else (f"0 ({self.charge_reason})")
            )
        closed = ", ".join(f"{c.charge:+d} ({c.electrons} e)" for c in self.charge_candidates)
        return f"unknown ({self.charge_reason})" + (
            f"; would close a shell: {closed}" * bool(closed)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the crystal as plain JSON types (positions in Å)."""
        return {
            "atoms": _atoms_dict(self.atoms),
            "composition": dict(self.composition),
            "charge": self.charge,
            "charge_reason": self.charge_reason,
            "charge_candidates": [c.as_dict() for c in self.charge_candidates],
            "companions": [c.as_dict() for c in self.companions],
            "pictures": [o.as_dict() for o in self.pictures],
            "n_pictures": self.n_pictures,
            "clusters": list(self.clusters),
            "mixed_sites": [m.as_dict() for m in self.mixed_sites],
            "missing": [m.as_dict() for m in self.missing],
            "notes": list(self.notes),
            "space_group": self.space_group,
            "packing": _atoms_dict(self.packing) if self.packing is not None else None,
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Crystal:
        """Return the crystal that `as_dict` gave.

        Raises
        ------
        DataFileError
            If parts are missing.
        """
        try:
            return cls(
                atoms=_atoms(data["atoms"]),
                composition=dict(data["composition"]),
                charge=data["charge"],
                charge_reason=data["charge_reason"],
                charge_candidates=tuple(ChargeCandidate(**c) for c in data["charge_candidates"]),
                companions=tuple(Companion(**c) for c in data["companions"]),
                pictures=tuple(
                    Option(**{**o, "labels": tuple(o["labels"])}) for o in data["pictures"]
                ),
                n_pictures=data["n_pictures"],
                clusters=tuple(data["clusters"]),
                mixed_sites=tuple(
                    MixedSite(m["index"], m["label"], tuple(m["shares"].items()))
                    for m in data["mixed_sites"]
                ),
                missing=tuple(Missing(**m) for m in data["missing"]),
                notes=tuple(data["notes"]),
                space_group=data["space_group"],
                packing=_atoms(data["packing"]) if data["packing"] else None,
                provenance=Provenance(
                    **{**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
                ),
            )
        except (KeyError, TypeError) as error:
            raise DataFileError("crystal", f"this is no written Crystal ({error!r})") from error

    def write_json(self, path: str | Path) -> None:
        """Write the crystal as JSON; nothing is left half written."""
        target = Path(path)
        partial = target.with_name(target.name + ".part")
        partial.write_text(json.dumps(self.as_dict()), encoding="utf-8")
        partial.replace(target)

    @classmethod
    def read_json(cls, path: str | Path) -> Crystal:
        """Read what `write_json` wrote."""
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            if isinstance(error, DataFileError):
                raise
            raise DataFileError(str(path), f"cannot be read as JSON ({error})") from error


def _companion_text(companion: Companion) -> str:
    name = f" = {companion.name}" if companion.name and companion.name != companion.formula else ""
    charge = "charge unknown" if companion.charge is None else f"charge {companion.charge:+d}"
    return f"{companion.count:.4g} x {companion.formula}{name} ({companion.role}, {charge})"


def _option_text(option: Option) -> str:
    sites = ", ".join(option.labels[:8]) + (" ..." if len(option.labels) > 8 else "")
    tag = f"assembly {option.assembly or '.'} group {option.group}"
    return f"{tag}, {option.occupancy:.3g}: {sites}"


def _atoms_dict(atoms: Atoms) -> dict[str, Any]:
    data: dict[str, Any] = {
        "symbols": list(atoms.get_chemical_symbols()),
        "positions_A": atoms.positions.tolist(),
    }
    if atoms.pbc.any():
        data["cell_A"] = atoms.cell.tolist()
    for name in ("labels", "molecule"):
        if name in atoms.arrays:
            data[name] = atoms.arrays[name].tolist()
    return data


def _atoms(data: dict[str, Any]) -> Atoms:
    import numpy as np
    from ase import Atoms

    cell = data.get("cell_A")
    atoms = Atoms(data["symbols"], positions=data["positions_A"], cell=cell, pbc=cell is not None)
    for name in ("labels", "molecule"):
        if name in data:
            atoms.set_array(name, np.array(data[name]))
    return atoms
