"""What a user asks of `superatom ms`, in words, turned into objects."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from superatom.errors import SearchError

if TYPE_CHECKING:
    from superatom.composition.cluster import Cluster
    from superatom.composition.ligands import LigandLibrary
    from superatom.spectra.mass.calibration import Calibration
    from superatom.spectra.mass.mixtures import Distribution
    from superatom.spectra.mass.read import ScanChoice
    from superatom.spectra.mass.space import Limits, SearchSpace
    from superatom.spectra.mass.spectrum import Spectrum

__all__ = [
    "SpaceRequest",
    "dopant_distribution",
    "lock_to",
    "read_polarity",
    "read_scan",
    "read_times",
]

_RANGE = re.compile(r"([+-]?\d+(?:\.\d+)?)(?:\s*(?:-|\.\.|to)\s*([+-]?\d+(?:\.\d+)?))?$")
_LOCK_REACH = 60.0  # ppm within which the lock mass must have a peak
_LOCK_SIGNAL = 15.0  # over noise
_LOCK_SD = 3.0  # ppm: scatter of other peaks about a lock mass
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class SpaceRequest:
    """A search space in the words of the command line; empty where nothing was said."""

    metals: str = ""
    ligands: str = ""
    others: str = ""
    charge: str = ""
    preset: str = ""
    parent: str = ""
    dope: str = ""
    exchange: str = ""
    ratio: str = ""
    electrons: str = ""

    def space(self, library: LigandLibrary | None = None) -> SearchSpace:
        """Return the search space.

        Raises
        ------
        SearchError
            If nothing, or two ways at once, were asked for, or a word cannot be read.
        """
        ways = [bool(self.metals), bool(self.preset), bool(self.parent)]
        if sum(ways) != 1:
            raise SearchError(
                ("no search space was given" if not any(ways) else "two search spaces were given")
                + "; say one of\n"
                "  --metals Au:10-50 Ag:0-10 --ligands PET:0-30 --others Na:0-2 --charge -3..-1\n"
                "  --preset 'thiolate gold'\n"
                '  --parent "[Au25(SC2H4Ph)18]-" --dope Ag:0-25'
            )
        found = self._chosen(library)
        limits = self._limits(found.limits)
        return found if limits is found.limits else replace(found, limits=limits)

    def _chosen(self, library: LigandLibrary | None) -> SearchSpace:
        from superatom.composition.cluster import Cluster
        from superatom.spectra.mass.space import SearchSpace

        if self.preset:
            space = SearchSpace.preset(self.preset, library)
            return _with_charges(space, self.charge)
        if self.parent:
            return SearchSpace.from_parent(
                Cluster.parse(self.parent, library=library),
                dope=self.dope,
                exchange=self.exchange,
                others=self.others,
                charge=self.charge or None,
                library=library,
            )
        if not self.charge:
            raise SearchError("say which charges to try: --charge -3..-1, or --charge 1,2")
        return SearchSpace.parse(
            self.metals, self.ligands, self.others, self.charge, library=library
        )

    def _limits(self, limits: Limits) -> Limits:
        if self.ratio:
            limits = replace(limits, ligand_ratio=_range(self.ratio, "--ratio 0.5-1.2"))
        words = self.electrons.replace(",", " ").split()
        for word in words:
            if word in ("even", "odd"):
                limits = replace(limits, parity=word)
            elif word != "any":
                low, high = _range(word, "--electrons 2-18, 8, even or odd")
                limits = replace(limits, electrons=(int(low), int(high)))
        return limits

    def names(self, space: SearchSpace) -> tuple[str, str]:
        """Return metals and ligands of the space without ranges, for naming by-products."""
        metals = " ".join(part.name for part in space.parts if part.role == "metal")
        ligands = []
        for part in space.parts:
            if part.role == "ligand":
                own = part.ligand is not None and part.ligand.kind == "other"
                atoms = "".join(f"{symbol}{n}" for symbol, n in part.elements)
                ligands.append(f"{part.name}={atoms}" if own else part.name)
        return metals, " ".join(ligands)


def _with_charges(space: SearchSpace, charge: str) -> SearchSpace:
    from superatom.spectra.mass.space_parts import read_charges

    return space.with_charges(read_charges(charge)) if charge else space


def _range(text: str, example: str) -> tuple[float, float]:
    """Return the limits that '2-18' or '8' names.

    Examples
    --------
    >>> _range("0.5-1.2", ""), _range("8", ""), _range("-2..4", "")
    ((0.5, 1.2), (8.0, 8.0), (-2.0, 4.0))
    """
    found = _RANGE.match(text.strip())
    low = float(found[1]) if found else float("nan")
    high = float(found[2]) if found and found[2] else low
    if not low <= high:
        raise SearchError(f"'{text}' is no range; write {example}")
    return low, high


def read_scan(text: str) -> ScanChoice:
    """Return the scan, range of scans or sum that a user asks for.

    Examples
    --------
    >>> read_scan("12"), read_scan("3-20"), read_scan("sum"), read_scan("")
    (12, (3, 20), 'sum', None)

    Raises
    ------
    SearchError
        If it is none of these.
    """
    text = text.strip().lower()
    if not text:
        return None
    if text in ("sum", "all"):
        return "sum"
    found = re.fullmatch(r"(\d+)(?:\s*(?:-|\.\.)\s*(\d+))?", text)
    if found is None:
        raise SearchError(f"'{text}' is no scan; write --scan 12, --scan 3-20 or --scan sum")
    return (int(found[1]), int(found[2])) if found[2] else int(found[1])


def read_polarity(spectrum: Spectrum, text: str) -> Spectrum:
    """Return the spectrum with the polarity a user states.

    Raises
    ------
    SearchError
        If it is neither + nor -, or contradicts the file.
    """
    signs = {"+": 1, "pos": 1, "positive": 1, "-": -1, "neg": -1, "negative": -1, "": 0}
    sign = signs.get(text.strip().lower())
    if sign is None:
        raise SearchError(f"'{text}' is no polarity; write --polarity + or --polarity -")
    if sign and spectrum.polarity not in (0, sign):
        raise SearchError(f"{spectrum.source} says that it holds ions of the other polarity")
    return replace(spectrum, polarity=sign) if sign else spectrum


def read_times(text: str) -> list[float]:
    """Return times in s.

    Examples
    --------
    >>> read_times("0 5 10 min"), read_times("0,0.5,1 h"), read_times("1 2 3")
    ([0.0, 300.0, 600.0], [0.0, 1800.0, 3600.0], [1.0, 2.0, 3.0])

    Raises
    ------
    SearchError
        If a time cannot be read.
    """
    words = text.replace(",", " ").split()
    unit = _UNITS.get(words[-1]) if words else None
    try:
        return [float(word) * (unit or 1.0) for word in (words[:-1] if unit else words)]
    except ValueError as error:
        raise SearchError(f"'{text}' are no times; write --times 0 5 10 min") from error


def dopant_distribution(
    spectrum: Spectrum, request: SpaceRequest, library: LigandLibrary | None = None
) -> Distribution | None:
    """Return the distribution of the one dopant of a parent, or None if that was not asked.

    All members of the series inside the spectrum are fitted together.
    """
    from superatom.composition.cluster import Cluster
    from superatom.spectra.mass.mixtures import distribution, fit_mixture
    from superatom.spectra.mass.space_parts import read_parts

    if not (request.parent and request.dope and spectrum.profile):
        return None
    parent = Cluster.parse(request.parent, library=library)
    dopants = read_parts(request.dope, "metal", library)
    if len(dopants) != 1 or len(parent.metals) != 1 or not parent.charge:
        return None
    ((host, n),) = parent.metals.items()
    (dopant,) = dopants
    ligands = {ligand: int(k) for ligand, k in parent.ligands.items()}
    members = [
        Cluster.of({host: int(n) - x, dopant.name: x}, ligands, parent.charge)
        for x in range(dopant.low, min(dopant.high, int(n)) + 1)
    ]
    inside = [each for each in members if spectrum.mz[0] < _base_mz(each) < spectrum.mz[-1]]
    if len(inside) < 2:
        return None
    return distribution(fit_mixture(spectrum, inside), dopant.name)


def _base_mz(cluster: Cluster) -> float:
    from superatom.spectra.mass.isotopes import charge_to_mz, envelope

    base = envelope({symbol: int(n) for symbol, n in cluster.elements.items()}).base_mass
    return float(charge_to_mz(base, cluster.charge or 1))


def lock_to(
    spectrum: Spectrum, lock_mass: str, library: LigandLibrary | None = None
) -> Calibration | None:
    """Return the calibration that a lock mass gives: one shift for the whole spectrum.

    Parameters
    ----------
    spectrum : Spectrum
        What was measured.
    lock_mass : str
        A true m/z, or the formula of an ion with its charge; empty for none.
    library : LigandLibrary, optional
        Ligands known.

    Raises
    ------
    SearchError
        If no peak lies within 60 ppm of it.
    """
    if not lock_mass.strip():
        return None
    from superatom.spectra.mass.calibration import Calibration
    from superatom.spectra.mass.peaks import pick_peaks

    true = _true_mz(lock_mass.strip(), library)
    reach = _LOCK_REACH * 1e-6 * true
    around = spectrum.slice(true - 3.0, true + 3.0)
    peaks = pick_peaks(around, _LOCK_SIGNAL).between(true - reach, true + reach)
    if not len(peaks):
        raise SearchError(f"no peak lies within {_LOCK_REACH:g} ppm of the lock mass {true:.4f}")
    measured = float(peaks.mz[peaks.height.argmax()])
    return Calibration((1e6 * (measured - true) / true,), _LOCK_SD, 1)


def _true_mz(text: str, library: LigandLibrary | None) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        pass
    from superatom.composition.cluster import Cluster

    cluster = Cluster.parse(text, library=library)
    if not cluster.charge:
        raise SearchError(f"the lock mass {text} needs a charge: [Au2(PET)3]-")
    return _base_mz(cluster)
