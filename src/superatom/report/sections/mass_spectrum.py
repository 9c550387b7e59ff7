"""Dossier section: whether a measured mass spectrum shows the cluster, and what else it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from superatom.composition.cluster import Cluster
from superatom.errors import SuperatomError
from superatom.report.formula_markup import ion_html
from superatom.report.sections import DossierInput, HeadFact, Section, section
from superatom.report.templating import number, render, signed

if TYPE_CHECKING:
    from superatom.spectra.mass.assignments import Assignment, Assignments
    from superatom.spectra.mass.space import SearchSpace
    from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["mass_spectrum"]

_AROUND = 2  # metal atoms and ligands more or less that are tried beside the cluster
_CHARGES = 6
_MOST_ROWS = 12
_MOST_TIES = 4
_GOOD_FIT = 0.97  # of the variance; below, something outside the space may be there


@section("Mass spectrum", order=40)
def mass_spectrum(dossier: DossierInput) -> Section | None:
    """Assign the spectrum within the neighbourhood of the cluster; None without a spectrum.

    Raises
    ------
    DataFileError
        If the spectrum cannot be read.
    """
    if dossier.spectrum is None:
        return None
    from superatom.spectra.mass.read import read_spectrum

    spectrum = read_spectrum(dossier.spectrum)
    try:
        space = _neighbourhood(dossier.cluster, spectrum)
        return _assigned(dossier.cluster, *_with_sign(spectrum, space))
    except SuperatomError as error:
        return Section(render("missing.html.j2", what="Spectrum not assigned", why=str(error)))


def _neighbourhood(cluster: Cluster, spectrum: Spectrum) -> SearchSpace:
    """Return the cluster with a few metals and ligands more or less, protons and alkali ions."""
    from superatom.spectra.mass.space import SearchSpace
    from superatom.spectra.mass.space_parts import SpacePart

    def span(n: Any) -> tuple[int, int]:
        return max(0, int(n) - _AROUND), int(n) + _AROUND

    metals = [SpacePart.of_metal(symbol, *span(n)) for symbol, n in cluster.metals.items()]
    ligands = [SpacePart.of_ligand(ligand, *span(n)) for ligand, n in cluster.ligands.items()]
    sign = spectrum.polarity or (0 if not cluster.charge else 1 if cluster.charge > 0 else -1)
    charges = [z for z in range(-_CHARGES, _CHARGES + 1) if z and z * sign >= 0]
    acid = any("C(=O)O" in part.ligand.smiles or "OC(=O)" in part.ligand.smiles
               for part in ligands if part.ligand)  # fmt: skip
    others = "Na:0-3 Cs:0-1" if "H" in {part.name for part in ligands} else "H:0-1 Na:0-2 Cs:0-1"
    if acid:
        others = f"H:-{_CHARGES + 3}-2 Na:0-4"
    first = next(iter(cluster.metals))
    template = SearchSpace.parse(f"{first}:0-1", "", others, charges)
    extra = tuple(part for part in template.parts if part.role == "other")
    return replace(template, parts=(*metals, *ligands, *extra))


def _with_sign(spectrum: Spectrum, space: SearchSpace) -> tuple[Spectrum, SearchSpace]:
    signs = {1 if charge > 0 else -1 for charge in space.charges}
    known = spectrum.polarity or (signs.pop() if len(signs) == 1 else 0)
    return replace(spectrum, polarity=known), space


def _assigned(cluster: Cluster, spectrum: Spectrum, space: SearchSpace) -> Section:
    from superatom.report.figures import svg
    from superatom.report.mass_figure import by_window, draw_assignment
    from superatom.spectra.mass.assign import assign

    found = assign(spectrum, space, decoys=False)
    named = sorted(
        (each for each in found.assignments if each.candidates),
        key=lambda each: -each.components[each.component].area,
    )
    hits = [each for each in named if _shows(each, cluster)]
    figure = ""
    if named:
        shown = (hits or named)[0]
        (group,) = [group for group in by_window(named) if shown in group]
        others = [each for each in group if each is not shown]
        label = f"Measured and fitted spectrum, {shown.candidates[0].formula}"
        figure = svg(draw_assignment(shown, others), label)
    byproducts = _byproducts(spectrum, space)
    return Section(
        render(
            "mass_spectrum.html.j2",
            verdict=_verdict(hits, named),
            source=spectrum.source,
            figure=figure,
            rows=[_row(each) for each in named[:_MOST_ROWS]],
            space=found.space,
            byproducts=[
                {"ion": ion_html(hit.byproduct.formula), "mz": number(hit.measured_mz, 3)}
                for hit in byproducts
            ],
        ),
        facts=_facts(hits),
        notes=(*found.notes, *dict.fromkeys(note for each in named for note in each.notes)),
        provenance=(found.provenance,),
        data=_data(found, byproducts),
    )


def _shows(assignment: Assignment, cluster: Cluster) -> bool:
    """Whether the cluster, at any charge and with any ions, is in the equivalent set."""
    wanted = {str(name): int(n) for name, n in cluster.metals.items()}
    wanted |= {ligand.name: int(n) for ligand, n in cluster.ligands.items()}
    return any(
        all(each.counts.get(name, 0) == n for name, n in wanted.items())
        and sum(each.counts.get(name, 0) for name in wanted) == sum(wanted.values())
        for each in assignment.equivalent
    )


def _verdict(hits: list[Assignment], named: list[Assignment]) -> str:
    if hits:
        ions = len(hits)
        return f"The spectrum shows the cluster{f', as {ions} ions' if ions > 1 else ''}."
    if named:
        return "The cluster is not among the species found in the spectrum."
    return "Nothing near the cluster fits the spectrum."


def _facts(hits: list[Assignment]) -> tuple[HeadFact, ...]:
    if not hits:
        return (HeadFact("mass spectrum", "not seen", "", False),)
    best = hits[0].candidates[0]
    ties = len(hits[0].equivalent) - 1
    remark = f"{ties} more fit as well" if ties else f"shift {signed(round(best.shift_ppm, 1))} ppm"
    return (HeadFact("mass spectrum", f"m/z {number(best.base_mz)}", remark, not ties),)


def _row(assignment: Assignment) -> dict[str, Any]:
    from markupsafe import Markup

    best = assignment.candidates[0]
    ties = [each.formula for each in assignment.equivalent if each.formula != best.formula]
    more = f" and {len(ties) - _MOST_TIES} more" if len(ties) > _MOST_TIES else ""
    return {
        "mz": number(best.base_mz, 4),
        "ion": ion_html(best.formula),
        "shift": signed(round(best.shift_ppm, 1)),
        "r_squared": f"{best.r_squared:.3f}",
        "probability": f"{best.probability_with_evidence:.2f}",
        "ties": Markup(Markup(", ").join(ion_html(each) for each in ties[:_MOST_TIES]) + more),
        "doubt": best.r_squared < _GOOD_FIT,
    }


def _byproducts(spectrum: Spectrum, space: SearchSpace) -> Any:
    from superatom.spectra.mass.byproducts import find_byproducts

    metals = " ".join(part.name for part in space.parts if part.role == "metal")
    ligands = [part for part in space.parts if part.role == "ligand" and part.name != "H"]
    words = [
        f"{part.name}=" + "".join(f"{symbol}{n}" for symbol, n in part.elements)
        if part.ligand is not None and part.ligand.kind == "other"
        else part.name
        for part in ligands
    ]
    return find_byproducts(spectrum, metals, " ".join(words)) if words else ()


def _data(found: Assignments, byproducts: Any) -> dict[str, Any]:
    rows = found.rows(3)
    return {"species": rows, "byproducts": [hit.as_dict() for hit in byproducts]}
