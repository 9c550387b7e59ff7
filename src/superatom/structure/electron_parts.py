"""Where the free electrons of a structure come from, part by part.

The kernel's metals give their valence electrons; each motif takes what its anions need
beyond what its own metals give (one for Au(SR)2 or Au2(SR)3, none for a ring); ligands
on the kernel take their charge; so does the charge of the cluster (Walter et al.,
10.1073/pnas.0801001105).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import default_valences
from superatom.structure.ligand_shell import LigandShell
from superatom.structure.partition import Partition

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["ElectronPart", "electron_parts"]


@dataclass(frozen=True, slots=True)
class ElectronPart:
    """What one kind of part gives (positive) or takes (negative).

    Attributes
    ----------
    part : str
        'kernel Au13', 'motif Au2(SR)3', 'ligand SR on the kernel', 'charge -1'.
    count : int
        How often it occurs.
    each : int
        Electrons of one.
    """

    part: str
    count: int
    each: int

    @property
    def electrons(self) -> int:
        """Electrons of all of them."""
        return self.count * self.each


def electron_parts(
    atoms: Atoms, partition: Partition, shell: LigandShell, formula: Cluster
) -> tuple[ElectronPart, ...]:
    """Return the electrons of kernel, motifs, ligands and charge; () if one is unknown.

    They add up to the electron count of the formula where hydrides take one electron.

    Parameters
    ----------
    atoms : ase.Atoms
        The structure.
    partition : Partition
        Kernel and motifs in either convention.
    shell : LigandShell
        Its ligands.
    formula : Cluster
        Its formula; gives the charge, which may be unknown and is then left out.
    """
    valence = default_valences()
    symbols = list(atoms.symbols)
    ligands = {a: bound for bound in shell.ligands for a in bound.atoms}
    charged = all(bound.ligand.charge_taken is not None for bound in shell.ligands)
    metals = {symbols[k] for k in (*partition.kernel, *partition.motif_metals)}
    if not charged or not metals <= set(valence):
        return ()
    taken: set[int] = set()
    parts: Counter[tuple[str, int]] = Counter()
    for motif in partition.motifs:
        bound = [ligands[d] for d in motif.donors if d in ligands]
        new = {b.atoms[0]: b for b in bound if b.atoms[0] not in taken}
        taken |= set(new)
        charge = sum(b.ligand.charge_taken or 0 for b in new.values())
        each = sum(valence[symbols[k]] for k in motif.metals) - charge
        parts[(f"motif {motif.name}" if motif.metals else motif.name, each)] += 1
    for b in shell.ligands:
        if b.atoms[0] not in taken and b.ligand.charge_taken:
            parts[(f"ligand {b.ligand.name} on the kernel", -b.ligand.charge_taken)] += 1
    kernel = sum(valence[symbols[k]] for k in partition.kernel)
    found = [ElectronPart(f"kernel {partition.kernel_formula}", 1, kernel)] if kernel else []
    found += [ElectronPart(name, n, each) for (name, each), n in sorted(parts.items())]
    if formula.charge:
        found.append(ElectronPart(f"charge {formula.charge:+d}", 1, -formula.charge))
    return tuple(found)
