"""Numbers behind an assignment: charges, widths, joint fits, calibration, amounts."""

from __future__ import annotations

import numpy as np
import pytest

from superatom.composition.cluster import Cluster
from superatom.errors import SearchError, UnknownCharge
from superatom.spectra.mass.bells import Pattern, profile_columns
from superatom.spectra.mass.calibration import calibrate, lock_mass
from superatom.spectra.mass.candidates import candidates_in
from superatom.spectra.mass.charges import plausible_charges
from superatom.spectra.mass.evidence import chemistry
from superatom.spectra.mass.fit import fit_mixtures
from superatom.spectra.mass.hypotheses import independent_points
from superatom.spectra.mass.isotopes import charge_to_mz, envelopes
from superatom.spectra.mass.mixtures import Mixture, distribution, fit_mixture
from superatom.spectra.mass.scoring import Trace, scan, sticks_of
from superatom.spectra.mass.simulate import simulate
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.spectrum import Spectrum
from superatom.spectra.mass.traces import estimate_fwhm, thinned_trace


def _trace(spectrum: Spectrum) -> Trace:
    width = estimate_fwhm(spectrum.mz, spectrum.intensity)
    return thinned_trace(spectrum.mz, spectrum.intensity, width)


@pytest.mark.parametrize(
    ("content", "charge"),
    [
        ({"[Au(pMBA)2]-": 1.0}, -1),
        ({"[Ag25(PET)18]-": 1.0}, -1),  # silver makes every other peak low
        ({"[Au25(pMBA)18-4H]^5-": 1.0}, -5),
        ({"[Au25(pMBA)18-6H]^7-": 1.0, "[Au25(pMBA)18-9H+2Na]^7-": 0.5}, -7),
        ({"[Ag44(pMBA)30-4H]^8-": 1.0}, -8),
    ],
)
def test_charge_from_spacing(content: dict[str, float], charge: int) -> None:
    spectrum = simulate(content, resolving_power=25_000, noise=0.02, seed=4)
    found = plausible_charges(_trace(spectrum), range(-8, 0))
    assert found.resolved
    assert found.charges == (charge,)


def test_unresolved_peaks_leave_all_charges_open() -> None:
    spectrum = simulate({"[Au25(pMBA)18-4H]^5-": 1.0}, resolving_power=3_000, noise=0.02, seed=4)
    found = plausible_charges(_trace(spectrum), range(-8, 0))
    assert found.charges == tuple(range(-8, 0))
    assert not found.resolved


def test_peak_width_is_measured() -> None:
    spectrum = simulate({"[Au25(PET)18]-": 1.0}, resolving_power=20_000, noise=0.01, seed=2)
    expected = 7394.0 / 20_000
    assert estimate_fwhm(spectrum.mz, spectrum.intensity) == pytest.approx(expected, rel=0.1)


def _patterns(formulas: list[str]) -> Pattern:
    clusters = [Cluster.parse(formula) for formula in formulas]
    found = envelopes([{s: int(n) for s, n in c.elements.items()} for c in clusters], 1e-5)
    mz = charge_to_mz(found.mass, np.array([[c.charge] for c in clusters], dtype=float))
    return Pattern(mz[None], (found.abundance / found.abundance.max(axis=1, keepdims=True))[None])


def test_profiles_and_their_slopes() -> None:
    """The analytic derivatives agree with finite differences."""
    trace = Trace(np.linspace(7385, 7405, 2000), np.zeros(2000), 0.4)
    pattern = _patterns(["[Au25(PET)18]-"])
    shift, sigma, step = np.array([[1e-5]]), np.array([0.17]), 1e-8
    _, by_shift, by_width = profile_columns(trace, pattern, shift, sigma)
    up, down = (profile_columns(trace, pattern, shift + d, sigma)[0] for d in (step, -step))
    assert by_shift == pytest.approx((up - down) / (2 * step), abs=2e-3 * np.abs(by_shift).max())
    up, down = (profile_columns(trace, pattern, shift, sigma * np.exp(d))[0] for d in (1e-5, -1e-5))
    assert by_width == pytest.approx((up - down) / 2e-5, abs=2e-3 * np.abs(by_width).max())


def test_a_joint_fit_recovers_what_was_put_in() -> None:
    formulas = ["[Au25(PET)18]-", "[PtAu24(PET)18]-"]
    spectrum = simulate(dict(zip(formulas, (0.7, 0.3), strict=True)), resolving_power=30_000,
                        shift_ppm=14.0, baseline=0.05)  # fmt: skip
    trace = _trace(spectrum)
    fits = fit_mixtures(trace, _patterns(formulas), np.array([10.0]), (-40.0, 40.0))
    pattern = _patterns(formulas)
    areas = fits.amounts[0] * pattern.height[0].sum(axis=1)
    assert areas / areas.sum() == pytest.approx([0.7, 0.3], abs=0.005)
    assert fits.shift_ppm[0] == pytest.approx(14.0, abs=0.1)
    assert fits.fwhm[0] == pytest.approx(7393 / 30_000, rel=0.03)
    assert fits.baseline[0, 0] == pytest.approx(5.0, abs=0.3)
    assert 1.0 - fits.rss[0] / trace.variation > 0.999


def test_no_amount_is_negative() -> None:
    formulas = ["[Au25(PET)18]-", "[Au25(PET)17]-", "[PtAu24(PET)18]-"]
    spectrum = simulate({formulas[2]: 1.0}, resolving_power=30_000, noise=0.02, seed=1)
    fits = fit_mixtures(_trace(spectrum), _patterns(formulas), np.array([0.0]), (-40.0, 40.0))
    assert fits.amounts.min() >= 0


def test_the_quick_scan_agrees_with_the_fit() -> None:
    spectrum = simulate({"[Au25(PET)18]-": 1.0}, resolving_power=15_000, noise=0.01, seed=6)
    space = SearchSpace.parse("Au:0-40 Ag:0-40", "PET:0-30", charge="-1")
    trace = _trace(spectrum)
    found = candidates_in(space, 7390.0, 7398.0, -1)
    scores = scan(trace, sticks_of(found, trace.centre), np.linspace(-40, 40, 17))
    best = int(scores.r_squared.argmax())
    assert found.counts[best].tolist() == [25, 0, 18]
    assert scores.r_squared[best] > 0.99


def test_the_quick_scan_finds_what_is_hidden_beside_a_species() -> None:
    """What is left of the trace is explained by the hidden species, and by it best."""
    hidden = "[PtAu24(PET)18]-"
    spectrum = simulate(
        {"[Au25(PET)18]-": 1.0, hidden: 0.5}, resolving_power=30_000, noise=0.01, seed=6
    )
    space = SearchSpace.parse("Pt:0-3 Au:20-30", "PET:12-22", charge="-1")
    trace = Trace(spectrum.mz, spectrum.intensity, 7390 / 30_000)
    found = candidates_in(space, 7385.0, 7400.0, -1)
    known = _patterns(["[Au25(PET)18]-"])
    beside = profile_columns(trace, known, np.zeros((1, 1)), np.array([trace.fwhm / 2.355]))[0][0]
    scores = scan(trace, sticks_of(found, trace.centre), np.array([0.0]), beside)
    best = int(scores.r_squared.argmax())
    assert found.space.cluster(found.counts[best].tolist(), -1) == Cluster.parse(hidden)
    assert scores.r_squared[best] > 0.9


def test_noise_counts_point_by_point_and_misfit_peak_by_peak() -> None:
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(4000)
    assert independent_points(noise, 20) == pytest.approx(4000, rel=0.1)
    misfit = 10 * np.sin(np.arange(4000) / 60)
    assert independent_points(misfit + 0.01 * noise, 20) == pytest.approx(40, rel=0.1)


def test_calibration_is_what_the_windows_agree_on() -> None:
    """Right candidates lie on a line; two thirds of the candidates are wrong and scattered."""
    rng = np.random.default_rng(7)
    mz = np.linspace(1000, 3000, 9)
    true = 12.0 + 6.0 * (mz - 1500) / 1500
    shifts = [np.r_[t + rng.normal(0, 1), rng.uniform(-40, 40, 6)] for t in true]
    weights = [np.r_[0.0, rng.normal(0, 0.5, 6)] for _ in true]
    found = calibrate(mz.tolist(), shifts, weights, (-40.0, 40.0))
    assert [found.at(m) for m in mz] == pytest.approx(true.tolist(), abs=3.0)
    assert found.n_windows == 9


def test_lock_masses_pin_the_calibration() -> None:
    ions = ["[Au25(PET)18]-", "[Au(PET)2]-"]
    spectrum = simulate(dict(zip(ions, (1.0, 0.02), strict=True)), resolving_power=20_000,
                        noise=0.01, shift_ppm=[10.0, 3.0], points_per_fwhm=5.0, seed=3)  # fmt: skip
    one = lock_mass(spectrum, ions[:1])
    assert one.at(7400.0) == pytest.approx(10.0 + 3.0 * (7394 - 1500) / 1500, abs=0.3)
    both = lock_mass(spectrum, ions)
    assert both.at(3000.0) == pytest.approx(13.0, abs=0.5)


@pytest.mark.parametrize(
    ("metals", "ligands", "counts", "charge"),
    [  # reported clusters; coverage of the surface by ligands is what they have in common
        ("Au", "PET", (25, 18), -1), ("Au", "PET", (38, 24), 0), ("Au", "PET", (102, 44), 0),
        ("Au", "PET", (144, 60), 0), ("Ag", "DMBT", (25, 18), -1), ("Ag", "pMBA", (44, 30), -4),
        ("Au", "dppm", (13, 6), 3), ("Au", "PET", (18, 14), 0),
    ],
)  # fmt: skip
def test_known_clusters_are_plausible_chemistry(
    metals: str, ligands: str, counts: tuple[int, int], charge: int
) -> None:
    space = SearchSpace.parse(f"{metals}:1-200", f"{ligands}:0-80", charge=[charge or 1])
    space = space.with_charges([charge])
    mass = float(np.dot(counts, space.masses()))
    found = candidates_in(space, mass - 0.01, mass + 0.01, charge)
    row = int(np.flatnonzero((found.counts == counts).all(axis=1))[0])
    said = chemistry(found)
    assert said.coverage[row] > -1.0
    bare = chemistry(candidates_in(space, 197.0 * 30 - 400, 197.0 * 30 + 400, charge))
    no_ligands = bare.coverage[bare.n_donors == 0]
    assert (no_ligands < -7).all()


@pytest.mark.parametrize("seed", range(3))
def test_half_platinum_half_gold(seed: int) -> None:
    """50:50 at resolving power 60k and 20 ppm miscalibration: 0.50 +- 0.03."""
    species = ["[Au25(PET)18]-", "[PtAu24(PET)18]-"]
    spectrum = simulate(dict.fromkeys(species, 0.5), resolving_power=60_000, noise=0.02,
                        shift_ppm=20.0, seed=seed)  # fmt: skip
    found = fit_mixture(spectrum, species)
    assert found.fractions[0] == pytest.approx(0.5, abs=0.03)
    assert abs(found.fractions[0] - 0.5) < 4 * found.errors[0]
    assert found.shift_ppm == pytest.approx(20.0, abs=0.5)
    assert Mixture.from_dict(found.as_dict()) == found


@pytest.mark.parametrize("shift", [-20.0, 0.0, 20.0])
def test_hydrides_are_counted(shift: float) -> None:
    """Cu25H22 told from H20 to H24 at 20k; a shift of 20 ppm alone would make it H24."""
    species = [f"[Cu25H{n}(PPh3)12]+" for n in range(20, 25)]
    spectrum = simulate({species[2]: 1.0}, resolving_power=20_000, noise=0.02, shift_ppm=shift,
                        seed=11)  # fmt: skip
    found = fit_mixture(spectrum, species)
    assert int(np.argmax(found.fractions)) == 2
    assert found.fractions[2] > 0.8


def test_dopant_distribution() -> None:
    """Au25-xAgx: fractions, mean and spread within 0.01."""
    x = np.arange(5)
    true = np.exp(-0.5 * ((x - 1.8) / 1.1) ** 2)
    true /= true.sum()
    species = {
        (f"[Au{25 - n}Ag{n}(PET)18]-" if n else "[Au25(PET)18]-"): float(p)
        for n, p in zip(x, true, strict=True)
    }
    spectrum = simulate(species, resolving_power=10_000, noise=0.01, shift_ppm=15.0, seed=2,
                        points_per_fwhm=5.0)  # fmt: skip
    found = distribution(fit_mixture(spectrum, list(species)), "Ag")
    mean = float(x @ true)
    assert found.fractions == pytest.approx(true.tolist(), abs=0.01)
    assert found.mean == pytest.approx(mean, abs=0.01)
    assert found.spread == pytest.approx(float(np.sqrt((x - mean) ** 2 @ true)), abs=0.01)
    assert 0 < found.mean_error < 0.02


def test_amounts_that_cannot_be_had() -> None:
    spectrum = simulate({"[Au25(PET)18]-": 1.0}, resolving_power=10_000)
    with pytest.raises(SearchError, match="no signal"):
        fit_mixture(spectrum, ["[Au38(PET)24]+"])
    with pytest.raises(UnknownCharge):
        fit_mixture(spectrum, ["Au25(PET)18"])
    with pytest.raises(SearchError, match="name the species"):
        fit_mixture(spectrum, [])
    with pytest.raises(SearchError, match="no species"):
        distribution(fit_mixture(spectrum, ["[Au25(PET)18]-"]), "Ag")
