"""What each part of a cluster gives to or takes from the superatom, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import Conventions
from superatom.composition.counts import Number
from superatom.composition.ligands import Ligand, alias_key, default_library
from superatom.composition.parts import Adduct
from superatom.composition.shells import levels, table_rows
from superatom.errors import UnknownComposition

__all__ = [
    "ElectronTerm",
    "charge_term",
    "neutral_terms",
    "number_warnings",
    "readings",
    "rounded_total",
    "rule_notes",
    "rule_warnings",
    "sum_text",
]

_MAIN_GROUP_THREE = ("Ga", "In", "Tl")  # metals that also occur with one valence electron


@dataclass(frozen=True, slots=True)
class ElectronTerm:
    """What one metal, ligand or the charge adds to the count.

    Attributes
    ----------
    name : str
        Element, ligand, or 'charge'.
    kind : str
        'metal', 'ligand', 'hydride', 'adduct' or 'charge'.
    count : int or float
        How many of it; for the charge 1.
    each : int
        Electrons that one gives (positive) or takes (negative).
    """

    name: str
    kind: str
    count: Number
    each: int

    @property
    def electrons(self) -> Number:
        """Electrons that all of them give or take."""
        return self.count * self.each


def neutral_terms(cluster: Cluster, conventions: Conventions) -> tuple[ElectronTerm, ...]:
    """Return what metals, ligands and adducts give and take."""
    gives = _hydride_gives(cluster, conventions)
    metals = [
        ElectronTerm(name, "metal", n, _valence(name, conventions))
        for name, n in cluster.metals.items()
    ]
    ligands = [
        ElectronTerm(ligand.name, "hydride", n, 1 if gives else -1)
        if ligand.kind == "hydride" and _asked_charge(ligand, conventions) is None
        else ElectronTerm(ligand.name, "ligand", n, -_charge_taken(ligand, conventions))
        for ligand, n in cluster.ligands.items()
    ]
    adducts = [
        ElectronTerm(adduct.name, "adduct", adduct.count, _adduct_charge(adduct, conventions))
        for adduct in cluster.adducts
    ]
    return (*metals, *ligands, *adducts)


def charge_term(charge: int) -> ElectronTerm:
    """Return what the charge of the ion takes."""
    return ElectronTerm("charge", "charge", 1, -charge)


def rounded_total(total: Number) -> Number:
    """Return an integer where the sum of an average composition is one."""
    nearest = round(total)
    return nearest if abs(total - nearest) < 1e-6 else round(total, 6)


def _valence(name: str, conventions: Conventions) -> int:
    """Return the valence of a metal, or of an alloy whose metals all have the same."""
    known = {symbol: conventions.valence(symbol) for symbol in (name, *name.split("+"))}
    if (asked := known.pop(name)) is not None:
        return asked
    values = set(known.values())
    if len(values) == 1 and (value := values.pop()) is not None:
        return value
    if "+" in name and None not in values:
        raise UnknownComposition(
            f"the metals of ({name.replace('+', '')}) give different numbers of electrons, "
            "so their ratio must be known\n  write it, as in Au12Ag32"
        )
    raise UnknownComposition(
        f"no default number of valence electrons for {name}\n"
        f"  set it: --valence {name}=1, or Conventions(valences={{'{name}': 1}})"
    )


def _asked_charge(ligand: Ligand, conventions: Conventions) -> int | None:
    """Return what the user said `ligand` takes, under any of its names."""
    names = {alias_key(name) for name in (ligand.name, *ligand.aliases)}
    for name, charge in conventions.ligand_charges.items():
        if alias_key(name) in names:
            return charge
    return None


def _charge_taken(ligand: Ligand, conventions: Conventions) -> int:
    asked = _asked_charge(ligand, conventions)
    charge = ligand.charge_taken if asked is None else asked
    if charge is None:
        raise UnknownComposition(
            f"the electrons that ligand {ligand.name} takes are not known\n"
            f"  set them: --takes {ligand.name}=1, "
            f"or Conventions(ligand_charges={{'{ligand.name}': 1}})"
        )
    return charge


def _hydride_gives(cluster: Cluster, conventions: Conventions) -> bool:
    """Whether H counts as a metal that gives one electron."""
    if conventions.hydride != "host":
        return conventions.hydride == "gives"
    metals = cluster.metals
    return metals.get("Au", 0) > metals.get("Cu", 0) + metals.get("Ag", 0)


def _adduct_charge(adduct: Adduct, conventions: Conventions) -> int:
    """Return the charge one adduct brings: H is a proton, a metal its usual cation."""
    if set(dict(adduct.elements)) <= {"H", "D"} and adduct.name in {"H", "D"}:
        return 1
    if (valence := conventions.valence(adduct.name)) is not None:
        return valence
    meanings = default_library().meanings(adduct.name)
    if not meanings or meanings[0].charge_taken is None:
        raise UnknownComposition(
            f"the charge of the adduct {adduct.name} is not known\n"
            f"  set it: --valence {adduct.name}=1"
        )
    return -meanings[0].charge_taken


def rule_notes(cluster: Cluster, conventions: Conventions) -> tuple[str, ...]:
    """Say which rules with a choice were applied."""
    notes = []
    if any(ligand.kind == "hydride" for ligand in cluster.ligands):
        asked = conventions.hydride != "host"
        why = "as asked" if asked else _host_reason(cluster)
        does = "gives" if _hydride_gives(cluster, conventions) else "takes"
        notes.append(f"each hydride {does} one electron ({why})")
    if cluster.adducts:
        notes.append(
            "adducts bring their own charge (H+, Na+, ...): an added cation or a lost "
            "proton leaves the count as it was"
        )
    if cluster.companions:
        notes.append("counter-ions and solvent are not counted")
    return tuple(notes)


def _host_reason(cluster: Cluster) -> str:
    metals = cluster.metals
    if metals.get("Au", 0) > metals.get("Cu", 0) + metals.get("Ag", 0):
        return "default on gold kernels, 10.1021/acs.chemmater.7b00776; --hydride takes changes it"
    return "default where gold does not prevail; --hydride gives changes it"


def readings(total: Number) -> tuple[str, ...]:
    """Return the superatomic molecules that have this number of electrons."""
    return tuple(
        f"{row['electrons']} electrons may also be read as {row['reading']}, "
        f"as in {row['example']}; the count alone cannot tell"
        for row in table_rows("superatomic_molecules.csv")
        if int(row["electrons"]) == total
    )


def rule_warnings(cluster: Cluster, conventions: Conventions) -> tuple[str, ...]:
    """Say where a default may not be what the compound has."""
    warnings = [
        f"{metal} counted with {conventions.valence(metal)} electrons; {metal}(I) gives 1 "
        f"(--valence {metal}=1)"
        for metal in _MAIN_GROUP_THREE
        if metal in cluster.metals and metal not in conventions.valences
    ]
    if cluster.metals and not cluster.ligands and not cluster.host:
        warnings.append(
            "no ligands in the formula: if it stands for a protected cluster, what its "
            "ligands take is not counted"
        )
    if cluster.host:
        warnings.append(f"electrons taken by the host {cluster.host} are not counted")
    if cluster.polymeric:
        warnings.append("the formula is the repeat unit of a polymer; the count is per unit")
    return tuple(warnings)


def number_warnings(total: Number) -> tuple[str, ...]:
    """Say what is unusual about the number itself."""
    if not isinstance(total, int):
        return ("not a whole number: an average composition has no electron configuration",)
    warnings = []
    if total % 2:
        warnings.append(
            "odd count: a radical, a charge that was lost, or a complex to which the rule "
            "does not apply"
        )
    if total == 0:
        warnings.append("no free electrons: a complex of oxidised metals, not a superatom")
    if total < 0:
        warnings.append(
            "negative count: the ligands take more than the metals give; check the formula, "
            "the charge and the hydride rule"
        )
    if total > levels()[-1].cumulative:
        warnings.append(f"no level order known beyond {levels()[-1].cumulative} electrons")
    return tuple(warnings)


def sum_text(terms: tuple[ElectronTerm, ...]) -> str:
    """Write terms as a sum, leaving out those that are zero by nature."""
    pieces = []
    for term in terms:
        if not term.electrons:
            continue
        sign = "-" if term.electrons < 0 else "+"
        if term.kind == "charge":
            pieces.append(f"{sign} {abs(term.each)} ({_charge_label(-term.each)})")
        else:
            pieces.append(f"{sign} {abs(term.count)} x {abs(term.each)} ({term.name})")
    return " ".join(pieces).removeprefix("+ ") or "0"


def _charge_label(charge: int) -> str:
    return f"charge {abs(charge)}{'-' if charge < 0 else '+'}"
