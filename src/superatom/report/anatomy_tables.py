"""Tables of a dissected cluster, as a paper's supporting information prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.errors import StructureError
from superatom.structure.anatomy import Anatomy
from superatom.structure.dopants import POSITIONS, site_counts

if TYPE_CHECKING:
    from ase import Atoms

    from superatom.structure.compare import Comparison
    from superatom.structure.contacts import PackingContact

__all__ = ["ReportTable", "anatomy_tables", "contact_table", "shift_table", "site_table"]

_PROBES = ("H+", "CO", "CO2", "O2", "N2")


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A small table with a title.

    Attributes
    ----------
    title : str
        What it shows.
    columns : tuple[str, ...]
        Headings with units.
    rows : tuple[tuple[str, ...], ...]
        Cells as printed.
    numeric : tuple[bool, ...]
        Which columns hold numbers, to be aligned right.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    def as_text(self, separator: str = "\t") -> str:
        """Return the table as text with a heading line, for a spreadsheet."""
        return "\n".join(separator.join(row) for row in (self.columns, *self.rows))


def _table(title: str, columns: str, rows: Sequence[Sequence[Any]]) -> ReportTable:
    """Return a table; a column whose heading starts with # holds numbers."""
    names = tuple(columns.split("|"))
    return ReportTable(
        title=title,
        columns=tuple(name.lstrip("#") for name in names),
        rows=tuple(tuple(str(cell) for cell in row) for row in rows),
        numeric=tuple(name.startswith("#") for name in names),
    )


def anatomy_tables(anatomy: Anatomy) -> tuple[ReportTable, ...]:
    """Return all tables of a dissection; those without rows are left out."""
    tables = (
        _overview(anatomy),
        _partitions(anatomy),
        _shells(anatomy),
        _ligands(anatomy),
        _modes(anatomy),
        _positions(anatomy),
        _exposure(anatomy),
        _electrons(anatomy),
        _bonds(anatomy),
        _coordination(anatomy),
        _ambiguous(anatomy),
    )
    return tuple(table for table in tables if table.rows)


def _overview(anatomy: Anatomy) -> ReportTable:
    size = anatomy.sizes
    electrons = "charge not known"
    if anatomy.electrons is not None:
        electrons = str(anatomy.electrons.total)
    elif anatomy.electrons_by_charge is not None:
        electrons = anatomy.electrons_by_charge.function
    rows = [
        ("formula", str(anatomy.formula)),
        ("superatom electrons", electrons),
        ("kernel", _kernel_name(anatomy)),
        ("shells of metal", str(anatomy.shells())),
        ("point group of the metals", str(anatomy.symmetry())),
        ("point group with anchors", str(anatomy.symmetry("skeleton"))),
        ("chirality, with anchors", str(anatomy.chirality())),
        ("kernel diameter, nuclei / Å", f"{size.kernel_diameter:.2f}"),
        ("metal diameter, nuclei / Å", f"{size.metal_diameter:.2f}"),
        ("overall diameter, nuclei / Å", f"{size.overall_diameter:.2f}"),
        ("ligand shell thickness / Å", f"{size.shell_thickness:.2f}"),
        ("gyration radius, all / Å", f"{size.gyration_radius:.2f}"),
        ("gyration radius, metals / Å", f"{size.metal_gyration_radius:.2f}"),
    ]
    return _table("Overview", "quantity|value", rows)


def _kernel_name(anatomy: Anatomy) -> str:
    try:
        shape = anatomy.kernel_shape()
    except StructureError:
        return "none"
    return f"{anatomy.kernel}: {shape}"


def _partitions(anatomy: Anatomy) -> ReportTable:
    rows = [
        (p.convention, p.kernel_formula or "none", p.motif_formula or "none")
        for p in (anatomy.geometric, anatomy.literature)
    ]
    if anatomy.alternative is not None:
        other = anatomy.alternative
        rows.append(
            ("ambiguous contacts read otherwise", other.kernel_formula, other.motif_formula)
        )
    return _table("Kernel and motifs", "convention|kernel|motifs", rows)


def _shells(anatomy: Anatomy) -> ReportTable:
    rows = [
        (
            shell.formula,
            f"{shell.radius:.2f}",
            f"{shell.spread:.2f}",
            shell.shape or "",
            "" if shell.shape_measure is None else f"{shell.shape_measure:.2f}",
        )
        for shell in anatomy.shells().shells
    ]
    return _table(
        "Shells of metal", "shell|#mean radius / Å|#spread / Å|shape|#shape measure", rows
    )


def _ligands(anatomy: Anatomy) -> ReportTable:
    matched = {b.ligand: b.matched_by for b in anatomy.ligands.ligands}
    missing = {b.ligand: b.missing_hydrogens for b in anatomy.ligands.ligands}
    rows = [
        (
            ligand.name,
            ligand.kind,
            ligand.formula or "generic",
            count,
            "?" if ligand.charge_taken is None else ligand.charge_taken,
            matched[ligand],
            missing[ligand] or "",
        )
        for ligand, count in anatomy.ligands.counts.items()
    ]
    return _table(
        "Ligands", "ligand|class|formula|#count|#takes e|matched by|#H missing in each", rows
    )


def _modes(anatomy: Anatomy) -> ReportTable:
    rows = [(donor, mode, n) for (donor, mode), n in anatomy.census.donors.items()]
    rows += [
        (metal, f"holds {held} {element}", n)
        for (metal, element, held), n in anatomy.census.metals.items()
    ]
    rows += [(name, mode, n) for (name, mode), n in anatomy.census.polydentate.items()]
    rows += [(name, "closed polygon", n) for name, n in anatomy.census.polygons.items()]
    return _table("Coordination modes", "donor or metal|mode|#count", rows)


def _positions(anatomy: Anatomy) -> ReportTable:
    counts = site_counts(anatomy.sites)
    rows = [
        (position, " ".join(f"{symbol}{n}" for symbol, n in sorted(counts[position].items())))
        for position in POSITIONS
        if counts[position]
    ]
    return _table("Doping positions", "position|metals", rows)


def _exposure(anatomy: Anatomy) -> ReportTable:
    rows = []
    for probe in _PROBES:
        found = anatomy.exposure(probe)
        chalcogens = found.sites("S", "Se", "Te")
        row = (f"{found.radius:.2f}", len(found.metal_sites), f"{found.metal_area:.1f}")
        rows.append((probe, *row, len(chalcogens)))
    columns = "probe|#radius / Å|#metals touched|#metal area / Å²|#chalcogens touched"
    return _table("Exposed metal", columns, rows)


def contact_table(contacts: Sequence[PackingContact], most: int = 12) -> ReportTable:
    """Return contacts between the molecules of a crystal, the shortest of each kind first."""
    rows = [
        (c.kind, f"{c.labels[0]} ... {c.labels[1]}", f"{c.distance:.3f}", f"{c.angle:.0f}")
        for c in contacts[:most]
    ]
    left = f" (first {most} of {len(contacts)})" if len(contacts) > most else ""
    columns = "kind|between|#distance / Å|#angle / degrees"
    return _table(f"Contacts in the crystal{left}", columns, rows)


def site_table(anatomy: Anatomy, *, every: bool = False) -> ReportTable:
    """Return the doping positions, equal sites in one row or every metal in its own.

    Sites of one orbit are made equal by the symmetry of the metal frame, whatever element
    sits on them: one dopant has as many different places as there are orbits.
    """
    orbit_of = {k: n for n, orbit in enumerate(anatomy.orbits(), start=1) for k in orbit}
    described = [
        (
            orbit_of[s.atom],
            s.position,
            s.symbol,
            s.motif,
            s.n_donors,
            *((s.n_metals,) if every else ()),
            "yes" if s.is_heteroatom else "",
        )
        for s in anatomy.sites
    ]
    counted = Counter(described)
    if every:
        rows = [(s.atom, *row) for s, row in zip(anatomy.sites, described, strict=True)]
        columns = "#atom|#orbit|position|metal|motif|#donors|#metal neighbours|heteroatom"
    else:
        order = sorted(counted, key=lambda row: (POSITIONS.index(str(row[1])), row))
        rows = [(counted[row], *row) for row in order]
        columns = "#count|#orbit|position|metal|motif|#donors|heteroatom"
    return _table("Metal sites", columns, rows)


def shift_table(found: Comparison, first: Atoms, second: Atoms, count: int) -> ReportTable:
    """Return the atoms that lie farthest from their partners, metals and anchors superposed.

    Parameters
    ----------
    found : Comparison
        Comparison of the two structures.
    first, second : ase.Atoms
        The structures.
    count : int
        Number of rows.
    """
    mapping = np.array(found.mapping)
    paired = np.flatnonzero(mapping >= 0)
    moved = first.positions[paired] @ np.array(found.rotation).T + np.array(found.translation)
    shift = np.linalg.norm(moved - second.positions[mapping[paired]], axis=1)
    rows = [
        (f"{first.symbols[k]}{k}", f"{second.symbols[mapping[k]]}{mapping[k]}", f"{d:.3f}")
        for k, d in sorted(zip(paired.tolist(), shift, strict=True), key=lambda row: -row[1])
    ]
    return _table("Largest shifts", "first|second|#shift / Å", rows[:count])


def _electrons(anatomy: Anatomy) -> ReportTable:
    rows = [
        (part.part, str(part.count), f"{part.each:+d}", f"{part.electrons:+d}")
        for part in anatomy.electron_parts
    ]
    total = sum(part.electrons for part in anatomy.electron_parts)
    if rows:
        charge = "" if anatomy.charge is not None else " at charge 0"
        rows.append((f"sum{charge}", "", "", f"{total:+d}"))
    return _table("Electrons by part", "part|#count|#each|#electrons", rows)


def _bonds(anatomy: Anatomy) -> ReportTable:
    rows = [
        (
            row.elements,
            row.place,
            row.count,
            f"{row.mean:.3f}",
            f"{row.deviation:.3f}",
            f"{row.shortest:.3f}",
            f"{row.longest:.3f}",
        )
        for row in anatomy.bond_statistics
    ]
    return _table("Bond lengths", "bond|place|#count|#mean / Å|#s.d. / Å|#min / Å|#max / Å", rows)


def _coordination(anatomy: Anatomy) -> ReportTable:
    rows = [
        (
            f"{path.absorber}-{path.neighbour}",
            f"{path.number:.2f}",
            f"{path.distance:.3f}",
            f"{path.variance:.4f}",
        )
        for path in anatomy.coordination
    ]
    return _table("Coordination numbers", "path|#N|#R / Å|#static variance / Å²", rows)


def _ambiguous(anatomy: Anatomy) -> ReportTable:
    rows = [
        (
            "-".join(f"{e}{k}" for e, k in zip(c.elements, c.atoms, strict=True)),
            f"{c.length:.3f}",
            f"{c.cut:.2f}",
            "bond" if c.read_as_bond else "no bond",
            "no bond" if c.read_as_bond else "bond",
        )
        for c in anatomy.ambiguous
    ]
    return _table("Ambiguous contacts", "contact|#length / Å|#cut / Å|read as|other reading", rows)
