"""Small complexes that appear beside clusters at low m/z: M2L3, ML2, M4L4, M(PR3)2 ...

All of them are complexes without superatom electrons (every metal atom in its usual
oxidation state, n* = 0): [AuL2]-, [Au2L3]-, [Au4L4+Na]+, [Au4L4-2H]2-, [Au(PR3)2]+,
[Au2(PR3)2L]+. That one rule names them for any set of metals and ligands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import LigandLibrary
from superatom.errors import SearchError
from superatom.spectra.mass.candidates import candidates_in
from superatom.spectra.mass.isotopes import charge_to_mz, envelopes
from superatom.spectra.mass.peaks import Peaks, pick_peaks
from superatom.spectra.mass.space import Limits, SearchSpace
from superatom.spectra.mass.space_parts import SpacePart, read_parts
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["Byproduct", "NamedByproduct", "byproducts", "find_byproducts"]

_MOST_METALS = 8
_MOST_CHARGE = 3
_MZ_HIGH = 1500.0
_LEAST_SIMILARITY = 0.8
_LEAST_SHARE = 0.1  # isotope peaks above this part of the tallest must be there

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Byproduct:
    """A small complex of the metals and ligands at hand.

    Attributes
    ----------
    formula : str
        '[Au2(PET)3]^1-'.
    kind : str
        The same with letters for roles: 'M2L3', 'M(PR3)2', 'M4L4 + Na'.
    charge : int
        Charge of the ion.
    mz : float
        m/z of its tallest isotope peak.
    elements : dict[str, int]
        Atoms of the ion.
    """

    formula: str
    kind: str
    charge: int
    mz: float
    elements: dict[str, int]


@dataclass(frozen=True, slots=True)
class NamedByproduct:
    """A by-product found in a spectrum.

    Attributes
    ----------
    byproduct : Byproduct
        What it is.
    measured_mz : float
        m/z of its tallest peak as measured.
    error_ppm : float
        Measured minus calculated.
    height : float
        Height of that peak, in the unit of the spectrum.
    similarity : float
        Cosine between the measured and the calculated isotope pattern, 0 to 1.
    alternatives : tuple[str, ...]
        Other by-products that fit the same peaks about as well.
    """

    byproduct: Byproduct
    measured_mz: float
    error_ppm: float
    height: float
    similarity: float
    alternatives: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self)


def byproducts(
    metals: str,
    ligands: str,
    polarity: int = 0,
    *,
    library: LigandLibrary | None = None,
    mz_high: float = _MZ_HIGH,
) -> tuple[Byproduct, ...]:
    """Return the small complexes that a metal and ligand set can give, ascending in m/z.

    Parameters
    ----------
    metals, ligands : str
        Names, as for `SearchSpace.parse`; ranges are ignored ('Au Ag', 'PET PPh3').
    polarity : int
        1 or -1 for ions of that sign only, 0 for both.
    library : LigandLibrary, optional
        Ligands known.
    mz_high : float
        Greatest m/z.

    Raises
    ------
    SearchError
        If no ligand is named.
    UnknownLigand, UnknownElement
        If a name is not known.

    Examples
    --------
    >>> [b.kind for b in byproducts("Au", "PET", -1, mz_high=900)]
    ['ML2', 'M2L3']
    """
    parts = read_parts(ligands, "ligand", library)
    if not parts:
        raise SearchError("by-products are complexes of a metal with a ligand; name a ligand")
    found: dict[str, Byproduct] = {}
    for charge in range(-_MOST_CHARGE, _MOST_CHARGE + 1):
        if charge and charge * polarity >= 0:
            space = _space(metals, parts, charge, library)
            for each in _in_space(space, charge, mz_high):
                found.setdefault(each.formula, each)
    return tuple(sorted(found.values(), key=lambda each: each.mz))


def _space(
    metals: str, parts: tuple[SpacePart, ...], charge: int, library: LigandLibrary | None
) -> SearchSpace:
    """Return the complexes without superatom electrons at one charge."""
    names = [part.name for part in read_parts(metals, "metal", library)]
    acid = any(_acid_protons(part) for part in parts)
    lost = f"H:{charge - 1}-0 Na:0-1" if acid else ""
    others = lost if charge < 0 else "H:0-1 Na:0-1 K:0-1"
    anionic = [part for part in parts if part.electrons < 0]
    neutral = [part for part in parts if part.electrons >= 0]
    ranges = [f"{_word(part)}:0-{_MOST_METALS + 2}" for part in anionic]
    ranges += [f"{_word(part)}:0-4" for part in neutral]
    return SearchSpace.parse(
        " ".join(f"{name}:0-{_MOST_METALS}" for name in names),
        " ".join(ranges),
        others,
        [charge],
        limits=Limits((1, _MOST_METALS), ligand_ratio=(0.4, 4.0), electrons=(0, 0)),
        library=library,
    )


def _word(part: SpacePart) -> str:
    """Return a ligand as `SearchSpace.parse` reads it."""
    if part.ligand is not None and part.ligand.kind == "other":
        return f"{part.name}=" + "".join(f"{symbol}{n}" for symbol, n in part.elements)
    return part.name


def _acid_protons(part: SpacePart) -> int:
    """Return the number of carboxylic acid groups of a ligand, from its SMILES."""
    smiles = part.ligand.smiles if part.ligand else ""
    return len(re.findall(r"(?:^|\()OC\(=O\)|C\(=O\)O(?=\)|$)", smiles))


def _in_space(space: SearchSpace, charge: int, mz_high: float) -> Iterator[Byproduct]:
    candidates = candidates_in(space, 0.0, mz_high * abs(charge), charge)
    counts = candidates.counts.astype(np.int64)
    keep = np.array([_is_plausible(space, row) for row in counts], dtype=bool)
    if not keep.any():
        return
    counts = counts[keep]
    matrix = counts @ space.element_matrix()
    bases = envelopes((space.symbols, matrix)).base_mass
    for row, atoms, mass in zip(counts.tolist(), matrix.tolist(), bases.tolist(), strict=True):
        cluster = space.cluster(row, charge)
        mz = float(charge_to_mz(mass, charge))
        elements = {s: int(n) for s, n in zip(space.symbols, atoms, strict=True) if n}
        yield Byproduct(cluster.text(), _kind(space, row), charge, mz, elements)


def _is_plausible(space: SearchSpace, row: NDArray[np.int64]) -> bool:
    """Whether the small complex is of a kind that is seen.

    The ligands' charge is at most one more or less than that of the metal (two from six
    metal atoms on); a proton or alkali ion is picked up by neutral complexes only, one of
    them, or replaces an acid proton; there are few neutral ligands.
    """
    metals = neutral = taken = gained = lost = 0
    for part, count in zip(space.parts, row.tolist(), strict=True):
        if part.role == "metal":
            metals += count
        elif part.role == "ligand":
            taken -= count * part.electrons
            neutral += count if part.electrons >= 0 else 0
        else:
            gained += max(count, 0)
            lost += max(-count, 0)
    excess = taken - metals
    fine = abs(excess) <= 1 + metals // 6 and gained <= 1
    fine &= not gained or excess == 0 or lost > 0
    return fine and neutral <= (3 if metals == 1 else metals + 1)


def _kind(space: SearchSpace, row: Sequence[int]) -> str:
    """Return the composition with letters for roles.

    Examples
    --------
    >>> space = SearchSpace.parse("Au:1-4", "PET:0-4 PPh3:0-4", "Na:0-1", "1")
    >>> _kind(space, (2, 1, 2, 0)), _kind(space, (4, 4, 0, 1))
    ('M2L(PR3)2', 'M4L4 + Na')
    """
    counts = {"M": 0, "L": 0, "(PR3)": 0, "N": 0}
    extra = []
    for part, n in zip(space.parts, row, strict=True):
        if part.role == "metal":
            counts["M"] += n
        elif part.role == "ligand" and part.electrons < 0:
            counts["L"] += n
        elif part.role == "ligand":
            phosphine = dict(part.elements).get("P")
            counts["(PR3)" if phosphine else "N"] += n
        elif n:
            size = "" if abs(n) == 1 else str(abs(n))
            extra.append(f" {'+' if n > 0 else MINUS} {size}{part.name}")
    text = "".join(f"{key}{n if n > 1 else ''}" for key, n in counts.items() if n)
    return text.replace("(PR3)", "PR3") if text == "M(PR3)" else text + "".join(extra)


MINUS = "\N{MINUS SIGN}"


def find_byproducts(
    spectrum: Spectrum,
    metals: str,
    ligands: str,
    *,
    polarity: int | None = None,
    tolerance_ppm: float = 30.0,
    library: LigandLibrary | None = None,
    peaks: Peaks | None = None,
    mz_high: float = _MZ_HIGH,
) -> tuple[NamedByproduct, ...]:
    """Name the by-products that a spectrum shows, ascending in m/z.

    A by-product is named if its tallest isotope peak lies within the tolerance, every isotope
    peak above 10 % of it is there, and the pattern has a cosine of at least 0.8.

    Parameters
    ----------
    spectrum : Spectrum
        What was measured.
    metals, ligands, library, mz_high
        As for `byproducts`.
    polarity : int, optional
        Sign of the ions; the spectrum's own by default.
    tolerance_ppm : float
        Largest m/z error.
    peaks : Peaks, optional
        Peaks, if they are known already.
    """
    sign = spectrum.polarity if polarity is None else polarity
    low = pick_peaks(spectrum) if peaks is None else peaks
    low = low.between(0.0, mz_high)
    known = byproducts(metals, ligands, sign, library=library, mz_high=mz_high)
    if not len(low) or not known:
        return ()
    patterns = envelopes([each.elements for each in known])
    hits = []
    for number, each in enumerate(known):
        if low.mz[0] - 1 < each.mz < low.mz[-1] + 1:
            pattern = patterns[number]
            hit = _match(each, pattern.mz(each.charge), pattern.relative, low, tolerance_ppm)
            if hit is not None:
                hits.append(hit)
    return tuple(_without_rivals(hits))


def _match(
    byproduct: Byproduct, mz: _Array, share: _Array, peaks: Peaks, tolerance_ppm: float
) -> NamedByproduct | None:
    strong = share >= _LEAST_SHARE
    mz, share = mz[strong], share[strong]
    place = np.clip(np.searchsorted(peaks.mz, mz), 1, max(1, len(peaks) - 1))
    place = np.minimum(place, len(peaks) - 1)
    left = np.maximum(place - 1, 0)
    nearest = np.where(abs(peaks.mz[left] - mz) <= abs(peaks.mz[place] - mz), left, place)
    width = np.nan_to_num(peaks.fwhm[nearest])
    close = abs(peaks.mz[nearest] - mz) <= tolerance_ppm * 1e-6 * mz + 0.2 * width
    height = np.where(close, peaks.height[nearest], 0.0)
    top = int(share.argmax())
    if not close[top]:
        return None
    noise = peaks.height[nearest[top]] / peaks.signal_to_noise[nearest[top]]
    visible = share * height[top] > 5 * noise
    if np.any(visible & ~close):
        return None
    reach = slice(*np.searchsorted(peaks.mz, [mz[0] - 0.2, mz[-1] + 0.2]).tolist())
    all_around = float((peaks.height[reach] ** 2).sum())  # peaks that the pattern lacks count
    similarity = float(
        share @ height / np.sqrt((share @ share) * max(all_around, float(height @ height)))
    )
    if similarity < _LEAST_SIMILARITY:
        return None
    measured = float(peaks.mz[nearest[top]])
    error = 1e6 * (measured - float(mz[top])) / float(mz[top])
    return NamedByproduct(byproduct, measured, error, float(height[top]), similarity)


def _without_rivals(hits: list[NamedByproduct]) -> Iterator[NamedByproduct]:
    """Keep the best name of each peak; list the others as alternatives."""
    by_peak: dict[float, list[NamedByproduct]] = {}
    for hit in hits:
        by_peak.setdefault(round(hit.measured_mz, 4), []).append(hit)
    for _, rivals in sorted(by_peak.items()):
        best, *rest = sorted(rivals, key=lambda hit: -hit.similarity)
        names = tuple(hit.byproduct.formula for hit in rest)
        yield NamedByproduct(
            best.byproduct, best.measured_mz, best.error_ppm, best.height, best.similarity, names
        )
