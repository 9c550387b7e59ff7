"""Species against time, from simulated reactions of known course."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from superatom.errors import SearchError
from superatom.spectra.mass.series import Series, follow, times_from_names
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.spectrum import Spectrum

SPACE = SearchSpace.parse("Au:20-26 Ag:0-5", "PET:16-19", "", "-1")
MINUTES = (0, 10, 30, 90)


def _doped(silver: int) -> dict[str, int]:
    atoms = {"Au": 25 - silver, "C": 144, "H": 162, "S": 18}
    return atoms | ({"Ag": silver} if silver else {})


def _truth() -> np.ndarray:
    time = np.array(MINUTES) / 20
    return np.column_stack([np.exp(-time), 1 - np.exp(-time)])


def _spectra() -> list[Spectrum]:
    spectra = []
    for minutes, (start, end) in zip(MINUTES, _truth(), strict=True):
        ions = [Ion(_doped(0), -1, start), Ion(_doped(1), -1, max(end, 1e-9))]
        spectrum = simulate(
            ions, resolving_power=20_000, noise=0.004, shift_ppm=5 + minutes / 30,
            seed=minutes, mz_range=(7280, 7420),
        )  # fmt: skip
        spectra.append(replace(spectrum, source=f"run_{minutes}min.csv"))
    return spectra


def test_the_course_of_a_reaction_is_recovered() -> None:
    shuffled = [_spectra()[i] for i in (2, 0, 3, 1)]
    series = follow(shuffled, SPACE, decoys=False)
    assert series.times_s.tolist() == [60.0 * minutes for minutes in MINUTES]
    assert [each.formula for each in series.species] == [
        "[Au24Ag(PET)18]^1-",
        "[Au25(PET)18]^1-",
    ]
    np.testing.assert_allclose(series.fraction, _truth()[:, ::-1], atol=0.02)
    assert series.unassigned.max() < 0.05


def test_a_series_reads_back_from_json() -> None:
    import json

    series = follow(_spectra()[:2], SPACE, decoys=False)
    again = Series.from_dict(json.loads(series.to_json()))
    assert again.rows() == series.rows()
    assert again.provenance == series.provenance


def test_what_the_assignment_leaves_out_is_told() -> None:
    spectra = _spectra()
    ions = [Ion(_doped(0), -1, 1.0), Ion({"Au": 25, "C": 136, "H": 153, "S": 17, "Cl": 1}, -1, 1.0)]
    spectra[3] = simulate(ions, noise=0.004, seed=9, mz_range=(7280, 7420))
    windows = [w.window for w in follow(spectra[:3], SPACE, decoys=False).assignments.assignments]
    series = follow(spectra, SPACE, windows, times_s=[0, 1, 2, 3], decoys=False)
    assert series.unassigned[:3].max() < 0.1 < series.unassigned[3]


@pytest.mark.parametrize(
    ("names", "times"),
    [
        (["t=0s.csv", "t=90 s.csv"], (0, 90)),
        (["Au25_1h_a.txt", "Au25_1.5h_a.txt"], (3600, 5400)),
        (["day2d.csv", "x_10min.csv"], None),
        (["1min_2min.csv", "3min.csv"], None),
    ],
)
def test_times_from_names(names: list[str], times: tuple[float, ...] | None) -> None:
    assert times_from_names(names) == times


def test_requests_that_make_no_sense() -> None:
    spectra = _spectra()
    with pytest.raises(SearchError, match="two spectra or more"):
        follow(spectra[:1], SPACE)
    with pytest.raises(SearchError, match="3 times were given for 4 spectra"):
        follow(spectra, SPACE, times_s=[1, 2, 3])
