"""The charge of a cluster: printed, implied by its counter-ions, or with a lost sign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Expression
from superatom.composition.parts import Companion, Layer, LigandPart
from superatom.errors import SuperatomError

__all__ = ["PrintedCharge", "implied_charge", "read_charge", "sign_of_charge"]

#: More than this is no charge of a cluster ion but a misprint of the number of ions.
_LARGEST_CHARGE = 12
_CHARGE = re.compile(r"(\d{1,2})([+-])|([+-])(\d{0,2})")
_SIGNS = re.compile(r"\+{2,4}|-{2,4}")
_OPEN = re.compile(r"[qnzx][+-]?")
_RADICAL = re.compile(r"[*•·.]+")


@dataclass(frozen=True, slots=True)
class PrintedCharge:
    """What stood above the line behind a formula.

    Attributes
    ----------
    value : int, Expression or None
        The charge; an expression in 'q' if left open, in 'sign' if its sign was lost.
    note : str
        What was guessed.
    is_power : bool
        Whether it is an exponent (the bracket is a concentration), not a charge.
    """

    value: int | Expression | None
    note: str = ""
    is_power: bool = False


def read_charge(text: str, bracketed: bool) -> PrintedCharge:
    """Return the charge that `text`, printed above the line, stands for."""
    text = _RADICAL.sub("", text) or text
    if match := _CHARGE.fullmatch(text):
        size = int(match[1] or match[4] or 1)
        return PrintedCharge(size if "+" in (match[2] or match[3]) else -size)
    if _SIGNS.fullmatch(text):
        return PrintedCharge(len(text) if text[0] == "+" else -len(text))
    if text == "0":
        return PrintedCharge(0)
    if _OPEN.fullmatch(text):
        factor = -1 if text.endswith("-") else 1
        return PrintedCharge(Expression(0, ((text[0], factor),)))
    if re.fullmatch(r"\d+/\d+", text):
        return PrintedCharge(None, f"'{text}' above the line is a power, not a charge", True)
    if bracketed and re.fullmatch(r"\d{1,2}", text) and int(text) <= _LARGEST_CHARGE:
        return PrintedCharge(Expression(int(text), (("sign", 1),)))
    return PrintedCharge(None, f"'{text}' above the line taken for a citation or label")


def implied_charge(
    layers: tuple[Layer, ...],
    printed: int | Expression | None,
    companions: list[Companion],
    notes: list[str],
) -> tuple[list[Companion], int | None]:
    """Return the counter-ions, misprinted numbers mended, and the charge they imply.

    A bare core without ligands is a short name, not the molecule: its counter-ions say
    nothing about the charge of what is written.
    """
    if not any(c.charge for c in companions):
        return companions, None
    mended = [_mended(c, notes) if printed is None else c for c in companions]
    total = sum(c.charge * c.count for c in mended if isinstance(c.count, int))
    has_ligands = any(isinstance(part, LigandPart) for layer in layers for part in layer)
    if printed is not None:
        if isinstance(printed, int) and printed != -total and all(c.count == 1 for c in mended):
            return _counted(mended, printed, notes), None
        return mended, None
    if not has_ligands:
        notes.append("charge not taken from the counter-ions: only the core is written")
        return mended, None
    notes.append(f"charge {_signed(-total)} implied by the counter-ions")
    return mended, -total


def _counted(companions: list[Companion], charge: int, notes: list[str]) -> list[Companion]:
    """Return companions as printed; say so if they do not neutralise the printed charge."""
    total = sum(c.charge for c in companions)
    notes.append(
        f"not neutral: the counter-ions printed carry {_signed(total)}, "
        f"the cluster {_signed(charge)}"
    )
    return companions


def _mended(companion: Companion, notes: list[str]) -> Companion:
    """Take a doubled digit for one: 22 tetraphenylphosphonium ions are 2."""
    count = companion.count
    if not isinstance(count, int) or abs(companion.charge * count) <= _LARGEST_CHARGE:
        return companion
    digits = str(count)
    if len(digits) == 2 and digits[0] == digits[1]:
        notes.append(f"{count} {companion.name} read as {digits[0]}: a digit printed twice")
        return Companion(companion.ligand, int(digits[0]), companion.printed)
    return companion


def sign_of_charge(layers: tuple[Layer, ...], size: int, notes: list[str]) -> int | None:
    """Return the charge of known size whose sign was lost; None if both signs could be.

    The sign is the one that leaves a possible number of free electrons: not negative,
    and a closed shell if only one of the two closes one.
    """
    from superatom.composition.electrons import count_electrons

    counts: dict[int, tuple[bool, float]] = {}
    for charge in (-size, size):
        try:
            count = count_electrons(Cluster(layers=layers, charge=charge))
        except SuperatomError:
            break
        if count.total >= 0:
            counts[charge] = (count.closes_shell or count.total == 0, count.total)
    best = _only(counts) or _only(q for q, (closed, _) in counts.items() if closed)
    if best is None:
        notes.append(f"charge printed as {size} without a sign: left unknown")
        return None
    notes.append(
        f"charge printed as {size} without a sign, read as {_signed(best)}: "
        f"it leaves {counts[best][1]} free electrons"
    )
    return best


def _only(candidates: Iterable[int]) -> int | None:
    found = list(candidates)
    return found[0] if len(found) == 1 else None


def _signed(charge: int) -> str:
    return f"{abs(charge)}{'+' if charge > 0 else '-' if charge < 0 else ''}"
