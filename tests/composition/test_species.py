"""Species of a reaction: isomer labels and free sites."""

from __future__ import annotations

import pytest

from superatom.composition.reactions import read_reaction


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Au38(PET)24", ""),
        ("Au38(PET)24-Q", "Q"),
        ("Au38(PET)24 (T)", "T"),
        ("Au38*(TBBT)24", "*"),
        ("Au38(TBBT)24*", "*"),
    ],
)
def test_isomers_keep_their_label(text: str, label: str) -> None:
    """Au38* is the distorted cluster of LEIST (Gharib et al., Nano Select 2021, section 2.7)."""
    species = read_reaction(f"{text} -> Kr").terms[0].species
    assert species.label == label
    assert (species.identity[-1], dict(species.atoms)["Au"]) == (label, 38)
    assert "*" not in dict(species.atoms)


def test_a_star_that_adsorbs_is_a_site() -> None:
    terms = read_reaction("* + CO2 -> *CO2").terms
    assert [dict(term.species.atoms).get("*") for term in terms] == [1, None, 1]
    assert not any(term.species.label for term in terms)
