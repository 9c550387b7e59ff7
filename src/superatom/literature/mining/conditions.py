"""Under what conditions a value was reached: 'potential: -0.57 V; electrolyte: 0.1 M HCl'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from superatom.literature.mining.bearers import Sentence
from superatom.literature.mining.choices import Choice
from superatom.literature.mining.quantities import Quantity

__all__ = ["Setting", "conditions_near", "keys_for", "settings_in"]

#: Units of conditions, the key they are told under, and the categories they matter for.
_KEYS = (
    (re.compile(r"m?V(?: vs .*)?"), "potential"),
    (re.compile(r"m?A cm\^-2"), "current density"),
    (re.compile(r"m?M|mol L\^-1"), "electrolyte"),
    (re.compile(r"degC|K"), "temperature"),
    (re.compile(r"rpm"), "rotation"),
    (re.compile(r"h|min"), "time"),
    (re.compile(r"nm"), "wavelength"),
    (re.compile(r"k?bar|atm|M?Pa"), "pressure"),
    (re.compile(r"mol%"), "loading"),
)
_ALWAYS = {"electrolyte", "rotation", "pressure", "loading"}
_BY_LIGHT = frozenset({"wavelength", "temperature"})
_ALL = frozenset(
    {key for _, key in _KEYS}
    | {"overpotential", "potential range", "excitation", "light", "substrate"}
)
_POTENTIALS = frozenset(
    {"onset potential", "half-wave potential", "overpotential", "cell voltage"}
    | {"overpotential change", "valence band maximum", "conduction band minimum"}
)
_TURN = re.compile(r"\b(?:while|whereas|but)\b|;")
_SET = re.compile(
    r"(?:\b(?:at|under|to reach|to achieve|to deliver|to drive|from|for|after|reaching)\b|@|=)"
    r"\s*(?:(?:an?|the|applied|constant|potentials?|overpotentials?|current density|voltage|cell"
    r"|temperature|low|high|very|only|same|given|of|around|about|~|η|=|E|window|range"
    r"|ranging from|from)\s*)*$"
)
_OVER = re.compile(r"(?:overpotentials?|η)[^.;,]{0,20}$")
_SPECIES = re.compile(
    r"\s*(?:\(?aq\.?\)?\s*)?(?:of\s+)?(?P<name>[A-Z][A-Za-z0-9]*(?:\([A-Za-z0-9]+\)\d?)*"
    r"|(?:[a-z]+\s)?[a-z]+(?:ic acid|ide|ate|anol|ite)\b|phosphate buffer|PBS)"
)
_EXCITED = re.compile(r"excit\w*[^.;]{0,30}$", re.I)
_LIGHT = re.compile(
    r"\b(?:visible|ultraviolet|UV|purple|violet|blue|green|red|white|solar|sun|simulated solar"
    r"|near-infrared|NIR)[\s-]?(?:light|LEDs?|irradiation|illumination)|\b(?:UV[\s-]|blue\s|white\s)?LEDs?\b"
    r"|\b(?:simulated\s+)?sunlight|\b(?:Xe|xenon|Hg|mercury)\s(?:arc\s)?lamp|\bAM\s?1\.5\s?G?\b"
)
_SUBSTRATE = re.compile(
    r"\b(?:reduction|oxidation|hydrogenation|hydrosilylation|cycli[sz]ation|degradation|hydrolysis"
    r"|conversion|dehydrogenation|epoxidation|transformation)\s+of\s+(?:the\s+)?"
    r"(?P<name>(?:\w+\s)?[\w,'()-]*(?:ol|one|hyde|ene|yne|ane|amine|amide|ine|acid|ether|ester"
    r"|nitrile|ides?|dye|blue|orange|red))s?\b(?!\s*(?:NCs|clusters))"
)
_MOST = 4


@dataclass(frozen=True, slots=True)
class Setting:
    """A condition of an experiment.

    Attributes
    ----------
    at : int
        Place in the passage.
    key : str
        'potential', 'electrolyte', 'light', ...
    texts : tuple[str, ...]
        What is told; one text for each number of a list.
    """

    at: int
    key: str
    texts: tuple[str, ...]


def settings_in(
    lists: list[list[Quantity]], chosen: list[Choice | None], sentence: Sentence
) -> list[Setting]:
    """Return the conditions a sentence tells, in numbers and in words."""
    found = [*_light(sentence), *_substrates(sentence)]
    for group, choice in zip(lists, chosen, strict=True):
        setting = _setting(group, sentence) if choice is None else None
        if setting is not None:
            found.append(setting)
    return found


def _setting(group: list[Quantity], sentence: Sentence) -> Setting | None:
    first = group[0]
    key = next((name for unit, name in _KEYS if unit.fullmatch(first.unit)), "")
    before = sentence.between(max(sentence.start, first.at[0] - 60), first.at[0])
    if not key or not (key in _ALWAYS or _SET.search(before)):
        return None
    if key == "potential" and _OVER.search(before):
        key = "overpotential"
    if key == "wavelength" and _EXCITED.search(before):
        key = "excitation"
    if key == "potential" and any(_is_range(q) for q in group):
        key = "potential range"
    tail = ""
    if key == "electrolyte":
        named = _SPECIES.match(sentence.between(group[-1].at[1], group[-1].at[1] + 40))
        tail = f" {named['name']}" if named else ""
    return Setting(first.at[0], key, tuple(f"{q.value} {q.unit}{tail}" for q in group))


def _is_range(quantity: Quantity) -> bool:
    return "-" in quantity.value[1:].replace("e-", "e")


def keys_for(category: str, property: str) -> frozenset[str]:
    """Return the conditions that matter for a property.

    Structures have none, spectra few, and what is a potential itself is not told at one.
    """
    if category == "optical":
        return _BY_LIGHT | {"excitation"}
    if category != "catalysis":
        return frozenset({"temperature"})
    own = {"potential", "potential range", "overpotential"} if property in _POTENTIALS else set()
    own |= {"current density"} if property.endswith("current density") else set()
    own |= {"loading"} if property == "catalyst loading" else set()
    return _ALL - own


def _other_clause(setting: Setting, place: int, sentence: Sentence) -> bool:
    """Whether a clause on something else begins between a value and a setting."""
    between = sentence.between(min(setting.at, place), max(setting.at, place))
    return setting.key not in _ALWAYS | {"light"} and bool(_TURN.search(between))


def _light(sentence: Sentence) -> Iterator[Setting]:
    if match := _LIGHT.search(sentence.text):
        yield Setting(sentence.start + match.start(), "light", (" ".join(match[0].split()),))


def _substrates(sentence: Sentence) -> Iterator[Setting]:
    for match in _SUBSTRATE.finditer(sentence.text):
        yield Setting(
            sentence.start + match.start(), "substrate", (" ".join(match["name"].split()),)
        )


def conditions_near(
    settings: tuple[Setting, ...],
    sentence: Sentence,
    quantity: Quantity,
    allowed: frozenset[str],
) -> tuple[str, ...]:
    """Return the conditions of a value, 'key: value', the nearest of each key.

    Parameters
    ----------
    settings : tuple[Setting, ...]
        Of the sentence.
    sentence : Sentence
        The sentence. To '90 and 92 % at -0.9 and -1.0 V, respectively' belongs one
        potential each.
    quantity : Quantity
        The value.
    allowed : frozenset[str]
        Keys that matter for its property, see `keys_for`.
    """
    place, index, size = quantity.at[0], quantity.index, quantity.size
    listed = "respectively" in sentence.text
    nearest: dict[tuple[str, ...], Setting] = {}
    for setting in sorted(settings, key=lambda s: abs(s.at - place)):
        several = setting.texts if setting.key == "electrolyte" else ()
        if setting.key in allowed and not _other_clause(setting, place, sentence):
            nearest.setdefault((setting.key, *several), setting)
    kept = sorted(list(nearest.values())[:_MOST], key=lambda s: s.at)
    told = []
    for setting in kept:
        paired = listed and size > 1 and len(setting.texts) == size
        texts = (setting.texts[index],) if paired else setting.texts
        told.append(f"{setting.key}: {', '.join(texts)}")
    return tuple(told)
