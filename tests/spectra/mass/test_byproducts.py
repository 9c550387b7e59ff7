"""By-products at low m/z: formulas named in papers, and spectra that hold them."""

from __future__ import annotations

from pathlib import Path

import pytest

from superatom.errors import SearchError, UnknownLigand
from superatom.spectra.mass.byproducts import byproducts, find_byproducts
from superatom.spectra.mass.simulate import Ion, simulate


@pytest.mark.parametrize(
    ("metals", "ligands", "polarity", "kinds"),
    [
        ("Au", "PET", -1, {"ML2", "M2L3", "M3L4"}),
        ("Au", "pMBA", -1, {"ML2", "M4L4 − 2H", "M2L3"}),
        ("Au", "PPh3 Cl", 1, {"M(PR3)2", "M2L(PR3)2"}),
        ("Au", "PET", 1, {"M4L4 + Na", "M2L"}),
        ("Cu", "PPh3 PET", 1, {"M(PR3)2", "M(PR3)3", "M2L(PR3)2"}),
    ],
)
def test_the_usual_kinds_are_there(
    metals: str, ligands: str, polarity: int, kinds: set[str]
) -> None:
    found = byproducts(metals, ligands, polarity, mz_high=1600)
    assert kinds <= {each.kind for each in found}
    assert all(each.charge * polarity > 0 for each in found)


def test_masses_are_right() -> None:
    # [Au(PPh3)2]+ and [AuCl2]- as tabulated monoisotopic m/z: 721.1488, 266.9048
    (bis,) = [b for b in byproducts("Au", "PPh3", 1) if b.kind == "M(PR3)2"]
    assert bis.mz == pytest.approx(721.1488, abs=0.001)
    (chloride,) = [b for b in byproducts("Au", "Cl", -1) if b.kind == "ML2"]
    assert chloride.mz == pytest.approx(266.9048, abs=0.001)


def test_a_ligand_of_ones_own() -> None:
    ours = byproducts("Au", "X=C8H9S", -1, mz_high=900)
    theirs = byproducts("Au", "PET", -1, mz_high=900)
    assert [round(b.mz, 4) for b in ours] == [round(b.mz, 4) for b in theirs]


def test_found_in_a_spectrum_with_calibration_error() -> None:
    ions = [
        Ion({"Au": 1, "C": 16, "H": 18, "S": 2}, -1, 1.0),
        Ion({"Au": 2, "C": 24, "H": 27, "S": 3}, -1, 0.5),
    ]
    spectrum = simulate(
        ions, resolving_power=15_000, noise=0.003, shift_ppm=12, seed=1, mz_range=(400, 900)
    )
    found = find_byproducts(spectrum, "Au", "PET")
    assert [hit.byproduct.formula for hit in found] == ["[Au(PET)2]^1-", "[Au2(PET)3]^1-"]
    assert all(hit.error_ppm == pytest.approx(12, abs=2) for hit in found)
    assert all(hit.similarity > 0.98 for hit in found)


def test_a_pattern_that_does_not_fit_is_not_named() -> None:
    ions = [Ion({"Ag": 2, "C": 24, "H": 27, "S": 3}, -1)]
    spectrum = simulate(ions, noise=0.003, seed=1)
    assert find_byproducts(spectrum, "Au", "PET") == ()
    assert [h.byproduct.kind for h in find_byproducts(spectrum, "Ag", "PET")] == ["M2L3"]


def test_requests_that_make_no_sense() -> None:
    with pytest.raises(SearchError, match="name a ligand"):
        byproducts("Au", "")
    with pytest.raises(UnknownLigand):
        byproducts("Au", "Nonsense")


@pytest.mark.parametrize(
    ("panel", "formula"),
    [("c8nr_p5_1_ctrl", "[Au(pMBA)2]^1-"), ("c8nr_p5_2_ctrl", "[Au4(pMBA)4-2H]^2-")],
)
def test_published_fragments(panel: str, formula: str, shared: Path) -> None:
    from superatom.spectra.mass.read import read_spectrum

    spectrum = read_spectrum(shared / "data" / "ms" / f"{panel}.csv")
    found = find_byproducts(spectrum, "Au", "pMBA", polarity=-1)
    assert max(found, key=lambda hit: hit.height).byproduct.formula == formula
