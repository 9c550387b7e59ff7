"""Charges and windows against simulated truth and published spectra."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from superatom.errors import SearchError
from superatom.spectra.mass.charges import charge_ladder
from superatom.spectra.mass.isotopes import envelope
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.spectrum import Spectrum
from superatom.spectra.mass.windows import find_groups, find_windows, windows_by_hand

SPECIES = {
    "Au25(PET)18": {"Au": 25, "C": 144, "H": 162, "S": 18},
    "Ag44(pMBA)30": {"Ag": 44, "C": 210, "H": 150, "O": 60, "S": 30},
    "Cu25H22(PPh3)12": {"Cu": 25, "C": 216, "H": 202, "P": 12},
    "Ag25(PET)18": {"Ag": 25, "C": 144, "H": 162, "S": 18},
}


@pytest.mark.parametrize("charge", range(1, 9))
@pytest.mark.parametrize("name", SPECIES)
def test_charges_from_spacing(name: str, charge: int) -> None:
    spectrum = simulate([Ion(SPECIES[name], -charge)], resolving_power=30_000, noise=0.02, seed=1)
    groups = find_groups(spectrum)
    assert len(groups) == 1
    assert groups[0].charges[0].number == charge
    assert groups[0].window(-1).charge == -charge


@pytest.mark.parametrize(
    ("atoms", "charge"),
    [
        ({"Ag": 2, "C": 24, "H": 27, "S": 3}, 1),
        ({"Ag": 2, "C": 24, "H": 27, "S": 3}, 2),
        ({"Au": 1, "Br": 2}, 1),
        ({"Cu": 4, "Cl": 5}, 1),
    ],
)
def test_patterns_with_every_other_peak_low_stay_whole(atoms: dict[str, int], charge: int) -> None:
    spectrum = simulate([Ion(atoms, -charge)], resolving_power=20_000, noise=0.005, seed=1)
    groups = find_groups(spectrum)
    assert len(groups) == 1
    assert groups[0].charges[0].number == charge
    truth = envelope(atoms)
    strong = truth.mz(-charge)[truth.relative > 0.1]
    assert groups[0].mz_lo < strong.min() < strong.max() < groups[0].mz_hi


@pytest.mark.parametrize("power", [2_000, 3_000])
def test_isotopes_that_are_not_resolved_leave_the_charge_open(power: float) -> None:
    spectrum = simulate([Ion(SPECIES["Au25(PET)18"], -3)], resolving_power=power, noise=0.005)
    (window,) = find_windows(spectrum)
    assert window.charge is None
    assert window.mz_lo < 2464 < window.mz_hi


def test_envelopes_that_overlap_share_a_window() -> None:
    one, two = SPECIES["Au25(PET)18"], SPECIES["Au25(PET)18"] | {"Au": 24, "Pt": 1}
    spectrum = simulate([Ion(one, -1), Ion(two, -1)], resolving_power=40_000, noise=0.005, seed=2)
    windows = find_windows(spectrum)
    assert [window.charge for window in windows] == [-1]
    assert windows[0].mz_lo < 7389 < 7397 < windows[0].mz_hi


def test_envelopes_of_other_charge_that_overlap_leave_the_charge_open() -> None:
    one = {"Au": 25, "C": 144, "H": 162, "S": 18}
    half = {"Au": 12, "C": 76, "H": 102, "S": 9, "P": 1}
    assert abs(envelope(half).base_mass - envelope(one).base_mass / 2) < 2
    spectrum = simulate([Ion(one, -2), Ion(half, -1, 0.7)], resolving_power=60_000, noise=0.003)
    assert sorted(group.charges[0].number for group in find_groups(spectrum)) == [1, 2]
    (window,) = find_windows(spectrum)
    assert window.charge is None
    assert window.mz_lo < 3695.5 < 3700 < window.mz_hi


def test_species_along_a_spectrum_get_a_window_each() -> None:
    ions = [Ion(SPECIES["Au25(PET)18"], -z, 1.0) for z in (1, 2, 3, 4)]
    spectrum = simulate(ions, resolving_power=20_000, noise=0.01, seed=8, mz_range=(1500, 8000))
    windows = find_windows(spectrum)
    assert [window.charge for window in windows] == [-4, -3, -2, -1]
    for window, ion in zip(windows, ions[::-1], strict=True):
        base = envelope(ion.elements)
        assert window.mz_lo < base.mz(ion.charge)[base.relative.argmax()] < window.mz_hi


def test_centroids_have_windows_too() -> None:
    spectrum = simulate([Ion(SPECIES["Au25(PET)18"], -3)], profile=False)
    (window,) = find_windows(spectrum)
    assert window.charge == -3


def test_a_ladder_tells_charges_without_isotopes() -> None:
    mass = 9341.85
    mz = [(mass - z * 1.00728) / z for z in (3, 4, 5)]
    steps = charge_ladder(mz, [range(1, 11)] * 3, polarity=-1, tolerance_ppm=5)
    assert {(s.charge, s.other_charge, s.carrier) for s in steps} == {
        (3, 4, "proton"),
        (4, 5, "proton"),
    }
    assert steps[0].mass == pytest.approx(mass, abs=0.01)


def test_windows_by_hand() -> None:
    assert [w.charge for w in windows_by_hand(["1095.5-1097.5", "1918-1921:-4"])] == [None, -4]
    for bad in ("1095", "1097-1095", "a-b", "1-2:x"):
        with pytest.raises(SearchError, match="window"):
            windows_by_hand([bad])


def test_noise_has_no_windows() -> None:
    rng = np.random.default_rng(5)
    mz = np.arange(1000, 1100, 0.01)
    windows = find_windows(Spectrum.of(mz, 5 + rng.standard_normal(mz.size)))
    assert len(windows) <= 1


def test_published_charges_and_limits(shared: Path) -> None:
    folder = shared / "data" / "ms"
    from superatom.spectra.mass.read import read_spectrum

    with (folder / "truth.tsv").open() as table:
        rows = [r for r in csv.DictReader(table, delimiter="\t") if r["charge"]]
    for row in rows:
        spectrum = read_spectrum(folder / row["file"])
        tallest = max(find_groups(spectrum), key=lambda group: group.height)
        assert -tallest.charges[0].number == int(row["charge"]), row["file"]
        assert tallest.mz_lo < float(row["theo_base_mz"]) < tallest.mz_hi


def test_the_whole_published_spectrum(shared: Path) -> None:
    from superatom.spectra.mass.read import read_spectrum

    spectrum = read_spectrum(shared / "data" / "ms" / "c8nr_p7_full.csv")
    windows = find_windows(spectrum, polarity=-1)
    inside = [w for w in windows if 1700 < w.mz_lo < 1850 and w.charge is not None]
    # Its strongest region is a ladder of Au/pMBA species with four charges (panels d1-d12).
    assert sum(w.charge == -4 for w in inside) > 0.8 * len(inside) > 5


def test_isotopes_that_are_barely_resolved_still_tell_the_charge() -> None:
    # Peaks 0.78 of their distance wide: the valleys between them are two thirds deep.
    spectrum = simulate(
        [Ion(SPECIES["Ag44(pMBA)30"], -4)], resolving_power=12_000, noise=0.02, seed=4
    )
    (group,) = find_groups(spectrum)
    assert group.charges[0].number == 4
