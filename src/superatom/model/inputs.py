"""Input files for quantum chemistry: a model, its charge and its spin, for one of four codes.

The texts are made through ASE where it writes them without the program being there. They are
a start with the usual settings for clusters (PBE with D3(BJ) dispersion, medium basis sets),
all of which stand in the files to be checked. Nothing is started, and no pseudopotential
files are needed or written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.composition.shells import closed_shells
from superatom.errors import DataFileError, SearchError, StructureError, UnknownCharge
from superatom.model.input_texts import CODES, FUNCTIONALS, TASKS, Job
from superatom.provenance import Provenance, stamp

if TYPE_CHECKING:
    from ase import Atoms

    from superatom.structure.anatomy import Anatomy

__all__ = ["DftInput", "ElectronState", "boxed", "dft_input", "electron_state", "write_input"]

_VACUUM = 6.0  # Å between the outermost atoms and the faces of the box
_LEAST_VACUUM = 3.0
_README = "README.txt"


@dataclass(frozen=True, slots=True)
class ElectronState:
    """Charge, spin and number of electrons.

    Attributes
    ----------
    charge : int
        Charge of the cluster in e.
    multiplicity : int
        2S + 1.
    electrons : int
        All electrons, core included.
    free_electrons : float or None
        Superatom electrons n*; None if not known.
    notes : tuple[str, ...]
        How the multiplicity was chosen, and what else to try.
    """

    charge: int
    multiplicity: int
    electrons: int
    free_electrons: float | None
    notes: tuple[str, ...]

    def __str__(self) -> str:
        charge = f"{self.charge:+d}" if self.charge else "0"
        return f"charge {charge}, multiplicity {self.multiplicity}, {self.electrons} electrons"


@dataclass(frozen=True, slots=True)
class DftInput:
    """Input files for one code.

    Attributes
    ----------
    code : str
        'cp2k', 'gpaw', 'orca' or 'vasp'.
    files : Mapping[str, str]
        Text of each file by name.
    state : ElectronState
        Charge and spin.
    provenance : Provenance
        Method, version, hash of the coordinates.
    """

    code: str
    files: Mapping[str, str]
    state: ElectronState
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        return {
            "code": self.code,
            "files": dict(self.files),
            "charge": self.state.charge,
            "multiplicity": self.state.multiplicity,
            "electrons": self.state.electrons,
            "free_electrons": self.state.free_electrons,
            "notes": list(self.state.notes),
            "provenance": self.provenance.as_dict(),
        }


def electron_state(
    atoms: Atoms,
    charge: int | None = None,
    multiplicity: int | None = None,
    *,
    anatomy: Anatomy | None = None,
) -> ElectronState:
    """Return charge, multiplicity and electrons of a model.

    Parameters
    ----------
    atoms : ase.Atoms
        The model.
    charge : int, optional
        By default ``atoms.info["charge"]``; never guessed.
    multiplicity : int, optional
        By default the lowest that the number of electrons allows: singlet or doublet.
    anatomy : Anatomy, optional
        The model dissected with this charge; its superatom electron count is then told.

    Raises
    ------
    UnknownCharge
        If no charge is given and the model carries none.
    StructureError
        If the multiplicity does not fit the number of electrons.
    """
    q = atoms.info.get("charge") if charge is None else charge
    if q is None:
        raise UnknownCharge(
            "the charge of the model is not known; give it (--charge -1), or build the model "
            "from a formula with its charge"
        )
    electrons = int(np.sum(atoms.numbers)) - int(q)
    if electrons < 1:
        raise StructureError(f"charge {int(q):+d} leaves {electrons} electrons")
    odd = electrons % 2
    chosen = 1 + odd if multiplicity is None else int(multiplicity)
    if chosen < 1 or chosen % 2 == odd or chosen - 1 > electrons:
        allowed = "2, 4, 6, ..." if odd else "1, 3, 5, ..."
        raise StructureError(
            f"multiplicity {chosen} does not fit {electrons} electrons; possible are {allowed}"
        )
    free = _free_electrons(anatomy, int(q))
    notes = _spin_notes(electrons, chosen, multiplicity is None, free)
    return ElectronState(int(q), chosen, electrons, free, notes)


def _free_electrons(anatomy: Anatomy | None, charge: int) -> float | None:
    if anatomy is None or anatomy.electrons is None or anatomy.charge != charge:
        return None
    return anatomy.electrons.total


def _spin_notes(
    electrons: int, multiplicity: int, by_parity: bool, free: float | None
) -> tuple[str, ...]:
    kind = "odd" if electrons % 2 else "even"
    notes = [f"{electrons} electrons ({kind})"]
    if by_parity:
        name = "doublet" if multiplicity == 2 else "singlet"
        notes.append(f"{name}: the lowest multiplicity for an {kind} number of electrons")
    if free is not None:
        closed = free in {shell.electrons for shell in closed_shells()}
        notes.append(
            f"superatom electrons n* = {free:g}: "
            + ("a closed shell" if closed else "no closed spherical shell")
        )
        if by_parity and not closed and not electrons % 2 and free:
            notes.append("compare with the triplet (--multiplicity 3)")
    return tuple(notes)


def boxed(atoms: Atoms, vacuum: float = _VACUUM) -> Atoms:
    """Return the model in the middle of a cubic box with `vacuum` Å around it.

    A cube, because the Poisson solver for isolated charges of CP2K and the monopole
    correction of VASP are made for it.

    Raises
    ------
    StructureError
        If the vacuum is less than 3 Å.
    """
    if not vacuum >= _LEAST_VACUUM:
        raise StructureError(
            f"{vacuum:g} Å of vacuum is too little for the electron density to vanish; "
            f"give at least {_LEAST_VACUUM:g} Å"
        )
    from ase import Atoms as AseAtoms

    placed = AseAtoms(atoms.symbols, positions=atoms.positions)
    side = float(np.ptp(placed.positions, axis=0).max()) + 2.0 * vacuum
    side = float(np.ceil(side * 10.0) / 10.0)
    placed.set_cell([side] * 3)
    placed.center()
    return placed


def dft_input(
    atoms: Atoms,
    code: str,
    *,
    charge: int | None = None,
    multiplicity: int | None = None,
    task: str = "relax",
    functional: str = "PBE",
    vacuum: float = _VACUUM,
    anatomy: Anatomy | None = None,
) -> DftInput:
    """Return the input files of one code for a model.

    Parameters
    ----------
    atoms : ase.Atoms
        The model, complete with hydrogens.
    code : str
        'cp2k', 'gpaw', 'orca' or 'vasp'.
    charge, multiplicity : int, optional
        As in `electron_state`.
    task : str
        'relax' or 'energy'.
    functional : str
        'PBE', or 'BP86' for ORCA and GPAW.
    vacuum : float
        Å around the model, where the code needs a box.
    anatomy : Anatomy, optional
        The dissected model.

    Raises
    ------
    SearchError
        If there is no such code, task or functional, or settings for an element are not known.
    UnknownCharge
        If the charge is not known.
    StructureError
        If multiplicity or vacuum make no sense.

    Examples
    --------
    >>> from ase.build import molecule
    >>> made = dft_input(molecule("OH"), "orca", charge=0)
    >>> made.state.multiplicity, sorted(made.files)
    (2, ['README.txt', 'model.inp'])
    """
    chosen = code.strip().lower()
    if chosen not in CODES:
        raise SearchError(f"no input for {code!r}; choose from {', '.join(CODES)}")
    if task not in TASKS:
        raise SearchError(f"no task {task!r}; choose from {', '.join(TASKS)}")
    if functional not in FUNCTIONALS[chosen]:
        known = ", ".join(FUNCTIONALS[chosen])
        raise SearchError(f"no {functional!r} for {chosen}; choose from {known}")
    state = electron_state(atoms, charge, multiplicity, anatomy=anatomy)
    job = Job(boxed(atoms, vacuum), state.charge, state.multiplicity, task, functional)
    made = CODES[chosen](job)
    named = str(atoms.info.get("name", atoms.get_chemical_formula()))
    name = named if anatomy is None else str(anatomy.formula)
    files = {**made.files, _README: _readme(name, chosen, state, made.notes)}
    provenance = stamp(
        f"input files for {chosen}",
        np.ascontiguousarray(atoms.numbers).tobytes(),
        np.ascontiguousarray(atoms.positions).tobytes(),
        state.charge, state.multiplicity, task, functional, vacuum,
        sources=("dft_elements.csv",),
    )  # fmt: skip
    return DftInput(chosen, files, state, provenance)


def _readme(name: str, code: str, state: ElectronState, notes: tuple[str, ...]) -> str:
    from superatom.provenance import version

    lines = [
        f"{name}: input for {code}, written by Superatom {version()}",
        "",
        str(state),
        *(f"- {note}" for note in state.notes),
        "",
        "Settings that were chosen for you; check each of them:",
        *(f"- {note}" for note in notes),
    ]
    return "\n".join(lines) + "\n"


def write_input(made: DftInput, folder: str | Path) -> Path:
    """Write input files to a new (or empty) folder: all of them or none.

    Raises
    ------
    DataFileError
        If the folder holds files already, or cannot be written.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DataFileError(
            str(folder), "exists already and is not an empty folder", hint="choose another name"
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.mkdir()
        for name, text in made.files.items():
            (part / name).write_text(text, encoding="utf-8")
        if target.exists():
            target.rmdir()
        part.replace(target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = error.strerror or str(error)
        raise DataFileError(
            str(folder), f"cannot be written ({reason})", hint="choose a folder you may write to"
        ) from error
    return target
