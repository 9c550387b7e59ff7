"""Mining a paper: from its file to candidate facts for a person to review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from superatom.literature.mining.bearers import Bearer, Sentence, sentence_of
from superatom.literature.mining.cells import CellFact, facts_of_tables
from superatom.literature.mining.conditions import conditions_near, keys_for
from superatom.literature.mining.definitions import Definition, find_definitions, linked
from superatom.literature.mining.dopants import dopants_in
from superatom.literature.mining.facts import Statement, statements_in
from superatom.literature.mining.labels import find_labels, labelled
from superatom.literature.mining.mentions import Mention, find_mentions
from superatom.literature.mining.phrases import find_reactions
from superatom.literature.mining.relations import ligands_of, precursors_in
from superatom.literature.mining.sentences import sentences
from superatom.literature.mining.structures import structures_in
from superatom.literature.mining.symmetries import symmetries_in
from superatom.literature.mining.synthesis import Step, steps_in
from superatom.literature.mining.text import Manuscript, Passage, read_manuscript
from superatom.literature.properties import recognise
from superatom.literature.records import Document, Fact, Source, candidate
from superatom.provenance import Provenance, stamp, version

__all__ = ["EXTRACTOR", "Extractor", "Mined", "mine", "mine_manuscript"]

EXTRACTOR = "rules"
_READ = {"paragraph", "caption"}
#: Properties told for the reaction last named, also some paragraphs before.
_OF_A_REACTION = frozenset(
    {
        "Faradaic efficiency",
        "cumulative Faradaic efficiency",
        "overpotential",
        "onset potential",
        "Tafel slope",
        "current density",
        "half-wave potential",
        "overpotential change",
        "selectivity",
    }
)
#: Reactions that no electrode drives.
_WITHOUT_ELECTRODE = frozenset({"click", "A3", "4-nitrophenol reduction", "COOR"})
_CATEGORIES = {
    "optical": {
        "quantum yield",
        "emission maximum",
        "excitation maximum",
        "absorption maximum",
        "lifetime",
        "photoluminescence enhancement",
        "molar absorptivity",
    },
    "synthesis": {
        "yield",
        "temperature",
        "time",
        "pH",
        "solvent",
        "reductant",
        "reductant amount",
        "precursor",
        "ligand",
        "amount",
    },
    "characterisation": {
        "HOMO-LUMO gap",
        "band gap",
        "valence band maximum",
        "size",
        "ESI-MS m/z",
        "conduction band minimum",
        "molecular mass",
        "XPS binding energy",
        "NMR shift",
        "NMR coupling constant",
        "wavenumber",
        "mass loss",
        "magnetic moment",
        "charge transfer",
    },
    "structure": {
        "bond length",
        "bond angle",
        "superatom electron count",
        "metal atoms",
        "coordination number",
        "dopant coordination",
        "dopant position",
        "kernel",
        "motif",
        "shells",
        "structure",
        "symmetry",
        "chirality",
        "isomerism",
        "coordination mode",
    },
    "stability": {"decomposition temperature"},
}


class Extractor(Protocol):
    """Anything that finds candidates in a paper, such as a language model; none is built in."""

    def __call__(self, manuscript: Manuscript, mentions: tuple[Mention, ...]) -> list[Fact]:
        """Return candidates; their offsets point into the text of the manuscript."""
        ...


@dataclass(frozen=True, slots=True)
class Mined:
    """What was found in a paper.

    Attributes
    ----------
    document : Document
        The paper.
    mentions : tuple[Mention, ...]
        Formulas in the order of the text, short names linked to the whole formula.
    definitions : tuple[Definition, ...]
        Short names and abbreviations the text explains.
    candidates : tuple[Fact, ...]
        Facts that wait for review, with quote, offsets and rule.
    provenance : Provenance
        Version and hash of the text.
    """

    document: Document
    mentions: tuple[Mention, ...]
    definitions: tuple[Definition, ...]
    candidates: tuple[Fact, ...]
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "document": self.document.as_dict(),
            "mentions": [
                {
                    "start": m.start,
                    "end": m.end,
                    "printed": m.printed,
                    "formula": m.normal,
                    "full": m.full,
                    "rule": m.rule,
                }
                for m in self.mentions
            ],
            "definitions": [
                {
                    "name": d.name,
                    "meaning": d.meaning,
                    "kind": d.kind,
                    "start": d.start,
                    "end": d.end,
                    "rule": d.rule,
                }
                for d in self.definitions
            ],
            "candidates": [fact.as_dict() for fact in self.candidates],
            "provenance": self.provenance.as_dict(),
        }


def mine(
    path: str | Path, *, document: Document | None = None, extractor: Extractor | None = None
) -> Mined:
    """Find formulas, definitions and candidate facts in a paper.

    Parameters
    ----------
    path : str or Path
        .md, .txt, .html, .xml or .pdf.
    document : Document, optional
        What the paper is; by default it goes by the name of its file.
    extractor : Extractor, optional
        A second finder whose candidates are added to those of the rules.

    Raises
    ------
    DataFileError
        If the file cannot be read as text.
    MissingExtra
        If a PDF is given and no reader of PDF is installed.
    """
    return mine_manuscript(read_manuscript(path), document=document, extractor=extractor)


def mine_manuscript(
    manuscript: Manuscript, *, document: Document | None = None, extractor: Extractor | None = None
) -> Mined:
    """Find formulas, definitions and candidate facts in a text; see `mine`."""
    paper = document or Document(manuscript.name, citation=manuscript.name)
    found = [list(find_mentions(p, n)) for n, p in enumerate(manuscript.passages)]
    definitions = tuple(
        d
        for p, mentions in zip(manuscript.passages, found, strict=True)
        if p.kind != "reference"
        for d in find_definitions(p, mentions)
    )
    labels = [
        label
        for p, mentions in zip(manuscript.passages, found, strict=True)
        if p.kind not in {"reference", "cell"}
        for label in find_labels(p, mentions)
    ]
    found = labelled(manuscript.passages, found, labels)
    mentions = tuple(linked([m for one in found for m in one], definitions))
    facts = dict.fromkeys(_candidates(manuscript, mentions, definitions, paper))
    if extractor is not None:
        facts.update(dict.fromkeys(extractor(manuscript, mentions)))
    unique = {fact.id: fact for fact in facts}
    return Mined(
        paper,
        mentions,
        definitions,
        tuple(unique.values()),
        stamp("mining by rules", manuscript.text),
    )


def _candidates(
    manuscript: Manuscript,
    mentions: tuple[Mention, ...],
    definitions: tuple[Definition, ...],
    paper: Document,
) -> Iterator[Fact]:
    by_passage: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_passage.setdefault(mention.passage, []).append(mention)
    for cell in facts_of_tables(manuscript.passages, by_passage):
        yield _cell_fact(cell, manuscript, paper)
    before: list[Sentence] = []
    section, reaction, lasting = "", "", ""
    for number, passage in enumerate(manuscript.passages):
        if passage.kind not in _READ:
            continue
        if passage.section != section and passage.kind == "paragraph":
            section, before, lasting = passage.section, [], ""
        if passage.kind == "paragraph":
            reaction = next((name for _, name in find_reactions(section)), "")
        own = list(before) if passage.kind == "paragraph" else []
        told_in = list(_sentences(passage, by_passage.get(number, [])))
        for place, sentence in enumerate(told_in):
            reaction = _last_reaction(sentence) or reaction
            lasting = reaction or lasting
            for statement in statements_in(passage, sentence, own, reaction):
                yield _fact(statement, lasting, passage, manuscript, paper)
            told = [d for d in definitions if _inside(d, passage, sentence)]
            steps = [
                *steps_in(passage, sentence, own, told_in[place + 1 :]),
                *precursors_in(sentence),
                *structures_in(sentence, own),
                *symmetries_in(sentence, own),
                *dopants_in(sentence, own),
                *ligands_of(passage, list(sentence.mentions), told),
            ]
            for step in steps:
                yield _step_fact(step, passage, sentence, manuscript, paper)
            own.append(sentence)
        if passage.kind == "paragraph":
            before = own[-4:]


def _inside(definition: Definition, passage: Passage, sentence: Sentence) -> bool:
    start, end = passage.place(sentence.start, sentence.end)
    return start <= definition.start < end


def _last_reaction(sentence: Sentence) -> str:
    return next((name for _, name in reversed(list(find_reactions(sentence.text)))), "")


def _sentences(passage: Passage, mentions: list[Mention]) -> Iterator[Sentence]:
    for start, end in sentences(passage.text):
        yield sentence_of(start, end, passage.text, mentions)


def _fact(
    statement: Statement, lasting: str, passage: Passage, manuscript: Manuscript, paper: Document
) -> Fact:
    base = statement.entry.name
    category = _category(base, "catalysis")
    catalysis = category == "catalysis"
    conditions = "; ".join(
        conditions_near(
            statement.settings, statement.sentence, statement.quantity, keys_for(category, base)
        )
    )
    reaction = statement.reaction or (lasting if base in _OF_A_REACTION else "")
    if base in _OF_A_REACTION - {"selectivity"} and reaction in _WITHOUT_ELECTRODE:
        reaction = ""
    return _candidate(
        manuscript,
        passage,
        paper,
        statement.sentence,
        statement.quantity.at,
        clusters=_clusters(statement.bearer.mentions),
        category=category,
        reaction=reaction if catalysis else "",
        name=statement.property,
        comparator=statement.quantity.comparator,
        value=statement.value,
        unit=statement.unit,
        conditions=conditions,
        rule=statement.rule,
        remark=_printed(statement.bearer.mentions) or _unnamed(statement.bearer),
    )


def _category(name: str, other: str) -> str:
    base = recognise(name).name
    return next((c for c, names in _CATEGORIES.items() if base in names), other)


def _cell_fact(cell: CellFact, manuscript: Manuscript, paper: Document) -> Fact:
    passage, quantity = manuscript.passages[cell.number], cell.quantity
    name = cell.entry.name
    sentence = Sentence(0, len(passage.text), passage.text, ())
    return _candidate(
        manuscript,
        passage,
        paper,
        sentence,
        quantity.at,
        clusters=(cell.mention.full,),
        category=_category(name, "catalysis"),
        reaction="",
        name=f"{name} {cell.phrase.of}".strip() if cell.entry.specified else name,
        comparator=quantity.comparator,
        value=quantity.value,
        unit=quantity.unit or (cell.entry.units[0].text if cell.entry.units else ""),
        conditions="",
        rule="column of a table; cluster of the row",
        remark=_printed((cell.mention,)),
        since=cell.mention.start,
    )


def _step_fact(
    step: Step, passage: Passage, sentence: Sentence, manuscript: Manuscript, paper: Document
) -> Fact:
    return _candidate(
        manuscript,
        passage,
        paper,
        sentence,
        step.at,
        clusters=_clusters(step.mentions),
        category=_category(step.property, "synthesis"),
        reaction="",
        name=step.property,
        comparator=step.comparator,
        value=step.value,
        unit=step.unit,
        conditions="",
        rule=step.rule,
        remark=_printed(step.mentions),
    )


def _candidate(
    manuscript: Manuscript,
    passage: Passage,
    paper: Document,
    sentence: Sentence,
    at: tuple[int, int],
    *,
    clusters: tuple[str, ...],
    category: str,
    reaction: str,
    name: str,
    comparator: str,
    value: str,
    unit: str,
    conditions: str,
    rule: str,
    remark: str,
    since: int | None = None,
) -> Fact:
    start, end = passage.place(*at)
    whole = passage.place(sentence.start, sentence.end)
    if since is not None:  # a cell is quoted with its row, from the cluster on
        whole = (min(since, whole[0]), whole[1])
    fact = Fact(
        id="",
        clusters=clusters,
        category=category,
        property=name,
        value=value,
        source=Source(
            paper.id,
            passage.section,
            start,
            end,
            extractor=EXTRACTOR,
            version=version(),
            status="mined",
        ),
        reaction=reaction,
        comparator=comparator,
        unit=unit,
        conditions=conditions,
        remark=remark,
    )
    return candidate(fact, rule=rule, quote=manuscript.text[whole[0] : whole[1]])


def _clusters(mentions: tuple[Mention, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.full for m in mentions))


def _unnamed(bearer: Bearer) -> str:
    if bearer.rule == "reference material":
        return f"told of {bearer.name}, for comparison" if bearer.name else ""
    return f"told of {bearer.name}, whose formula is not given" if bearer.name else ""


def _printed(mentions: tuple[Mention, ...]) -> str:
    short = [m.printed for m in mentions if m.full != m.normal]
    return f"printed as {', '.join(dict.fromkeys(short))}" if short else ""
