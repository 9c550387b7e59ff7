"""Assignment of spectra whose content is known: simulated here, or published."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from superatom.composition.cluster import Cluster
from superatom.errors import SearchError, TimeLimitReached
from superatom.spectra.mass.assign import assign
from superatom.spectra.mass.assignments import Assignments, Window
from superatom.spectra.mass.calibration import Calibration
from superatom.spectra.mass.simulate import simulate
from superatom.spectra.mass.space import Limits, SearchSpace
from superatom.spectra.mass.spectrum import Spectrum

ALLOYS = SearchSpace.parse("Au:0-40 Ag:0-40", "PET:0-30", "Cs:0-2", "-2..-1")
GOLD = SearchSpace.parse("Au:1-60", "pMBA:0-40", "H:-14-6 Na:0-6", "-8..-1")


def _window(spectrum: Spectrum) -> list[Window]:
    return [Window(float(spectrum.mz[0]), float(spectrum.mz[-1]))]


def _alone(formula: str, **options: float) -> Spectrum:
    known = {"resolving_power": 20_000.0, "noise": 0.02, "shift_ppm": 12.0, "seed": 3}
    return simulate({formula: 1.0}, **{**known, **options})  # type: ignore[arg-type]


def test_a_silver_rich_alloy_is_found_blindly() -> None:
    """The monoisotopic peak of this ion has a probability below 1e-5."""
    spectrum = _alone("[Au9Ag16(PET)18]-")
    found = assign(spectrum, ALLOYS, _window(spectrum))
    best = found.assignments[0].best
    assert best is not None
    assert Cluster.parse(best.formula) == Cluster.parse("[Au9Ag16(PET)18]-")
    assert best.shift_ppm == pytest.approx(12.0, abs=1.0)
    assert found.assignments[0].false_probability < 0.05


def test_the_answer_does_not_depend_on_the_intensity_unit() -> None:
    spectrum = _alone("[Au9Ag16(PET)18]-")
    scaled = Spectrum.of(spectrum.mz, 1e-6 * spectrum.intensity, polarity=-1)
    first, second = (
        assign(each, ALLOYS, _window(each), decoys=False).assignments[0].candidates
        for each in (spectrum, scaled)
    )
    assert [c.formula for c in first] == [c.formula for c in second]
    assert first[0].probability == pytest.approx(second[0].probability, abs=1e-3)


def test_overlapping_species_are_both_found() -> None:
    content = {"[Au25(PET)18]-": 0.6, "[PtAu24(PET)18]-": 0.4}
    spectrum = simulate(content, resolving_power=20_000, noise=0.02, shift_ppm=-9.0, seed=5)
    space = SearchSpace.parse("Pt:0-2 Au:10-40", "PET:10-30", charge="-2..-1")
    found = assign(spectrum, space, _window(spectrum), decoys=False)
    firsts = [Cluster.parse(a.best.formula) for a in found.assignments if a.best is not None]
    assert firsts == [Cluster.parse(formula) for formula in content]
    shares = [component.fraction for component in found.assignments[0].components]
    assert shares == pytest.approx([0.6, 0.4], abs=0.04)


def test_a_tie_is_reported_as_a_tie() -> None:
    """Au - 9 Na + 10 H weighs 0.14 u, 18 ppm of this ion: only calibration can tell."""
    space = SearchSpace.parse("Au:20-28", "pMBA:14-22", "H:-20-6 Na:0-12", "-7")
    spectrum = _alone("[Au25(pMBA)18-7H]^7-", resolving_power=12_000.0, shift_ppm=0.0, noise=0.05)
    found = assign(spectrum, space, _window(spectrum), decoys=False).assignments[0]
    tied = {Cluster.parse(candidate.formula) for candidate in found.equivalent}
    assert Cluster.parse("[Au25(pMBA)18-7H]^7-") in tied
    assert Cluster.parse("[Au24(pMBA)18-17H+9Na]^7-") in tied
    assert "ppm" in found.separation
    known = Calibration((0.0,), sd=1.5, n_windows=5)
    sure = assign(spectrum, space, _window(spectrum), calibration=known, decoys=False)
    tied = {Cluster.parse(candidate.formula) for candidate in sure.assignments[0].equivalent}
    assert Cluster.parse("[Au24(pMBA)18-17H+9Na]^7-") not in tied


def test_windows_share_their_calibration_and_support_each_other() -> None:
    content = {"[Au25(pMBA)18-3H]^4-": 1.0, "[Au25(pMBA)18-4H]^5-": 1.0}
    spectrum = simulate(content, resolving_power=15_000, noise=0.02, shift_ppm=20.0, seed=8)
    windows = [Window(1532.0, 1540.0), Window(1916.0, 1924.0)]
    found = assign(spectrum, GOLD, windows, decoys=False)
    assert found.calibration_ppm[0] == pytest.approx(20.0, abs=2.0)
    for assignment, formula in zip(found.assignments, reversed(content), strict=True):
        assert assignment.best is not None
        assert Cluster.parse(assignment.best.formula) == Cluster.parse(formula)
        kinds = {reason.kind for reason in assignment.best.evidence}
        assert "charge ladder" in kinds


def test_centroids_can_be_assigned() -> None:
    spectrum = simulate(
        {"[Au25(PET)18]-": 1.0}, resolving_power=20_000, shift_ppm=5.0, profile=False, seed=1
    )
    found = assign(spectrum, ALLOYS, _window(spectrum), decoys=False)
    assert found.assignments[0].best is not None
    formula = Cluster.parse(found.assignments[0].best.formula)
    assert formula == Cluster.parse("[Au25(PET)18]-")


def test_the_wrong_sign_of_the_charge_is_repaired_and_told() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    space = SearchSpace.parse("Au:20-30", "PET:15-20", charge="1")
    found = assign(spectrum, space, _window(spectrum), decoys=False)
    assert any("other sign" in note for note in found.notes)
    assert found.assignments[0].best is not None
    assert found.assignments[0].best.charge == -1


def test_nothing_that_fits_is_said_so() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    space = SearchSpace.parse("Cu:1-9", "PET:1-5", charge="-1")
    found = assign(spectrum, space, _window(spectrum))
    assert found.assignments[0].best is None
    assert any("no composition" in note for note in found.assignments[0].notes)


def test_decoys_expose_a_chance_match() -> None:
    """Phenylethanethiolate sought as mercaptohexanoate: the best fit looks fair, R2 0.98."""
    spectrum = _alone("[Au25(PET)18]-")
    space = SearchSpace.parse("Au:0-60 Ag:0-60", "MHA:0-40", "Na:0-4", "-1")
    found = assign(spectrum, space, _window(spectrum)).assignments[0]
    assert found.best is not None
    assert found.best.r_squared > 0.9
    assert found.false_probability > 0.2


def test_an_empty_window_is_left_out() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    assert assign(spectrum, ALLOYS, [Window(100.0, 200.0)]).assignments == ()


def test_assignments_survive_json() -> None:
    spectrum = _alone("[Au25(PET)18]-", noise=0.05)
    found = assign(spectrum, ALLOYS, _window(spectrum), decoys=False)
    again = Assignments.from_json(found.to_json())
    assert again.rows() == found.rows()
    assert again.provenance == found.provenance
    assert np.array_equal(again.assignments[0].trace.fitted, found.assignments[0].trace.fitted)


def test_the_fit_adds_up() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    shown = assign(spectrum, ALLOYS, _window(spectrum), decoys=False).assignments[0].trace
    assert shown.fitted == pytest.approx(shown.components.sum(axis=0) + shown.baseline)
    assert np.abs(shown.residual).max() < 0.12 * shown.measured.max()


def test_peaks_that_are_cut_off_are_told() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    cut = Spectrum.of(spectrum.mz, np.minimum(spectrum.intensity, 60.0), polarity=-1)
    for each, told in ((spectrum, False), (cut, True)):
        found = assign(each, ALLOYS, _window(each), decoys=False).assignments[0]
        assert any("cut off flat" in note for note in found.notes) is told


def test_a_time_limit_is_kept() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    with pytest.raises(TimeLimitReached, match="longer than"):
        assign(spectrum, ALLOYS, _window(spectrum), time_limit_s=0.0)


def test_a_time_limit_keeps_the_windows_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still until the first window, the tallest, is done; then it is over."""
    content = {"[Au25(PET)18]-": 1.0, "[Au24Ag(PET)18]-": 0.7}
    spectrum = simulate(content, resolving_power=15_000, noise=0.02, seed=8)
    windows = [Window(7295.0, 7313.0), Window(7384.0, 7402.0)]
    clock = [0.0]
    monkeypatch.setattr("superatom.spectra.mass.clock.time.monotonic", lambda: clock[0])
    steps = []

    def told(done: int, total: int) -> None:
        steps.append((done, total))
        clock[0] = 100.0 if done == 1 else 0.0

    found = assign(
        spectrum, ALLOYS, windows, calibration=Calibration((0.0,), 2.0, 3), decoys=False,
        time_limit_s=50.0, progress=told,
    )  # fmt: skip
    assert steps == [(1, 2), (2, 2)]
    assert [a.window.mz_lo for a in found.assignments] == [7384.0]
    assert found.not_searched == (windows[0],)
    assert any("7295.0-7313.0" in note for note in found.notes)
    assert Assignments.from_json(found.to_json()).not_searched == (windows[0],)


def test_a_set_that_is_too_long_to_list_says_so() -> None:
    """One hump without isotope peaks fits hundreds of compositions."""
    spectrum = _alone("[Au25(PET)18]-", resolving_power=500.0, shift_ppm=0.0)
    space = SearchSpace.parse("Au:0-40 Ag:0-40", "PET:0-30", "H:-9-9 Na:0-4", "-2..-1")
    found = assign(spectrum, space, _window(spectrum), decoys=False).assignments[0]
    told = [note for note in found.notes if "cannot be told apart" in note]
    assert len(found.candidates) == 200
    assert all(candidate.equivalent for candidate in found.candidates)
    assert int(told[0].split()[0]) > 200


def test_a_space_too_large_to_be_useful_is_refused() -> None:
    spectrum = _alone("[Au25(PET)18]-")
    space = SearchSpace.parse(
        "Au Ag Cu Pt:0-60", "PET MHA SPh:0-40", "H:-30-30 Na:0-9 Cl:0-9", "-1"
    )
    with pytest.raises(SearchError, match=r"no spectrum can tell.*cut|too many to be useful"):
        assign(spectrum, space, _window(spectrum))


def test_limits_are_obeyed() -> None:
    spectrum = _alone("[Au9Ag16(PET)18]-")
    even = replace(ALLOYS, limits=Limits(parity="odd"))
    found = assign(spectrum, even, _window(spectrum), decoys=False).assignments[0]
    true = Cluster.parse("[Au9Ag16(PET)18]-")  # 8 electrons
    assert true not in {Cluster.parse(candidate.formula) for candidate in found.candidates}


PANELS = [
    "c8nr_p5_1_ctrl.csv", "c8nr_p5_2_ctrl.csv", "c8nr_p5_4_ctrl.csv", "c8nr_p5_5_ctrl.csv",
    "c8nr_p5_8_ctrl.csv", "mcat_S1_a2.csv", "mcat_S1_c2.csv", "mcat_S1_c3.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", PANELS)
def test_published_panels(shared: Path, name: str) -> None:
    """Digitised spectra (Nanoscale 2018, 10, 23113; Mol. Catal. 2022, 518, 112095)."""
    folder = shared / "data" / "ms"
    with (folder / "truth.tsv").open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file, delimiter="\t") if r["file"] == name)
    ligand = "pMBA" if "pMBA" in row["formula"] else "MHA"
    space = SearchSpace.parse("Au:0-60 Ag:0-60", f"{ligand}:0-40", "H:-14-6 Na:0-6", "-8..-1")
    mz, intensity = np.loadtxt(folder / name, delimiter=",", skiprows=1).T
    found = assign(Spectrum.of(mz, intensity, polarity=-1), space, decoys=False).assignments[0]
    accepted = {Cluster.parse(text.strip()) for text in row["accept"].split("|")}
    reported = [Cluster.parse(candidate.formula) for candidate in found.equivalent]
    assert accepted & {reported[0], *reported}
    assert abs(found.equivalent[0].shift_ppm) < 15  # README: -14 to +6 ppm


def test_sharing_windows_among_processes_changes_nothing() -> None:
    formulas = [f"[Au{n}(SCH3){n - 2}]-" for n in range(6, 15)]
    spectrum = simulate(dict.fromkeys(formulas, 1.0), resolving_power=8_000, noise=0.01, seed=3)
    space = SearchSpace.parse(metals="Au:5-15", ligands="SCH3:3-14", charge="-1")
    alone = assign(spectrum, space, decoys=False)
    shared = assign(spectrum, space, decoys=False, workers=2)
    assert len(alone.assignments) >= 8
    assert shared.as_dict() == alone.as_dict()
