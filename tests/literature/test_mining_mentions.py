"""Formulas in running text, in every markup; what only looks like one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.composition.cluster import Cluster
from superatom.literature.mining.definitions import find_definitions, linked
from superatom.literature.mining.mentions import Mention, find_mentions
from superatom.literature.mining.miner import mine_manuscript
from superatom.literature.mining.text import Manuscript, read_passages


def found_in(text: str) -> list[Mention]:
    return [m for n, p in enumerate(read_passages(text)) for m in find_mentions(p, n)]


def normals(text: str) -> list[str]:
    return [mention.normal for mention in found_in(text)]


@pytest.mark.parametrize(
    ("sentence", "formulas"),
    [
        (
            "We made $[Au_{23}(S\\text{-}c\\text{-}C_6H_{11})_{16}]^-$ first.",
            ["[Au23(S-c-C6H11)16]^1-"],
        ),
        (
            "The Ag<sub>14</sub>(SR)<sub>12</sub>(PPh<sub>3</sub>)<sub>8</sub> crystals",
            ["Ag14(SR)12(PPh3)8"],
        ),
        ("Both Au₃₆(SR)₂₄ and Au₄₄(SR)₂₈, too.", ["Au36(SR)24", "Au44(SR)28"]),
        ("a cell: [Pt ₅ Ag ₂₂ (dppm) ₆ Cl ₁₀] ²⁺ here", ["[Pt5Ag22(dppm)6Cl10]^2+"]),
        ("the couple \\text{Au}_{38}(SR)₂₄ of mixed markup", ["Au38(SR)24"]),
        ("shells $Ag_2@Au_{10}@$ $Ag_{20}@Au_{12}$, four", ["Ag2@Au10@Ag20@Au12"]),
        (
            "salt $\\left[\\text{Cu}_{15}\\text{H}_{2}(\\text{dppe})_{6}\\right]$ Cl was",
            ["[Cu15H2(dppe)6]^1+.Cl^1-"],
        ),
        ("doped Au24Pd(PET)18,<sup>17</sup> which", ["Au24Pd(PET)18"]),
        ("of Ag<sub>44</sub>(SR)<sub>30</sub>.<sup>[8,9]</sup>", ["Ag44(SR)30"]),
        ("the dianion [Au28Pd3(SR)22]2− delivers", ["[Au28Pd3(SR)22]^2-"]),
        (
            "labels Cu9-1 and Cu9-2, and isomers Ag40a and Ag40b,",
            ["Cu9-1", "Cu9-2", "Ag40-a", "Ag40-b"],
        ),
        ("a series Au_{30-x}Ag_x(SR)_{18} was", ["Au{30-x}Ag{x}(SR)18"]),
        ("Cu NCs composed of 14 copper atoms", ["Cu14"]),
        ("(Ag25-based) and Au25-like species; Au25s", ["Ag25", "Au25", "Au25"]),
        ("Au20(SR)16/Au22(SR)18 mixtures", ["Au20(SR)16", "Au22(SR)18"]),
        ("the kernel [Cu_{14}]^{10+} of", ["[Cu14]^10+"]),
    ],
)
def test_formulas_are_found_whole(sentence: str, formulas: list[str]) -> None:
    assert normals(sentence) == formulas


@pytest.mark.parametrize(
    "sentence",
    [
        "Loaded on TiO2, MoS<sub>2</sub>, Co3O4, $Fe_2O_3$ or CeO₂ and CuS2N1 sites.",
        "Salts such as HAuCl4, AgNO3, CuCl2 and Cu(OAc)2 with Cu(II), Au(I) and Ag+ ions.",
        "Alloys Pt3Au and PtCo with $\\text{Au}_{0.3}\\text{Ag}_{0.7}$ or Au1-xAgx.",
        "In 2001 the Au NCs, Cu and Ag on Au(111); PdAu NPs, Fig. 2, M = Pd.",
        "Metals bind $\\text{AuPd}_{\\text{film}}$, Cu2+ and Au3+ in 0.1 M H2SO4.",
        "The borate Mo₂B₄O₉ and the fullerene C60.",
    ],
)
def test_what_is_no_cluster_is_left_alone(sentence: str) -> None:
    assert normals(sentence) == []


def test_a_concentration_bracket_is_no_charge() -> None:
    (mention,) = found_in("proportional to $[\\text{Ag}_{25}]^{3/2}$, so")
    assert mention.cluster == Cluster.parse("[Ag25]")


def test_offsets_point_to_the_formula() -> None:
    text = "Here <b>Au<sub>25</sub>(SR)<sub>18</sub></b>, $Ag_{44}(SR)_{30}$ and Cu_8(SR)_12."
    assert [text[m.start : m.end] for m in found_in(text)] == [
        "Au<sub>25</sub>(SR)<sub>18</sub>",
        "Ag_{44}(SR)_{30}",
        "Cu_8(SR)_12",
    ]


def explained(text: str) -> dict[str, str]:
    (passage,) = read_passages(text)
    return {d.name: d.meaning for d in find_definitions(passage, list(find_mentions(passage)))}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "We made [Ag54(SAdm)22(PPh3)4]2+ (denoted as Ag54).",
            {"Ag54": "[Ag54(SAdm)22(PPh3)4]^2+"},
        ),
        (
            "Two, Cu9(SR)6(L1)2 and Cu9(SR)6(L2)2 (Cu9-1 and Cu9-2, respectively), differ.",
            {"Cu9-1": "Cu9(SR)6(L1)2", "Cu9-2": "Cu9(SR)6(L2)2"},
        ),
        ("[Cu41H10(SR)20]+, hereafter Cu41, is red.", {"Cu41": "[Cu41H10(SR)20]^1+"}),
        ("Au30(S-tBu)18 (SR = 2,4-dimethylbenzenethiolate)", {"SR": "2,4-dimethylbenzenethiolate"}),
        ("with TBBT = 4-tert-butylbenzenethiolate, and", {"TBBT": "4-tert-butylbenzenethiolate"}),
    ],
)
def test_definitions(text: str, names: dict[str, str]) -> None:
    assert explained(text) == names


def test_a_short_name_stands_for_the_formula_it_was_given() -> None:
    text = "[Cu41H10(SR)20]+ (hereafter Cu41) is red. Cu41 emits. Cu40 does not."
    (passage,) = read_passages(text)
    mentions = list(find_mentions(passage))
    full = [m.full for m in linked(mentions, list(find_definitions(passage, mentions)))]
    assert full == [*["[Cu41H10(SR)20]^1+"] * 3, "Cu40"]


def test_two_formulas_with_the_same_metals_leave_a_core_open() -> None:
    text = "Au25(SR)18 is green; [Au25(PPh3)10(SR)5Cl2]2+ is a rod. Au25 is discussed."
    (passage,) = read_passages(text)
    assert linked(list(find_mentions(passage)), [])[-1].full == "Au25"


PIECES = [
    "Au25",
    "(SR)18",
    "[",
    "]",
    "^{2-}",
    "$",
    "_{3}",
    "<sub>4</sub>",
    " of ",
    "Ag",
    "₁₂",
    "@",
    "·",
    "-",
    "Cu8-1",
    ", ",
    ". ",
    "90%",
    "V",
    "respectively",
    "(",
    ")",
    "=",
    "\n\n",
    "S",
    "≡",
    "\\text{",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_mining_any_text_never_fails(text: str) -> None:
    for tagged in (False, True):
        mined = mine_manuscript(Manuscript("any", text, read_passages(text, tagged=tagged)))
        ends = [(m.start, m.end) for m in mined.mentions]
        assert all(0 <= start < end <= len(text) for start, end in ends)
        assert all(fact.quote in text for fact in mined.candidates)
