"""Synthesis steps told in a sentence: temperature, time, solvent, reductant, pH, yield."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from superatom.literature.mining.bearers import Sentence, listed_with, turns_to_others
from superatom.literature.mining.mentions import Mention, frame
from superatom.literature.mining.phrases import find_substances
from superatom.literature.mining.quantities import Quantity, find_quantities
from superatom.literature.mining.text import Passage

__all__ = ["Step", "steps_in"]

_MADE = re.compile(
    r"\b(?:synthesi[sz]\w*|prepar(?:ed|ation|ing)|obtain(?:ed|ing)?|produc(?:ed|tion|ing)|yield(?:ed|ing)"
    r"|isolated|convert(?:ed|s|ing)?|transform(?:ed|s|ation|ing)?|react(?:ed|ing|ion|s)|etch(?:ed|ing)?"
    r"|incubat\w+|heat(?:ed|ing)?|stirr(?:ed|ing)|form(?:ed|ation|s)|fabricat\w+|generated|reduc(?:ed"
    r"|ing|tion|tant)|solvent|ligand exchange|added|dissolved|LEIST|size focusing|thermal"
    r"|aged|ageing)\b",
    re.I,
)
_USED = re.compile(
    r"\bcataly|electro(?:cataly|lyte|de)|photo(?:cataly|lumin)|\bORR\b|\bHER\b|\bOER\b|\bFE\b"
    r"|current|potential|substrate|emission|emit|stability|\bstable (?:for|in|over|under|up)\b"
    r"|absor(?:b|p)|spectr|coupling|cycloaddition"
    r"|durab|lifetime|nitrophenol|conversion|TOF|colou?rless|kinetic|control test",
    re.I,
)
_TO = re.compile(
    r"\b(?:into|to|gives?|gave|giving|yield(?:ed|ing|s)?|produc(?:e|ed|ing)|form(?:ed|ing|s)?"
    r"|afford(?:ed|ing)?|obtain(?:ed)?|generat(?:e|ed|ing)|towards?)\b[^,;.]{0,40}$"
)
_MADE_OF = re.compile(
    r"\b(?:synthes[ie][sz]\w*|preparation|formation|production|isolation|synthesi[sz]ed|prepared|obtained|made"
    r"|isolated|reported)\s+(?:of\s+)?(?:(?:the|an?|pure|atomically precise|monodisperse|new)\s+)*"
    r"(?:[\w-]+\s+){0,3}$",
    re.I,
)
_FROM = re.compile(r"\b(?:from|using|reacting|with|of|by)\b[^,;.]{0,25}$")
_MADE_FROM = re.compile(r"\bfrom\b[^,;.]{0,25}$")
_TIME = re.compile(
    r"(?:\b(?:for|within|after|over|in|during|lasted?|about|~|up to|another|takes?)\s*"
    r"(?:only|about|ca\.?|the|first|a|next|~)?\s*)$",
    re.I,
)
_PH = re.compile(
    r"\bpH\s*(?:value\s*)?(?P<lead>(?:of|to|at|is|was|=|~|>|<|≥|≤|above|below|around|about|\s)*)"
    r"(?P<value>\d+(?:\.\d+)?)(?:\s?(?:-|to)\s?(?P<high>\d+(?:\.\d+)?))?"
)
_AS_SOLVENT = re.compile(r"\s*(?:solution\s*)?(?:\(?as\s+(?:the\s+|a\s+)?)?(?:co-?)?solvents?\b")
_IN = re.compile(
    r"\b(?:in|solvent(?:s)?(?:\s*(?:is|was|of|such as|:))?)\s+(?:an?\s+|the\s+|pure\s+)?"
    r"(?:mixture of\s+)?$|solvents?\s*\((?:e\.g\.|i\.e\.|such as|like)?,?\s*$"
)
_REDUCED = re.compile(r"\b(?:reduc\w+|reductant)\b", re.I)
_AGENT = re.compile(
    r"\s*(?:complex\s+)?(?:\([^()]*\)\s*)?(?:was\s+|is\s+)?"
    r"(?:(?:used|added|introduced|employed|chosen)\s+)?(?:both\s+)?(?:as\s+(?:the\s+|a\s+)?)?(?:second\s+)?"
    r"(?:mild\s+|strong\s+|weak\s+)?(?:reduc(?:ing|tion|tant|ed)|-?reduction)",
    re.I,
)
_ADDED = re.compile(
    r"\b(?:addition of|adding|dropwise|treat\w+ with)\s+"
    r"(?:(?:the|an?|fresh(?:ly)?|prepared|aqueous|ice-cold|cold|of|solid|excess)\s+)*$",
    re.I,
)
_THEN_ADDED = re.compile(
    r"\s+(?:solution\s+)?(?:was|were)\s+(?:then\s+|quickly\s+)?"
    r"(?:added|introduced|injected)"
)
_AS_LIGAND = re.compile(
    r"\b[Uu]sing\s+(?P<name>[\w,'\[\]-]+(?:\s[a-z][\w-]*)?)\s*(?:\([^()]{1,20}\)\s*)?as\s+(?:an?|the)\s+"
    r"(?:\w+\s+)?ligands?\b"
)
_USING = re.compile(r"\busing\s+(?:(?:gaseous|aqueous|excess|fresh|ice-cold|solid)\s+)?$")
_BY = re.compile(
    r"\breduc\w+\b[^.;]{0,60}\b(?:with|by|using|of)\s+(?:the\s+|an?\s+|aqueous\s+|excess\s+)?$",
    re.I,
)
_WAS_MADE = re.compile(
    r"\s*(?:NCs?|nanoclusters?|clusters?)?\s*(?:\([^()]{0,60}\)\s*)?(?:was|were|is|are|can be"
    r"|could be)\s+(?:synthesi[sz]ed|prepared|obtained|produced|made|isolated"
    r"|formed)\b"
)
#: 'The as-synthesized ... NCs (', where the formula of the product follows.
_INTRODUCED = re.compile(
    r"\b(?:[Tt]he|[Tt]hese|[Tt]hus)\b[^;]{0,12}(?:as-\w+|result\w+|obtain\w+|form\w+|mixed|product|final|prepared"
    r"|synthesi[sz]ed)[^;]*\b(?:NCs?|nanoclusters?|clusters?)\b[^;]*\(\s*~?\s*$"
)
_METAL = re.compile(r"\b(?:Au|Ag|Cu|[Gg]old|[Ss]ilver|[Cc]opper)(?=\b|\d|\()")
_SYMBOL_OF = {"gold": "Au", "silver": "Ag", "copper": "Cu", "Gold": "Au", "Silver": "Ag"}
_NEW_WORK = re.compile(r"\bet al\b|co-?workers")
_AHEAD = 3  # sentences one reads on for the formula
_SMALLEST = 3
_SIZES = {"h", "min", "d", "week", "weeks", "s", "day"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing told about how a cluster is made.

    Attributes
    ----------
    property : str
        'temperature', 'time', 'pH', 'solvent' or 'reductant'.
    comparator, value, unit : str
        As in a fact.
    at : tuple[int, int]
        Place in the passage.
    mentions : tuple[Mention, ...]
        The product.
    rule : str
        What told it.
    """

    property: str
    comparator: str
    value: str
    unit: str
    at: tuple[int, int]
    mentions: tuple[Mention, ...]
    rule: str


def steps_in(
    passage: Passage,
    sentence: Sentence,
    before: list[Sentence],
    after: Sequence[Sentence] = (),
) -> Iterator[Step]:
    """Yield the synthesis steps of a sentence that tells how a cluster is made.

    A product that is called by its formula only in a sentence `after` is found there.
    """
    if not _MADE.search(sentence.text):
        return
    product, rule = _product(sentence, before)
    if product is None and not sentence.mentions:
        product, rule = _named_after(sentence, after)
    if product is None:
        return
    products = listed_with(product, sentence) if product in sentence.mentions else (product,)
    taken = sentence.taken
    for quantity in find_quantities(passage, sentence.start, sentence.end, taken):
        if _is_use(sentence, *quantity.at):
            continue
        name = _name(quantity, sentence) or _amount(quantity, passage)
        if name:
            yield Step(
                name,
                quantity.comparator,
                quantity.value,
                quantity.unit,
                quantity.at,
                products,
                f"synthesis {name}; {rule}",
            )
    for match in _PH.finditer(sentence.text):
        value = f"{match['value']}-{match['high']}" if match["high"] else match["value"]
        sign = next((s for s in (">", "<") if s in match["lead"]), "=")
        sign = ">" if "above" in match["lead"] else "<" if "below" in match["lead"] else sign
        place = (sentence.start + match.start(), sentence.start + match.end())
        yield Step("pH", sign, value, "pH", place, products, f"synthesis pH; {rule}")
    for match in _AS_LIGAND.finditer(sentence.text):
        place = (sentence.start + match.start("name"), sentence.start + match.end("name"))
        yield Step("ligand", "=", match["name"], "", place, products, f"used as ligand; {rule}")
    yield from _substances(passage, sentence, products, rule)


def _is_use(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the words around a place speak of using the cluster, not of making it."""
    return bool(_USED.search(sentence.between(start - 50, end + 30)))


def _amount(quantity: Quantity, passage: Passage) -> str:
    if quantity.unit not in {"equiv", "eq"}:
        return ""
    behind = re.compile(r"\.?\s*(?:of\s+)?").match(passage.text, quantity.at[1])
    at = behind.end() if behind else quantity.at[1]
    named = list(find_substances("reductant", passage.text, at, at + 40))
    return "reductant amount" if named and named[0][0] == at else ""


def _name(quantity: Quantity, sentence: Sentence) -> str:
    before = sentence.between(max(sentence.start, quantity.at[0] - 30), quantity.at[0])
    if quantity.unit in {"degC", "K"} and quantity.size == 1:
        return "temperature" if quantity.unit == "degC" or "at " in before else ""
    behind = sentence.between(quantity.at[1], quantity.at[1] + 14)
    if quantity.unit in _SIZES and (
        _TIME.search(before) or re.match(r"\s+(?:at|of|under)\b", behind)
    ):
        return "time"
    return ""


def _substances(
    passage: Passage, sentence: Sentence, products: tuple[Mention, ...], rule: str
) -> Iterator[Step]:
    last = -1
    for start, end, name in find_substances("solvent", passage.text, sentence.start, sentence.end):
        left = sentence.between(max(sentence.start, start - 40), start)
        if _is_use(sentence, start, end):
            continue
        mixed = last >= 0 and re.fullmatch(r"\s*(?:and|or|/|,|:|-)\s*", passage.text[last:start])
        if mixed or _IN.search(left) or _AS_SOLVENT.match(passage.text, end):
            last = end
            yield Step("solvent", "=", name, "", (start, end), products, f"solvent; {rule}")
    named = rule == "product in the sentence"
    if not (_REDUCED.search(sentence.text) or named):
        return
    for start, end, name in find_substances(
        "reductant", passage.text, sentence.start, sentence.end
    ):
        left = sentence.between(max(sentence.start, start - 90), start)
        told = _BY.search(left) or _USING.search(left) or _AGENT.match(passage.text, end)
        added = _ADDED.search(left) or _THEN_ADDED.match(passage.text, end)
        if (told and _REDUCED.search(sentence.text)) or (added and named):
            yield Step("reductant", "=", name, "", (start, end), products, f"reductant; {rule}")


def _product(sentence: Sentence, before: list[Sentence]) -> tuple[Mention | None, str]:
    """Return the cluster that is made."""
    mentions = [m for m in sentence.mentions if _is_cluster(m)]
    made = [m for m in mentions if _made(sentence, m)]
    if made:
        return made[0], "product in the sentence"
    others = [m for m in mentions if not _FROM.search(sentence.between(sentence.start, m.at[0]))]
    if others:
        return others[0], "first cluster of the sentence"
    if mentions or turns_to_others(sentence):
        return None, ""
    for earlier in reversed(before[-4:]):
        if turns_to_others(earlier):
            break
        if earlier.mentions and _MADE.search(earlier.text):
            product, _ = _product(earlier, [])
            return product, "product of the sentence before"
    return None, ""


def _named_after(sentence: Sentence, after: Sequence[Sentence]) -> tuple[Mention | None, str]:
    """Return the cluster whose formula follows: 'Ag ions are reduced ... The NCs (Ag75(SG)40)'."""
    symbols = {_SYMBOL_OF.get(word, word) for word in _METAL.findall(sentence.text)}
    for later in after[:_AHEAD]:
        if _NEW_WORK.search(later.text) and not later.mentions:
            continue
        for mention in later.mentions:
            bracket = "(" if mention.printed.startswith("(") else ""
            said = later.between(later.start, mention.at[0]) + bracket
            metals = {symbol for symbol, _ in frame(mention.cluster)}
            if _INTRODUCED.search(said) and metals & symbols and _is_cluster(mention):
                return mention, "product named in a sentence after"
        if later.mentions:
            break
    return None, ""


def _made(sentence: Sentence, mention: Mention) -> bool:
    before = sentence.between(sentence.start, mention.at[0])
    behind = sentence.between(mention.at[1], mention.at[1] + 100)
    told = (_TO.search(before) or _MADE_OF.search(before)) and not _MADE_FROM.search(before)
    return bool(told or _WAS_MADE.match(behind))


def _is_cluster(mention: Mention) -> bool:
    """Whether a mention has three metal atoms or more, unlike a precursor."""
    counts = [count for _, count in frame(mention.cluster)]
    return not all(count.isdigit() for count in counts) or sum(map(int, counts)) >= _SMALLEST
