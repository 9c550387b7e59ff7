"""Isotope envelopes: against published masses, against IsoSpec, and against exact arithmetic."""

from __future__ import annotations

import math

import IsoSpecPy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superatom.errors import SearchError, UnknownElement
from superatom.spectra.mass.isotopes import (
    average_mass,
    charge_to_mz,
    envelope,
    envelopes,
    isotopes,
    monoisotopic_mass,
)

Composition = dict[str, int]


def _isospec(composition: Composition, coverage: float) -> tuple[np.ndarray, np.ndarray]:
    """Return masses and probabilities of the fine structure, with our isotope table."""
    tables = [isotopes(symbol) for symbol in composition]
    fine = IsoSpecPy.IsoTotalProb(
        coverage,
        atomCounts=list(composition.values()),
        isotopeMasses=[[i.mass for i in table] for table in tables],
        isotopeProbabilities=[[i.abundance for i in table] for table in tables],
    )
    return np.array(list(fine.masses)), np.array(list(fine.probs))


def _aggregated(composition: Composition, coverage: float) -> dict[int, tuple[float, float, float]]:
    """Return probability, centroid and variance per nominal mass from the fine structure."""
    masses, probs = _isospec(composition, coverage)
    # Deviation from the nominal mass stays below 0.5 u relative to a linear trend.
    numbers = _nucleons(composition, masses)
    found = {}
    for number in np.unique(numbers):
        m, p = masses[numbers == number], probs[numbers == number]
        centre = float(m @ p / p.sum())
        found[int(number)] = (float(p.sum()), centre, float((m - centre) ** 2 @ p / p.sum()))
    return found


def _nucleons(composition: Composition, masses: np.ndarray) -> np.ndarray:
    light = sum(n * isotopes(symbol)[0].mass for symbol, n in composition.items())
    number = sum(n * isotopes(symbol)[0].mass_number for symbol, n in composition.items())
    return number + np.rint((masses - light) / 0.9990).astype(int)


CORES = [
    {"Au": 25}, {"Au": 11}, {"Au": 38}, {"Au": 102}, {"Au": 133}, {"Ag": 25}, {"Ag": 44},
    {"Cu": 25}, {"Cu": 61}, {"Pt": 1, "Au": 24}, {"Pd": 1, "Au": 24}, {"Cd": 1, "Au": 24},
    {"Hg": 1, "Au": 24}, {"Au": 20, "Ag": 5}, {"Au": 12, "Ag": 32}, {"Cu": 13, "Au": 12},
    {"Ir": 1, "Au": 12}, {"Pt": 1, "Ag": 24}, {"Cu": 6}, {"Au": 4}, {"Pd": 2, "Au": 36},
    {"Ir": 9, "Au": 2}, {"Hg": 3, "Au": 22}, {"Cd": 2, "Au": 34}, {"Pt": 2, "Cu": 8},
]  # fmt: skip
# Per ligand, per cluster: thiolates, phosphines, selenolates, halides, alkynyls, peptides.
SHELLS: list[tuple[Composition, Composition]] = [
    ({"C": 8, "H": 9, "S": 1}, {}),
    ({"C": 7, "H": 5, "O": 2, "S": 1}, {}),
    ({"C": 8, "H": 5}, {"C": 54, "H": 45, "P": 3}),
    ({"C": 8, "H": 5}, {"C": 24, "H": 20, "Se": 4}),
    ({"C": 4, "H": 9, "S": 1}, {"Cl": 6}),
    ({"C": 8, "H": 5}, {"Br": 4}),
    ({"C": 2, "H": 5, "S": 1}, {"C": 100, "H": 88, "P": 8}),
    ({"C": 10, "H": 16, "N": 3, "O": 6, "S": 1}, {}),
]


def _clusters() -> list[Composition]:
    made = []
    for core in CORES:
        ligands = max(2, round(1.7 * sum(core.values()) ** (2 / 3)))
        for per_ligand, once in SHELLS:
            atoms = dict(core)
            for symbol, n in per_ligand.items():
                atoms[symbol] = n * ligands
            for symbol, n in once.items():
                atoms[symbol] = atoms.get(symbol, 0) + n
            made.append(atoms)
    return made


CLUSTERS = _clusters()


def test_the_set_is_what_the_bar_asks_for() -> None:
    masses = [average_mass(c) for c in CLUSTERS]
    assert len(CLUSTERS) >= 200
    assert min(masses) < 2000
    assert max(masses) > 39000
    assert set().union(*CLUSTERS) >= {
        "Au", "Ag", "Cu", "Pt", "Pd", "Cd", "Hg", "Ir", "P", "S", "Se", "Cl", "Br"
    }  # fmt: skip


@pytest.mark.parametrize("core", range(len(CORES)))
def test_envelopes_agree_with_isospec(core: int) -> None:
    clusters = CLUSTERS[core * len(SHELLS) : (core + 1) * len(SHELLS)]
    ours = envelopes(clusters, threshold=1e-4)
    for index, cluster in enumerate(clusters):
        fine = _aggregated(cluster, 1 - 1e-8)
        base = max(p for p, _, _ in fine.values())
        mine = ours[index]
        expected = {n for n, (p, _, _) in fine.items() if p > 1.01e-4 * base}
        assert expected <= set(mine.nominal.tolist())
        for n, p, m in zip(mine.nominal, mine.abundance, mine.mass, strict=True):
            theirs = fine[int(n)]
            assert abs(p - theirs[0]) / base < 1e-5
            assert abs(m - theirs[1]) < 1e-5


@pytest.mark.parametrize(
    ("composition", "base"),
    [  # centroid of the tallest peak of the neutral, in u, from full fine structure
        ({"Au": 25, "C": 144, "H": 162, "S": 18}, 7392.932),
        ({"Ag": 44, "C": 210, "H": 150, "O": 60, "S": 30}, 9341.850),
        ({"Cu": 61, "C": 104, "H": 248, "S": 32, "Cl": 6}, 6613.525),
    ],
)
def test_base_peaks_of_known_clusters(composition: Composition, base: float) -> None:
    assert envelope(composition).base_mass == pytest.approx(base, abs=6e-4)


def test_the_monoisotopic_silver_cluster_is_invisible() -> None:
    # 107Ag44 has a probability of about 5e-15 in [Ag44(pMBA)30]: 0.51839^44 = 2.8e-13 for the
    # metal alone, times 0.9893^210 and 0.9499^30 for carbon and sulfur.
    shell = {"Ag": 44, "C": 210, "H": 150, "O": 60, "S": 30}
    probability = math.exp(
        sum(n * math.log(max(i.abundance for i in isotopes(s))) for s, n in shell.items())
    )
    assert probability == pytest.approx(5e-15, rel=0.15)
    assert envelope(shell).mass[0] > monoisotopic_mass(shell) + 10


def test_the_electron_counts() -> None:
    mass = envelope({"Au": 25, "C": 144, "H": 162, "S": 18}).base_mass
    difference = charge_to_mz(mass, -1) - charge_to_mz(mass, 1)
    assert difference == pytest.approx(2 * 5.485799090441e-4, rel=1e-9)  # CODATA 2022


def test_charges_may_differ_within_a_batch() -> None:
    batch = envelopes([{"Au": 25}, {"Au": 25}])
    mz = batch.mz([-1, -2])[:, 0]
    assert mz[0] - 2 * mz[1] == pytest.approx(-5.485799090441e-4, rel=1e-6)


def test_deuterium_has_one_isotope() -> None:
    assert envelope({"D": 3}).mass == pytest.approx([6.042305334], abs=1e-8)  # AME2020


def test_a_batch_gives_what_single_compositions_give() -> None:
    batch = envelopes(CLUSTERS[:40])
    for index, cluster in enumerate(CLUSTERS[:40]):
        single = envelope(cluster)
        assert np.array_equal(batch[index].nominal, single.nominal)
        assert batch[index].mass == pytest.approx(single.mass, abs=1e-9)


def test_counts_may_come_as_an_array() -> None:
    pair = envelopes((("Au", "Ag"), np.array([[24, 1], [20, 5]])))
    assert pair[1].mass == pytest.approx(envelope({"Ag": 5, "Au": 20}).mass)


@given(
    st.dictionaries(
        st.sampled_from(["H", "C", "S", "Cl", "Br", "Cu", "Ag", "Pd", "Sn", "Se", "Hg"]),
        st.integers(1, 60),
        min_size=1,
        max_size=4,
    )
)
def test_moments_are_those_of_the_elements(composition: Composition) -> None:
    """Total probability, mean and variance of a sum of independent atoms are known exactly."""
    found = envelope(composition, threshold=1e-13)
    total = found.abundance.sum()
    mean = found.abundance @ found.mass / total
    spread = found.abundance @ ((found.mass - mean) ** 2 + found.variance) / total
    exact = sum(
        n
        * (
            sum(i.abundance * i.mass**2 for i in isotopes(s))
            - sum(i.abundance * i.mass for i in isotopes(s)) ** 2
        )
        for s, n in composition.items()
    )
    assert total == pytest.approx(1.0, abs=1e-7)
    assert mean == pytest.approx(average_mass(composition), abs=1e-5)
    assert spread == pytest.approx(exact, rel=1e-4, abs=1e-6)


def test_small_molecule_by_hand() -> None:
    """Cl2: 35/35, 35/37, 37/37 with (p, q) = (0.7576, 0.2424) of Berglund 2011."""
    chlorine = envelope({"Cl": 2})
    assert chlorine.nominal.tolist() == [70, 72, 74]
    assert chlorine.abundance == pytest.approx([0.7576**2, 2 * 0.7576 * 0.2424, 0.2424**2])


@pytest.mark.parametrize(
    ("composition", "problem"),
    [
        ({"Au": -1}, "negative"),
        ({"Au": 1.5}, "whole"),
        ({}, "without atoms"),
        ({"Au": 0}, "without atoms"),
    ],
)
def test_impossible_compositions(composition: Composition, problem: str) -> None:
    with pytest.raises(SearchError, match=problem):
        envelope(composition)


@pytest.mark.parametrize("symbol", ["Xx", "Tc", ""])
def test_elements_without_isotopes(symbol: str) -> None:
    with pytest.raises(UnknownElement):
        envelope({symbol: 2})


def test_neutral_species_have_no_mz() -> None:
    with pytest.raises(SearchError, match="neutral"):
        charge_to_mz(100.0, 0)
