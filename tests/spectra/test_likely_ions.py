"""Likely ions: where the literature and an independent program see them."""

from __future__ import annotations

import pytest
from IsoSpecPy import IsoTotalProb

from superatom.composition.cluster import Cluster
from superatom.errors import UnknownComposition
from superatom.spectra.mass.likely_ions import LikelyIon, likely_ions

ELECTRON = 0.000548579909  # u, CODATA


def ions_of(formula: str) -> dict[str, LikelyIon]:
    return {ion.name: ion for ion in likely_ions(Cluster.parse(formula))}


def mean_mass(formula: str) -> float:
    """Mean isotopic mass of a neutral composition, by IsoSpec."""
    spectrum = IsoTotalProb(0.9999, formula=formula)
    return sum(m * p for m, p in spectrum) / sum(p for _, p in spectrum)


@pytest.mark.parametrize(
    ("formula", "name", "neutral_base", "charge"),
    [  # base centroids of the neutral compositions, computed with full fine structure
        ("[Au25(PET)18]-", "[M]-", 7392.932, -1),
        ("[Ag44(pMBA)30]4-", "[M]4-", 9341.850, -4),
        ("[Cu61(StBu)26S6Cl6H14]+", "[M]+", 6613.525, 1),
    ],
)
def test_the_cluster_ion(formula: str, name: str, neutral_base: float, charge: int) -> None:
    ion = ions_of(formula)[name]
    expected = (neutral_base - charge * ELECTRON) / abs(charge)
    assert ion.base_mz == pytest.approx(expected, abs=0.001)
    assert next(iter(ions_of(formula))) == name


def test_caesium_adduct_of_a_neutral_cluster() -> None:
    """Au38(PET)24 is seen as [M+Cs]+ (m/z 10,911: 10,778 + 133)."""
    ion = ions_of("[Au38(PET)24]^0")["[M+Cs]+"]
    expected = mean_mass("Au38C192H216S24Cs1") - ELECTRON
    assert ion.mean_mz == pytest.approx(expected, abs=0.02)
    assert round(ion.mean_mz) == 10911
    assert dict(ion.elements)["Cs"] == 1


def test_salt_is_seen_with_its_counter_ion() -> None:
    assert ions_of("[Au25(PET)18]^-.TOA^+")["[M+2TOA]+"].why == "with its counter-ion"


def test_acid_ligands_lose_protons_and_others_do_not() -> None:
    acid, plain = ions_of("[Au25(pMBA)18]-"), ions_of("[Au25(PET)18]-")
    assert "[M-2H]3-" in acid
    assert not any("H" in name for name in plain)
    lost = acid["[M]-"].base_mz - 3 * acid["[M-2H]3-"].base_mz
    assert lost == pytest.approx(2 * 1.00728, abs=0.001)  # two protons
    exchanged = 2 * (acid["[M-2H+Na]2-"].base_mz - acid["[M-H]2-"].base_mz)
    assert exchanged == pytest.approx(22.98977 - 1.00783, abs=0.001)


def test_unknown_charge_gives_both_signs() -> None:
    names = list(ions_of("Au38(PET)24"))
    assert {"[M]-", "[M]+", "[M]2-", "[M]2+"} <= set(names)


def test_no_ion_is_neutral_and_none_occurs_twice() -> None:
    for formula in ("[Au25(PET)18]-", "[Au25(PET)18]^0", "[Au11(PPh3)8Cl2]Cl", "[Ag44(pMBA)30]4-"):
        ions = likely_ions(Cluster.parse(formula))
        assert all(ion.charge for ion in ions)
        assert len({(ion.charge, tuple(sorted(ion.elements))) for ion in ions}) == len(ions)


def test_an_ion_in_flight_is_taken_as_written() -> None:
    assert list(ions_of("[Au25(PET)18+2Cs]+")) == ["[M]+"]
    same = ions_of("[Au25(PET)18]-")["[M+2Cs]+"]
    assert ions_of("[Au25(PET)18+2Cs]+")["[M]+"].base_mz == pytest.approx(same.base_mz)


def test_generic_and_average_compositions_have_no_ions() -> None:
    for formula in ("Au25(SR)18", "Au26.3Ag17.7(TBBT)26"):
        with pytest.raises(UnknownComposition):
            likely_ions(Cluster.parse(formula))
