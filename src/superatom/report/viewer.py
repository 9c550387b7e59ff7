"""Interactive 3D page of a dissected cluster: one HTML file that asks nothing of a network.

The page carries 3Dmol.js (BSD-3-Clause, 10.1093/bioinformatics/btu829) and shows metals by
place, motifs by name, ligands with or without hydrogens, and the shells pulled apart.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

from superatom.report.anatomy_figure import COLOURS
from superatom.report.templating import formula_html, number, render
from superatom.report.writing import write_whole
from superatom.structure.anatomy import Anatomy

__all__ = ["anatomy_page", "with_indices", "write_anatomy_page"]

_COUNT = re.compile(r"(?<=[A-Za-z)])(\d+)")


def anatomy_page(anatomy: Anatomy, *, title: str = "") -> str:
    """Return the page as HTML.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    title : str
        Heading; the formula by default.
    """
    from markupsafe import Markup

    return render(
        "anatomy_page.html.j2",
        title=title or str(anatomy.formula),
        heading=title or formula_html(anatomy.formula),
        facts=_facts(anatomy),
        colours=COLOURS,
        motifs=_motif_rows(anatomy),
        n_shells=len(anatomy.shells().shells),
        notes=anatomy.notes,
        origin=anatomy.provenance,
        style=Markup(_file("templates", "anatomy_page.css")),
        library=Markup(_file("assets", "3Dmol-min.js")),
        script=Markup(_file("templates", "anatomy_page.js")),
        data=Markup(_json(_data(anatomy))),
    )


def write_anatomy_page(path: str | Path, anatomy: Anatomy, *, title: str = "") -> Path:
    """Write the page of `anatomy_page`, whole or not at all.

    Raises
    ------
    DataFileError
        If the file cannot be written.
    """
    return write_whole(path, anatomy_page(anatomy, title=title))


def with_indices(text: str) -> str:
    """Return '6 Au2(SR)3' as safe HTML with its counts as subscripts."""
    from markupsafe import Markup, escape

    return Markup(_COUNT.sub(r"<sub>\1</sub>", str(escape(text))))


def _file(folder: str, name: str) -> str:
    return (resources.files("superatom.report") / folder / name).read_text(encoding="utf-8")


def _json(data: object) -> str:
    """Return JSON that can stand in a script element."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _facts(anatomy: Anatomy) -> list[tuple[str, str]]:
    geometric, literature = anatomy.geometric, anatomy.literature
    facts = [("kernel and motifs, geometric", with_indices(str(geometric)))]
    if literature.kernel != geometric.kernel:
        facts.append(("as printed in papers", with_indices(str(literature))))
    facts.append(("shells of metal", with_indices(str(anatomy.shells()))))
    if geometric.kernel:
        facts.append(("kernel", str(anatomy.kernel_shape())))
    facts.append(("point group of the metals", str(anatomy.symmetry())))
    if anatomy.electrons is not None:
        facts.append(("superatom electrons", str(anatomy.electrons.total)))
    facts.append(("metal diameter", f"{number(anatomy.sizes.metal_diameter, 2)} Å"))
    return facts


def _motif_rows(anatomy: Anatomy) -> list[tuple[str, str, int]]:
    """Return name, name as HTML and number of each kind of motif."""
    names = [motif.name for motif in anatomy.geometric.motifs]
    return [(name, with_indices(name), names.count(name)) for name in sorted(set(names))]


def _data(anatomy: Anatomy) -> dict[str, Any]:
    """Return what the script draws."""
    count = len(anatomy.atoms)
    role, shell, motif = ["ligand"] * count, [0] * count, [""] * count
    for atom in set(anatomy.donors.atoms.tolist()):
        role[atom] = "donor"
    for site in anatomy.sites:
        inside = site.position in ("centre", "kernel")
        place = "kernel interior" if inside else site.position
        role[site.atom] = "heteroatom" if site.is_heteroatom else place
    for k, one in enumerate(anatomy.shells().shells):
        for atom in one.atoms:
            shell[atom] = k
    for unit in anatomy.geometric.motifs:
        for atom in (*unit.metals, *unit.donors):
            motif[atom] = unit.name
    for ligand in anatomy.ligands.ligands:
        outer = max((shell[k] for k in ligand.metals), default=0) + 1
        for atom in ligand.atoms:
            shell[atom] = outer
    centre = anatomy.atoms.positions[list(anatomy.metals)].mean(axis=0)
    return {
        "symbols": list(anatomy.atoms.symbols),
        "positions": (anatomy.atoms.positions - centre).round(3).tolist(),
        "bonds": anatomy.bonds.pairs.tolist(),
        "kinds": anatomy.bonds.kinds.tolist(),
        "role": role,
        "shell": shell,
        "motif": motif,
        "colours": COLOURS,
    }
