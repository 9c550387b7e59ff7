"""Which column of a table is m/z and which is intensity, and whose decimal sign is which."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "DecimalSign",
    "choose_columns",
    "columns_in_words",
    "decimal_sign",
    "polarity_of",
    "to_number",
]

DecimalSign = str  #: '.' or ','

_MZ = re.compile(
    r"^(m\s*/\s*[zq]|m\s*\.?\s*z|mz|mass(es)?|masse|mass\W*(to\W*)?charge.*|centroid.*mass.*"
    r"|x|x\W*(daltons|da|th|values?)|m\s*over\s*z|daltons?|thomsons?|th|da|amu|centroid)\b"
    r"(?!\s*(defect|error|accuracy))",
    re.IGNORECASE,
)
_INTENSITY = re.compile(
    r"^(abs\w*\W*|rel\w*\W*|norm\w*\W*|total\W*|ion\W*)*"
    r"(int(\b|ens)|intensit|abundance|counts?\b|cps\b|signal|height|area|i\b|y\b|y\W*(counts|values?)|%)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?([eE][+-]?\d+)?$")


def choose_columns(names: Sequence[str]) -> tuple[int, int] | None:
    """Return the indices of the m/z and the intensity column, or None if names do not tell.

    The first column that matches is taken, so an absolute intensity that stands before a
    relative one wins.

    Examples
    --------
    >>> choose_columns(["#", "m/z (Da)", "Res.", "Intensity [counts]", "Rel. int. (%)"])
    (1, 3)
    >>> choose_columns(["a", "b"]) is None
    True
    """
    clean = [name.strip().strip("\"'#[]() ").strip() for name in names]
    mz = next((i for i, name in enumerate(clean) if _MZ.match(name)), None)
    intensity = next(
        (i for i, name in enumerate(clean) if i != mz and _INTENSITY.match(name)), None
    )
    if mz is None and intensity is not None and len(clean) == 2:
        mz = 1 - intensity
    if intensity is None and mz is not None and len(clean) == 2:
        intensity = 1 - mz
    return None if mz is None or intensity is None else (mz, intensity)


def columns_in_words(line: str) -> tuple[int, int] | None:
    """Return the order of m/z and intensity in a header of two columns without delimiters.

    Examples
    --------
    >>> columns_in_words("Intensity (a.u.) m/z"), columns_in_words("m/z [Th] counts")
    ((1, 0), (0, 1))
    """
    words = line.split()
    mz = next((i for i, word in enumerate(words) if _MZ.match(word)), None)
    intensity = next(
        (i for i, word in enumerate(words) if i != mz and _INTENSITY.match(word)), None
    )
    if mz is None or intensity is None:
        return None
    return (0, 1) if mz < intensity else (1, 0)


def decimal_sign(fields: Sequence[str]) -> DecimalSign:
    """Return the decimal sign that number fields of one table use.

    A field with both signs tells by its last one; otherwise a point anywhere means that
    commas group thousands; otherwise a comma is the decimal sign.

    Examples
    --------
    >>> decimal_sign(["1234,56", "10"]), decimal_sign(["1.234,5"]), decimal_sign(["1,234.5", "7"])
    (',', ',', '.')
    """
    comma = point = 0
    for field in fields:
        last_comma, last_point = field.rfind(","), field.rfind(".")
        if last_comma >= 0 and last_point >= 0:
            return "," if last_comma > last_point else "."
        comma += last_comma >= 0
        point += last_point >= 0
    return "," if comma and not point else "."


def to_number(field: str, sign: DecimalSign) -> float:
    """Return the number a field holds.

    Raises
    ------
    ValueError
        If it is no number.

    Examples
    --------
    >>> to_number(" 1.234,5 ", ","), to_number("1,234.5", "."), to_number("85 %", ".")
    (1234.5, 1234.5, 85.0)
    """
    text = field.strip().strip("\"'").removesuffix("%").strip().replace("\N{MINUS SIGN}", "-")
    if sign == ",":
        text = text.replace(".", "").replace(",", ".")
    elif _THOUSANDS.match(text):
        text = text.replace(",", "")
    if "_" in text:
        raise ValueError(f"{field!r} is no number")
    return float(text)


def polarity_of(text: str) -> int:
    """Return the polarity that words of a header name: 1, -1, or 0 if they do not.

    Examples
    --------
    >>> polarity_of("ESI negative mode"), polarity_of("FTMS + p ESI Full ms"), polarity_of("m/z")
    (-1, 1, 0)
    """
    found = set()
    if re.search(r"\bneg(ative)?\b|\bESI\s*-|MS\s+-\s+[pc]\b|\bES-", text, re.IGNORECASE):
        found.add(-1)
    if re.search(r"\bpos(itive)?\b|\bESI\s*\+|MS\s+\+\s+[pc]\b|\bES\+", text, re.IGNORECASE):
        found.add(1)
    return found.pop() if len(found) == 1 else 0
