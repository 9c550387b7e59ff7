"""The dossier's section on a measured spectrum."""

from __future__ import annotations

from pathlib import Path

import pytest

from superatom.composition.cluster import Cluster
from superatom.errors import DataFileError
from superatom.report.dossier import dossier
from superatom.report.sections import Section
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.write import write_spectrum

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}


def section(formula: str, file: Path) -> Section:
    made = dossier(Cluster.parse(formula), spectrum=file)
    (found,) = [each for each in made.sections if each.title == "Mass spectrum"]
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spectrum = simulate([Ion(AU25, -1), Ion(AU25, -2, 0.3)], noise=0.004, shift_ppm=8, seed=1)
    return write_spectrum(spectrum, tmp_path_factory.mktemp("ms") / "au25.csv")


def test_the_cluster_is_found_at_two_charges(file: Path) -> None:
    found = section("[Au25(SC2H4Ph)18]-", file)
    assert "shows the cluster, as 2 ions" in found.html
    assert "<svg" in found.html
    (fact,) = found.facts
    assert fact.good is True
    assert "392.93" in str(fact.value)
    formulas = {row["formula"] for row in found.data["species"] if row["rank"] == 1}
    assert len(formulas) == 2


def test_another_cluster_is_not_claimed(file: Path) -> None:
    found = section("[Au24(SC2H4Ph)20]0", file)
    assert "not among the species" in found.html or "Nothing near" in found.html
    assert found.facts[0].good is False


def test_no_spectrum_no_section() -> None:
    made = dossier(Cluster.parse("[Au25(SC2H4Ph)18]-"))
    assert "Mass spectrum" not in [each.title for each in made.sections]


def test_a_broken_file_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "x.csv"
    broken.write_text("nothing here")
    with pytest.raises(DataFileError, match="no two columns"):
        dossier(Cluster.parse("[Au25(SC2H4Ph)18]-"), spectrum=broken)
