"""Texts of input files for CP2K, GPAW, ORCA and VASP.

Each function takes a `Job` and returns the files and what was chosen in them. ASE writes the
geometry and the syntax where it can do so without the program being installed; GPAW is
steered by a Python script that reads the coordinates.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import StringIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.errors import SearchError

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["CODES", "FUNCTIONALS", "TASKS", "Job", "Texts", "valence_electrons"]

#: What can be calculated: a relaxed structure, or one energy.
TASKS = ("relax", "energy")
#: Functionals that are written for each code.
FUNCTIONALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"cp2k": ("PBE",), "gpaw": ("PBE", "BP86"), "orca": ("PBE", "BP86"), "vasp": ("PBE",)}
)
_D3 = "D3(BJ) dispersion (Grimme et al. 2011, 10.1002/jcc.21759)"
_PBE = "PBE functional (Perdew et al. 1996, 10.1103/PhysRevLett.77.3865)"
_BP86 = (
    "BP86 functional (Becke 1988, 10.1103/PhysRevA.38.3098; Perdew 1986, 10.1103/PhysRevB.33.8822)"
)
_CUTOFF, _RELATIVE = 500, 60  # Ry: CP2K's grid
_ENCUT = 400  # eV: VASP's plane waves
_SPACING = 0.18  # Å: GPAW's grid
_FORCE = 0.02  # eV/Å: where a relaxation stops
_STEPS = 300
_PROCESSES, _MEMORY = 8, 3000  # ORCA: processes, and MB for each


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What is to be calculated.

    Attributes
    ----------
    atoms : ase.Atoms
        The model in a cubic box.
    charge, multiplicity : int
        Of the whole model.
    task : str
        One of `TASKS`.
    functional : str
        'PBE' or 'BP86'.
    """

    atoms: Atoms
    charge: int
    multiplicity: int
    task: str
    functional: str

    @property
    def elements(self) -> tuple[str, ...]:
        """Elements in alphabetical order."""
        return tuple(sorted(set(self.atoms.symbols)))

    @property
    def side(self) -> float:
        """Edge of the box in Å."""
        return float(self.atoms.cell.lengths()[0])


@dataclass(frozen=True, slots=True)
class Texts:
    """Input files and what was chosen in them.

    Attributes
    ----------
    files : Mapping[str, str]
        Text by name.
    notes : tuple[str, ...]
        Settings to be checked.
    """

    files: Mapping[str, str]
    notes: tuple[str, ...]


@cache
def _electrons(kind: str) -> Mapping[str, int]:
    text = (resources.files("superatom.model") / "data" / "dft_elements.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["element"]: int(row[f"{kind}_electrons"]) for row in rows})


def valence_electrons(atoms: Atoms, kind: str) -> int:
    """Return the electrons that 'gth' or 'paw' pseudopotentials leave to a neutral model.

    Raises
    ------
    SearchError
        If the number is not known for an element.
    """
    known = _electrons(kind)
    _check_known(sorted(set(atoms.symbols)), known, kind.upper())
    return sum(known[symbol] for symbol in atoms.symbols)


def _check_known(elements: list[str], known: Mapping[str, int], kind: str) -> None:
    missing = [symbol for symbol in elements if symbol not in known]
    if missing:
        raise SearchError(
            f"no {kind} settings for {', '.join(missing)}; known are {', '.join(known)}"
        )


def cp2k(job: Job) -> Texts:
    """Return a CP2K input (GPW, MOLOPT basis sets, GTH pseudopotentials, isolated box)."""
    from ase.calculators.cp2k import InputSection

    known = _electrons("gth")
    _check_known(list(job.elements), known, "GTH")
    root = InputSection("CP2K_INPUT")
    for path, lines in _cp2k_sections(job).items():
        for line in lines:
            root.add_keyword(path, line, unique=False)
    subsystem = root.get_subsection("FORCE_EVAL/SUBSYS")
    for symbol in job.elements:
        kind = InputSection("KIND", params=symbol)
        kind.keywords = [
            f"BASIS_SET DZVP-MOLOPT-SR-GTH-q{known[symbol]}",
            f"POTENTIAL GTH-PBE-q{known[symbol]}",
        ]
        subsystem.subsections.append(kind)
    electrons = valence_electrons(job.atoms, "gth") - job.charge
    notes = (
        f"{_PBE}, {_D3}",
        "DZVP-MOLOPT-SR-GTH basis sets, GTH-PBE pseudopotentials (10.1063/1.2770708): "
        f"{electrons} valence electrons",
        f"grid {_CUTOFF} Ry, relative {_RELATIVE} Ry: test the convergence of your energies",
        f"isolated in a cube of {job.side:g} Å, wavelet Poisson solver",
        "orbital transformation (OT): without a gap use diagonalization with smearing",
        "run: cp2k.psmp -i model.inp -o model.out",
    )
    return Texts({"model.inp": "\n".join(root.write()) + "\n"}, notes)


def _cp2k_sections(job: Job) -> dict[str, list[str]]:
    """Return the keywords of each section."""
    relax = job.task == "relax"
    side, dft, subsystem = f"{job.side:.6f}", "FORCE_EVAL/DFT", "FORCE_EVAL/SUBSYS"
    force = _FORCE / 51.4221  # Hartree/Bohr
    unrestricted = ["UKS .TRUE."] if job.multiplicity > 1 else []
    sections = {
        "GLOBAL": ["PROJECT model", f"RUN_TYPE {'GEO_OPT' if relax else 'ENERGY'}",
                   "PRINT_LEVEL LOW", "PREFERRED_FFT_LIBRARY FFTSG"],
        "FORCE_EVAL": ["METHOD QUICKSTEP"],
        dft: ["BASIS_SET_FILE_NAME BASIS_MOLOPT", "POTENTIAL_FILE_NAME GTH_POTENTIALS",
              f"CHARGE {job.charge}", f"MULTIPLICITY {job.multiplicity}", *unrestricted],
        f"{dft}/MGRID": [f"CUTOFF {_CUTOFF}", f"REL_CUTOFF {_RELATIVE}"],
        f"{dft}/QS": ["EPS_DEFAULT 1.0E-12"],
        f"{dft}/POISSON": ["PERIODIC NONE", "POISSON_SOLVER WAVELET"],
        f"{dft}/SCF": ["SCF_GUESS ATOMIC", "EPS_SCF 1.0E-6", "MAX_SCF 30"],
        f"{dft}/SCF/OT": ["MINIMIZER DIIS", "PRECONDITIONER FULL_SINGLE_INVERSE"],
        f"{dft}/SCF/OUTER_SCF": ["EPS_SCF 1.0E-6", "MAX_SCF 20"],
        f"{dft}/XC/XC_FUNCTIONAL": ["_SECTION_PARAMETERS_ PBE"],
        f"{dft}/XC/VDW_POTENTIAL": ["POTENTIAL_TYPE PAIR_POTENTIAL"],
        f"{dft}/XC/VDW_POTENTIAL/PAIR_POTENTIAL": [
            "TYPE DFTD3(BJ)", "PARAMETER_FILE_NAME dftd3.dat", "REFERENCE_FUNCTIONAL PBE",
            "R_CUTOFF 16.0"],
        f"{subsystem}/CELL": [f"ABC {side} {side} {side}", "PERIODIC NONE"],
        f"{subsystem}/COORD": [
            f"{symbol} {x:.8f} {y:.8f} {z:.8f}"
            for symbol, (x, y, z) in zip(job.atoms.symbols, job.atoms.positions, strict=True)],
    }  # fmt: skip
    if relax:
        sections["MOTION/GEO_OPT"] = [
            "OPTIMIZER LBFGS", f"MAX_ITER {_STEPS}", f"MAX_FORCE {force:.2e}"
        ]  # fmt: skip
    return sections


def orca(job: Job) -> Texts:
    """Return an ORCA input (def2 basis sets, RI-J)."""
    from ase.io.orca import write_orca

    words = [
        "UKS" if job.multiplicity > 1 else "RKS",
        "BP86" if job.functional == "BP86" else "PBE",
        "RI", "D3BJ", "def2-SVP", "def2/J", "TightSCF",
        *(["Opt"] if job.task == "relax" else []),
    ]  # fmt: skip
    text = StringIO()
    write_orca(
        text,
        job.atoms,
        {
            "orcasimpleinput": " ".join(words),
            "orcablocks": f"%maxcore {_MEMORY}\n%pal nprocs {_PROCESSES} end",
            "charge": job.charge,
            "mult": job.multiplicity,
        },
    )
    notes = (
        f"{_BP86 if job.functional == 'BP86' else _PBE}, {_D3}",
        "def2-SVP basis sets with their effective core potentials (Weigend and Ahlrichs 2005, "
        "10.1039/b508541a), RI with def2/J: use def2-TZVP for energies",
        f"{_PROCESSES} processes, {_MEMORY} MB for each: fit them to your machine",
        "in vacuum: charged clusters may need a solvent model (CPCM)",
        "run: $(which orca) model.inp > model.out",
    )
    return Texts({"model.inp": text.getvalue()}, notes)


def vasp(job: Job) -> Texts:
    """Return INCAR, KPOINTS and POSCAR for VASP, and the names for its POTCAR."""
    from ase.calculators.vasp.create_input import format_kpoints
    from ase.io.vasp import write_vasp
    from ase.io.vasp_parsers.incar_writer import generate_incar_lines

    order = np.argsort(np.array(job.atoms.symbols, dtype=str), kind="stable")
    ordered = job.atoms[order.tolist()]
    electrons = valence_electrons(job.atoms, "paw") - job.charge
    poscar = StringIO()
    write_vasp(poscar, ordered, direct=False, vasp5=True)
    names = [f"{symbol}{_recommended().get(symbol, '')}" for symbol in job.elements]
    resort = np.argsort(order)
    files = {
        "INCAR": str(generate_incar_lines(_incar(job, electrons))),
        "KPOINTS": str(format_kpoints((1, 1, 1), ordered, gamma=True)),
        "POSCAR": poscar.getvalue(),
        "POTCAR.names": "\n".join(names) + "\n",
        "ase-sort.dat": "".join(f"{a:5d} {b:5d} \n" for a, b in zip(order, resort, strict=True)),
    }
    notes = (
        f"{_PBE}, {_D3}: IVDW = 12",
        "no POTCAR is written (VASP's licence): join the PBE files named in POTCAR.names in this "
        "order, as in cat $POT/{" + ",".join(names) + "}/POTCAR > POTCAR",
        f"NELECT = {electrons} is right for the ZVAL of these files "
        f"({valence_electrons(job.atoms, 'paw')} electrons when neutral): compare with yours",
        f"plane waves to {_ENCUT} eV, Gamma point, Gaussian smearing 0.05 eV",
        f"periodic cube of {job.side:g} Å"
        + ("; the energy of a charged cell is corrected (LMONO), its potential is not"
           if job.charge else ""),
        "atoms are sorted by element; ase-sort.dat gives the order of the model back",
    )  # fmt: skip
    return Texts(files, notes)


def _incar(job: Job, electrons: int) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "system": "model", "gga": "PE", "ivdw": 12, "encut": _ENCUT, "prec": "Accurate",
        "ediff": 1e-5, "nelm": 200, "ismear": 0, "sigma": 0.05, "lreal": "Auto",
        "nelect": electrons, "ispin": 2 if job.multiplicity > 1 else 1,
        "idipol": 4, "dipol": (0.5, 0.5, 0.5), "lwave": ".FALSE.", "isym": 0,
    }  # fmt: skip
    if job.multiplicity > 1:
        settings["nupdown"] = job.multiplicity - 1
    if job.charge:
        settings["lmono"] = ".TRUE."
    if job.task == "relax":
        settings |= {"ibrion": 2, "isif": 2, "nsw": _STEPS, "ediffg": -_FORCE}
    else:
        settings |= {"ibrion": -1, "nsw": 0}
    return settings


@cache
def _recommended() -> Mapping[str, str]:
    """Return the endings of the POTCAR files that VASP recommends, as ASE knows them."""
    from ase.calculators.vasp.setups import setups_defaults

    return MappingProxyType(dict(setups_defaults["recommended"]))


_GPAW = """\
\"\"\"Cluster of {n} atoms, charge {charge:+d}, multiplicity {multiplicity}.\"\"\"

from ase.io import read
from ase.optimize import BFGS
from gpaw import GPAW

atoms = read("model.xyz")
atoms.set_initial_magnetic_moments([{moment!r}] * len(atoms))
atoms.calc = GPAW(
    mode="fd",
    h={spacing},
    xc="{xc}",
    charge={charge},
    spinpol={spinpol},
    occupations={{"name": "fermi-dirac", "width": 0.05, "fixmagmom": {spinpol}}},
    convergence={{"energy": 1e-5}},
    maxiter=300,
    txt="model.txt",
)
{run}
atoms.calc.write("model.gpw")
"""


def gpaw(job: Job) -> Texts:
    """Return a script for GPAW (finite differences, isolated box) and the coordinates."""
    from ase.io import write

    xyz = StringIO()
    write(xyz, job.atoms, format="extxyz", columns=["symbols", "positions"])
    xc = {"PBE": "PBE", "BP86": "GGA_X_B88+GGA_C_P86"}[job.functional]
    run = "print(atoms.get_potential_energy())"
    if job.task == "relax":
        run = (
            'BFGS(atoms, trajectory="model.traj", logfile="model.log")'
            f".run(fmax={_FORCE}, steps={_STEPS})"
        )
    script = _GPAW.format(
        n=len(job.atoms),
        charge=job.charge,
        multiplicity=job.multiplicity,
        moment=round((job.multiplicity - 1) / len(job.atoms), 12),
        spacing=_SPACING,
        xc=xc,
        spinpol=job.multiplicity > 1,
        run=run,
    )
    notes = (
        f"{_BP86 if job.functional == 'BP86' else _PBE}; no dispersion: put "
        "ase.calculators.dftd3 or a van der Waals functional around it if ligands matter",
        f"real-space grid of {_SPACING} Å, GPAW's default PAW data sets",
        f"isolated in a cube of {job.side:g} Å: the potential is zero at its faces; test the "
        "vacuum for charged clusters",
        "run: mpirun -n 16 gpaw python model.py",
    )
    return Texts({"model.py": script, "model.xyz": xyz.getvalue()}, notes)


#: Codes that inputs can be written for.
CODES: Mapping[str, Callable[[Job], Texts]] = MappingProxyType(
    {"cp2k": cp2k, "gpaw": gpaw, "orca": orca, "vasp": vasp}
)
