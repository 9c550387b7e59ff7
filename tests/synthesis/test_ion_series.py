"""Series of mass spectra read for a fit; the file in between is made by the spectra room itself."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from superatom.errors import DataFileError
from superatom.spectra.mass.series import Series, follow
from superatom.spectra.mass.simulate import Ion
from superatom.spectra.mass.simulate import simulate as spectrum_of
from superatom.spectra.mass.space import SearchSpace
from superatom.synthesis.ion_series import is_ion_series, read_ion_series
from superatom.synthesis.kinetic_fit import fit
from superatom.synthesis.kinetics import ReactionNetwork
from superatom.synthesis.trajectories import simulate

EXCHANGE = "[Au25(PET)18]^- + Ag(PET) -> [Au24Ag(PET)18]^- + Au(PET)"
START = {"[Au25(PET)18]-": 1e-3, "Ag(PET)": 2e-3}
RATE = 0.4
MINUTES = np.array([0.0, 5.0, 10.0, 20.0, 40.0, 80.0])
HEAD = "time_s,source,formula,charge,mz,area,area_error,fraction\n"


def network(rate: float = RATE) -> ReactionNetwork:
    return ReactionNetwork.of([(EXCHANGE, rate)])


@pytest.fixture(scope="module")
def spectra() -> Series:
    """Spectra of different heights of a reaction whose rate constant is known."""
    run = simulate(network(), START, MINUTES * 60.0)
    made = []
    for i, minutes in enumerate(MINUTES):
        ions = [
            Ion({"Au": 25 - n, **({"Ag": n} if n else {}), "C": 144, "H": 162, "S": 18}, -1, amount)
            for n, amount in enumerate(
                run[name][i] * 1e3 * (1.0 + i % 3) + 1e-9 for name in network().species[::2]
            )
        ]
        one = spectrum_of(ions, resolving_power=20_000, noise=0.004, seed=i, mz_range=(7280, 7420))
        made.append(replace(one, source=f"run_{minutes:.0f}min.csv"))
    space = SearchSpace.parse("Au:23-26 Ag:0-2", "PET:18", "", "-1")
    return follow(made, space, decoys=False)


def test_a_rate_constant_comes_back_from_spectra(spectra: Series, tmp_path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(spectra.rows()[0]))
    writer.writeheader()
    writer.writerows(spectra.rows())
    table, whole = tmp_path / "series.csv", tmp_path / "series.json"
    table.write_text(text.getvalue())
    whole.write_text(spectra.to_json())
    guess = network(0.05)
    for path in (table, whole):
        assert is_ion_series(path)
        rows = read_ion_series(path, guess.species)
        assert rows.species == ("[Au25(PET)18]^-", "[Au24Ag(PET)18]^-")
        np.testing.assert_allclose(rows.values.sum(axis=1), 1.0)
        found = fit(guess, rows, START)
        assert found["k1"].value == pytest.approx(RATE, rel=0.1)
        assert found["response [Au24Ag(PET)18]^-"].value == pytest.approx(1.0, rel=0.1)


def test_ions_of_a_species_are_added_up_and_others_named(tmp_path) -> None:
    path = tmp_path / "series.csv"
    rows = [
        (0, "[Au38(PET)24+2Cs]^2+", 3.0),
        (0, "[Au38(PET)24]^1+", 1.0),
        (0, "[Au36(PET)24]^1+", 4.0),
        (60, "[Au38(PET)24]^1+", 2.0),
        (60, "[Au36(PET)24]^1+", 6.0),
        (60, "[Au40(PET)24]^1+", 1.0),
    ]
    path.write_text(HEAD + "".join(f"{t},x,{f},1,1,{a},0,0\n" for t, f, a in rows))
    species = ("Au38*(PET)24", "HPET", "Au36(PET)24")
    shares = read_ion_series(path, species)
    np.testing.assert_allclose(shares.values, [[0.5, 0.5], [0.25, 0.75]])
    assert shares.are_shares
    assert "Au40(PET)24" in shares.notes[0]
    areas = read_ion_series(path, species, shares=False)
    np.testing.assert_allclose(areas.values, [[4.0, 4.0], [2.0, 6.0]])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD, "no rows"),
        (HEAD + ",a,[Au38(PET)24]^1+,1,1,5,0,1\n", "times are not known"),
        (HEAD + "0,a,[Au38(PET)24]^1+,1,1,five,0,1\n", "no number"),
        (HEAD + "0,a,[Au38(PET)24]^1+,1,1,5,0,1\n", "1 species"),
        ("time_s,formula\n0,Au38(PET)24\n", "no column area"),
    ],
)
def test_series_that_cannot_be_used(tmp_path, text: str, problem: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(text)
    with pytest.raises(DataFileError, match=problem):
        read_ion_series(path, ("Au38(PET)24", "Au36(PET)24"))


def test_isomers_of_a_network_are_not_told_apart_by_their_mass(tmp_path) -> None:
    path = tmp_path / "series.json"
    path.write_text(json.dumps({"has_times": True, "times_s": [0], "species": [
        {"formula": "[Au38(PET)24]^1+"}], "area": [[1.0]]}))  # fmt: skip
    with pytest.raises(DataFileError, match="cannot tell"):
        read_ion_series(path, ("Au38(PET)24-Q", "Au38(PET)24-T"))
