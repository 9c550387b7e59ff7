"""The dossier of a cluster: one HTML page that holds everything and asks nothing of a network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import STANDARD, Conventions
from superatom.provenance import Provenance, stamp
from superatom.report.sections import DossierInput, Section, registered
from superatom.report.templating import formula_html, render
from superatom.report.writing import write_whole

__all__ = ["Dossier", "dossier"]

_METHOD = "Superatom dossier"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier that has been made.

    Attributes
    ----------
    cluster : Cluster
        What it is about.
    sections : tuple[Section, ...]
        In the order of the page.
    provenance : Provenance
        Version and inputs of the page as a whole.
    """

    cluster: Cluster
    sections: tuple[Section, ...]
    provenance: Provenance

    @property
    def html(self) -> str:
        """The page."""
        page = render(
            "dossier.html.j2",
            title=self.cluster.text("unicode"),
            formula=formula_html(self.cluster),
            sections=self.sections,
            facts=[fact for made in self.sections for fact in made.facts],
            origin=self.provenance,
        )
        return str(page)

    def as_dict(self) -> dict[str, Any]:
        """Return what the page says as plain JSON types; results are under `data`."""
        return {
            "formula": str(self.cluster),
            "sections": [made.as_dict() for made in self.sections],
            "provenance": self.provenance.as_dict(),
        }

    def write(self, path: str | Path) -> Path:
        """Write the page, whole or not at all.

        Raises
        ------
        DataFileError
            If the file cannot be written.
        """
        return write_whole(path, self.html)


def dossier(
    cluster: Cluster,
    structure: str | Path | None = None,
    spectrum: str | Path | None = None,
    conventions: Conventions = STANDARD,
) -> Dossier:
    """Make the dossier of a cluster.

    Parameters
    ----------
    cluster : Cluster
        The cluster.
    structure : path, optional
        File with its atoms (CIF, XYZ, PDB, ...), to be checked against the formula.
    spectrum : path, optional
        File with its mass spectrum, to be compared with what the formula lets expect.
    conventions : Conventions
        How electrons are counted.

    Raises
    ------
    DataFileError
        If a file cannot be read.

    Examples
    --------
    >>> page = dossier(Cluster.parse("[Au25(SC2H4Ph)18]-"))
    >>> [section.title for section in page.sections][:2]
    ['Identity', 'Superatom electrons']
    """
    structure, spectrum = (Path(file) if file else None for file in (structure, spectrum))
    given = DossierInput(cluster, structure, spectrum, conventions)
    made: list[Section] = []
    for entry in registered():
        built = entry.build(replace(given, earlier=tuple(made)))
        if built is not None:
            made.append(replace(built, title=entry.title))
    contents = [file.read_bytes() for file in (structure, spectrum) if file]
    origin = stamp(_METHOD, str(cluster), conventions.as_dict(), *contents)
    return Dossier(cluster, tuple(made), origin)
