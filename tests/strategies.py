"""Hypothesis strategies shared by the tests of all rooms."""

from __future__ import annotations

from hypothesis import strategies as st

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Expression
from superatom.composition.ligands import Ligand, default_library
from superatom.composition.parts import Companion, LigandPart, MetalPart
from superatom.composition.series import ClusterSeries

METALS = ["Au", "Ag", "Cu", "Pt", "Pd", "Cd", "Hg", "Ni", "Ir"]
_OUTSIDE = {"cation", "anion", "template", "solvent"}


def _unambiguous(ligand: Ligand) -> bool:
    library = default_library()
    return len(library.meanings(ligand.name)) == 1 and len(ligand.name) > 1


LIGANDS = sorted(
    (x for x in default_library() if x.kind not in _OUTSIDE and _unambiguous(x)),
    key=lambda x: x.name,
)
IONS = sorted(
    (x for x in default_library() if x.kind in {"cation", "anion"} and x.charge_taken in (-1, 1)),
    key=lambda x: x.name,
)

counts = st.integers(1, 999)
charges = st.none() | st.integers(-9, 9)


@st.composite
def metal_parts(draw: st.DrawFn) -> tuple[MetalPart, ...]:
    symbols = draw(st.lists(st.sampled_from(METALS), min_size=1, max_size=3, unique=True))
    numbers = [draw(counts) for _ in symbols]
    return tuple(MetalPart((s,), n, n == 1) for s, n in zip(symbols, numbers, strict=True))


@st.composite
def ligand_parts(draw: st.DrawFn) -> tuple[LigandPart, ...]:
    chosen = draw(
        st.lists(st.sampled_from(LIGANDS), min_size=1, max_size=3, unique_by=lambda x: x.name)
    )
    return tuple(LigandPart(ligand, draw(counts)) for ligand in chosen)


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Clusters with charge, ligands from the library, labels and, if charged, counter-ions."""
    charge = draw(charges)
    companions: tuple[Companion, ...] = ()
    if charge:
        fitting = [ion for ion in IONS if (ion.charge_taken or 0) * charge > 0]
        ions = draw(st.lists(st.sampled_from(fitting), max_size=1))
        companions = tuple(Companion(ion, abs(charge)) for ion in ions)
    return Cluster(
        layers=(draw(metal_parts()) + draw(ligand_parts()),),
        charge=charge,
        companions=companions,
        isomer=draw(st.sampled_from(["", "Q", "T", "a", "*"])),
        bracketed=charge is not None,
    )


@st.composite
def series(draw: st.DrawFn) -> ClusterSeries:
    """Alloy series A(n-x)B(x) with a domain."""
    first, second = draw(st.lists(st.sampled_from(METALS), min_size=2, max_size=2, unique=True))
    total = draw(st.integers(2, 200))
    values = draw(st.lists(st.integers(0, total), min_size=1, max_size=6, unique=True))
    return ClusterSeries(
        layers=(
            (
                MetalPart((first,), Expression(total, (("x", -1),))),
                MetalPart((second,), Expression(0, (("x", 1),))),
                *draw(ligand_parts()),
            ),
        ),
        charge=draw(charges),
        domain=(("x", tuple(sorted(values))),),
    )
