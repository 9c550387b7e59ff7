"""Crystals made from known molecules, written as CIF by gemmi."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import gemmi
import networkx as nx
import numpy as np
import pytest
from ase import Atoms
from ase.data import covalent_radii
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

CELLS = {
    "P -1": (19.0, 20.0, 21.0, 85.0, 95.0, 100.0),
    "P 1 21/c 1": (24.0, 22.0, 26.0, 90.0, 101.0, 90.0),
    "P 1 21/n 1": (19.0, 20.0, 21.0, 90.0, 98.0, 90.0),
    "I 1 2/a 1": (30.0, 22.0, 31.0, 90.0, 95.0, 90.0),
    "C 1 2/c 1": (34.0, 22.0, 30.0, 90.0, 99.0, 90.0),
    "R -3:H": (26.0, 26.0, 40.0, 90.0, 90.0, 120.0),
    "R -3:R": (20.0, 20.0, 20.0, 80.0, 80.0, 80.0),
}


def unit(vector) -> FloatArray:
    vector = np.asarray(vector, dtype=float)
    return vector / np.linalg.norm(vector)


def phenyl(sulfur: FloatArray, outward: FloatArray, twist: FloatArray) -> tuple[list, FloatArray]:
    """Return C6H5 on a sulfur: C-S 1.77, C-C 1.39, C-H 1.08 Å, in the plane of the vectors."""
    axis = unit(outward)
    side = unit(twist - axis * (twist @ axis))
    centre = sulfur + (1.77 + 1.39) * axis
    angles = np.radians(180 + 60 * np.arange(6))
    ring = np.array([np.cos(a) * axis + np.sin(a) * side for a in angles])
    carbon = centre + 1.39 * ring
    hydrogen = centre + (1.39 + 1.08) * ring[1:]
    return ["C"] * 6 + ["H"] * 5, np.concatenate([carbon, hydrogen])


def s6_operations() -> list[FloatArray]:
    turn = np.array([[-0.5, -np.sqrt(0.75), 0], [np.sqrt(0.75), -0.5, 0], [0, 0, 1]])
    rotations = [np.eye(3), turn, turn @ turn]
    return rotations + [-r for r in rotations]


def hexamer(metal: str = "Au", edge: float = 2.85, distance: float = 2.40) -> Atoms:
    """Return M6(SPh)6Cl2 with the symmetry S6 about z: an octahedron with capped faces.

    The octahedron stands on a face; Cl caps the faces on the axis, S the other six.
    """
    radius = edge / np.sqrt(2)
    to_z = np.array([unit([1, -1, 0]), unit([1, 1, -2]), unit([1, 1, 1])])
    metals = np.concatenate([np.eye(3), -np.eye(3)]) * radius @ to_z.T
    face = radius / np.sqrt(3)
    height = np.sqrt(distance**2 - edge**2 / 3)
    symbols, places = [metal] * 6, list(metals)
    chloride = (face + height) * unit([1, 1, 1]) @ to_z.T
    symbols += ["Cl", "Cl"]
    places += [chloride, -chloride]
    outward = unit([1, 1, -1]) @ to_z.T
    sulfur = (face + height) * outward
    outward = unit(outward + 0.15 * np.array([0.3, -0.2, 0.1]))
    names, positions = phenyl(sulfur, outward, np.array([0.2, 0.4, 1.0]))
    ligand = np.concatenate([[sulfur], positions])
    for operation in s6_operations():
        symbols += ["S", *names]
        places += list(ligand @ operation.T)
    return Atoms(symbols, positions=np.array(places))


@lru_cache(maxsize=4)
def tetraalkylammonium(n: int) -> Atoms:
    """Return N(CnH2n+1)4+ as RDKit embeds it."""
    from rdkit import Chem
    from rdkit.Chem import AllChem

    chain = "C" * n
    molecule = Chem.AddHs(Chem.MolFromSmiles(f"{chain}[N+]({chain})({chain}){chain}"))
    assert AllChem.EmbedMolecule(molecule, randomSeed=7, useRandomCoords=True) == 0
    AllChem.MMFFOptimizeMolecule(molecule)
    symbols = [atom.GetSymbol() for atom in molecule.GetAtoms()]
    return Atoms(symbols, positions=molecule.GetConformer().GetPositions())


def dichloromethane() -> Atoms:
    half = np.radians(109.47 / 2)
    s, c = np.sin(half), np.cos(half)
    places = [(0, 0, 0), (1.77 * s, 0, 1.77 * c), (-1.77 * s, 0, 1.77 * c)]
    places += [(0, 1.09 * s, -1.09 * c), (0, -1.09 * s, -1.09 * c)]
    return Atoms("CCl2H2", positions=places)


class Maker:
    """Writes molecules as the CIF of a crystal; rows can then be changed."""

    def __init__(self, group: str, cell: tuple[float, ...] | None = None) -> None:
        self.group = gemmi.SpaceGroup(group) if group != "P 1" else gemmi.SpaceGroup("P 1")
        self.cell = gemmi.UnitCell(*(cell or CELLS[group]))
        self.rows: list[dict[str, str]] = []
        self.pairs: dict[str, str] = {}
        self.operators = [o.triplet() for o in self.group.operations()]
        self.extra_blocks: list[str] = []

    def fractional(self, positions: FloatArray) -> FloatArray:
        inverse = np.array(self.cell.frac.mat.tolist())
        return positions @ inverse.T

    def add(self, atoms: Atoms, at=(0.0, 0.0, 0.0), unique: bool = False, **columns: str) -> range:
        """Add the atoms with the origin at `at`; only one of symmetry images if `unique`."""
        places = self.fractional(atoms.positions) + np.array(at)
        keep = self.unique(places) if unique else range(len(places))
        first = len(self.rows)
        for k in keep:
            symbol = atoms.symbols[k]
            x, y, z = places[k]
            self.rows.append(
                {
                    "label": f"{symbol}{len(self.rows) + 1}",
                    "type_symbol": symbol,
                    "fract_x": f"{x:.6f}",
                    "fract_y": f"{y:.6f}",
                    "fract_z": f"{z:.6f}",
                    "occupancy": "1",
                    "disorder_assembly": ".",
                    "disorder_group": ".",
                    **columns,
                }
            )
        return range(first, len(self.rows))

    def unique(self, places: FloatArray) -> list[int]:
        """Return one of each set of atoms that the space group makes of one another."""
        operations = list(self.group.operations())
        kept: list[int] = []
        for k, place in enumerate(places):
            images = np.array([o.apply_to_xyz(place.tolist()) for o in operations])
            found = False
            for other in kept:
                gap = images - places[other]
                gap -= np.round(gap)
                if (
                    np.linalg.norm(gap @ np.array(self.cell.orth.mat.tolist()).T, axis=1).min()
                    < 0.05
                ):
                    found = True
            if not found:
                kept.append(k)
        return kept

    def wrap(self) -> None:
        """Bring every site into the cell, whatever molecule this cuts."""
        for row in self.rows:
            for axis in "xyz":
                row[f"fract_{axis}"] = f"{float(row[f'fract_{axis}']) % 1.0:.6f}"

    def text(self, tags: tuple[str, ...] | None = None) -> str:
        document = gemmi.cif.Document()
        block = document.add_new_block("made")
        for name, value in zip(
            ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"),
            self.cell.parameters,
            strict=True,
        ):
            block.set_pair(f"_cell_{name}", f"{value:.4f}")
        for tag, value in self.pairs.items():
            block.set_pair(tag, gemmi.cif.quote(value))
        if self.operators:
            loop = block.init_loop("_space_group_symop_operation_", ["xyz"])
            for operator in self.operators:
                loop.add_row([gemmi.cif.quote(operator)])
        names = list(tags or self.rows[0])
        loop = block.init_loop("_atom_site_", names)
        for row in self.rows:
            loop.add_row([row[n] if row[n] in ".?" else gemmi.cif.quote(row[n]) for n in names])
        return document.as_string()

    def write(self, folder: Path, text: str | None = None) -> Path:
        path = folder / "made.cif"
        path.write_text(text or self.text(), encoding="utf-8")
        return path


def bond_graph(atoms: Atoms) -> nx.Graph:
    """Return a graph by radii alone, made apart from the code under test."""
    graph = nx.Graph()
    radii = covalent_radii[atoms.numbers]
    for k, symbol in enumerate(atoms.get_chemical_symbols()):
        graph.add_node(k, element=symbol)
    gaps = atoms.get_all_distances()
    rows, columns = np.where(np.triu(gaps < radii[:, None] + radii + 0.25, 1))
    graph.add_edges_from(zip(rows.tolist(), columns.tolist(), strict=True))
    return graph


def same_molecule(one: Atoms, other: Atoms, tolerance: float = 0.02) -> bool:
    """Whether two molecules agree in atoms, graph and all distances up to permutation."""
    if Counter(one.get_chemical_symbols()) != Counter(other.get_chemical_symbols()):
        return False
    hashes = {
        nx.weisfeiler_lehman_graph_hash(bond_graph(a), node_attr="element", iterations=4)
        for a in (one, other)
    }
    if len(hashes) > 1:
        return False
    for first in sorted(set(one.numbers)):
        for second in sorted(set(one.numbers)):
            spectra = []
            for atoms in (one, other):
                gaps = atoms.get_all_distances()
                part = gaps[np.ix_(atoms.numbers == first, atoms.numbers == second)]
                spectra.append(np.sort(part.ravel()))
            if np.abs(spectra[0] - spectra[1]).max() > tolerance:
                return False
    return True


@pytest.fixture(scope="session")
def crystals() -> SimpleNamespace:
    """Everything to make crystals with."""
    return SimpleNamespace(
        Maker=Maker,
        hexamer=hexamer,
        phenyl=phenyl,
        tetraalkylammonium=tetraalkylammonium,
        dichloromethane=dichloromethane,
        same_molecule=same_molecule,
        bond_graph=bond_graph,
        unit=unit,
    )
