"""The blocks of a paper: where headings, paragraphs, captions, cells and references stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Block", "blocks_of_markdown", "blocks_of_tags"]

_GAP = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+|\Z")
_HASHES = re.compile(r"\s*#{1,6}\s+(.+)")
_NUMBERED = re.compile(r"\s*\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+(?=[A-Z])[^.\n]{2,90}$")
_TITLE = re.compile(r"\s*[A-Z][^\n]{2,80}$")
_CAPTION = re.compile(
    r"\s*[*_]{0,2}(?:<[^<>]{1,80}>)*[*_]{0,2}(?:Fig(?:ure|\.)?|Table|Scheme|Chart)s?[*_.]{0,2}"
    r"\s*(?:S\s?)?\d+",
    re.I,
)
_RULE = re.compile(r"[\s|:\-]+$")
_REFERENCES = re.compile(
    r"(?:\d+\.?\s*)?(?:notes and references|references?(?: and notes)?|bibliography"
    r"|literature cited|reference list)\W*$",
    re.I,
)
_REFERENCE_LINE = re.compile(
    r"(?:^|\n)[ \t]*(?P<words>(?:\d+\.?[ \t]*)?(?:Notes and references|References?(?: and notes)?"
    r"|REFERENCES|Bibliography|Literature cited))[ \t]*\r?\n(?=[ \t]*[\[(]?\d)"
)
_BEHIND_REFERENCES = re.compile(
    r"(?:appendix|supplementary|supporting|author biograph|tables?)\b", re.I
)
_NUMBER_OF_REFERENCE = re.compile(r"\s*(?:[-*]\s*)?(?:\(\d{1,3}\)|\[\d{1,3}\]|\d{1,3}[.)]?)\s+\S")

_BLOCK_TAGS = (
    "p|div|section|article|h[1-6]|title|sec|abstract|li|ul|ol|table|thead|tbody|tr|td|th|caption|"
    "figcaption|figure|fig|ref|ref-list|back|body|head|html|label|article-title|blockquote|main|"
    "header|footer|nav|disp-formula|list|list-item|dl|dt|dd|hr|table-wrap|front|kwd|script|style|"
    "aff|pub-date|journal-title|mixed-citation|element-citation"
)
_BLOCK_TAG = re.compile(rf"<\s*(/?)\s*(?:\w+:)?({_BLOCK_TAGS})\b[^<>]*>", re.I)
_COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>|<!DOCTYPE[^>]*>", re.S)
_HEADS = re.compile(r"h[1-6]|title|article-title", re.I)
_SKIPPED = {"script", "style", "head", "nav"}


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the document.

    Attributes
    ----------
    kind : str
        'heading', 'paragraph', 'caption', 'cell' or 'reference'.
    section : str
        Heading above it.
    start, end : int
        Offsets.
    cell : tuple[int, int, int] or None
        Offset of the table, row and column, for a cell.
    """

    kind: str
    section: str
    start: int
    end: int
    cell: tuple[int, int, int] | None = None


def blocks_of_markdown(text: str) -> Iterator[Block]:
    """Yield the blocks of Markdown or plain text, which blank lines separate."""
    section, references, at = "", False, 0
    stretches = []
    for gap in _GAP.finditer(text):
        stretches += _at_references(text, at, gap.start())
        at = gap.end()
    for start, end in stretches:
        raw = text[start:end]
        if not raw.strip():
            continue
        heading = _heading(raw)
        if heading:
            if _REFERENCES.match(heading):
                references = True
            elif references and _BEHIND_REFERENCES.match(heading):
                references = False
            section = section if references and not _REFERENCES.match(heading) else heading
            yield Block("heading", section, start, end)
        elif references:
            yield Block("reference", section, start, end)
        elif _CAPTION.match(raw):
            yield Block("caption", _caption_name(raw), start, end)
        elif "\t" in raw or raw.lstrip().startswith("|"):
            yield from _cells(text, start, end, section)
        else:
            yield Block("paragraph", section, start, end)


def _at_references(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch at a line that says 'References', as texts taken from a PDF have it."""
    line = _REFERENCE_LINE.search(text, start, end)
    if line is None:
        return [(start, end)]
    return [(start, line.start()), line.span("words"), (line.end(), end)]


def _heading(raw: str) -> str:
    """Return the words of a heading; '' if the block is none."""
    line = raw.strip()
    if match := _HASHES.match(line):
        return match[1].strip(" #*_") if "\n" not in line else ""
    if "\n" in line or len(line) > 95 or line[-1:] in ".,;:" or "\t" in line:
        return ""
    if _NUMBERED.match(line):
        return line
    words = re.findall(r"[A-Za-z]{2,}", line)
    plain = not re.search(r"[$<>{}=\\|]", line)
    return line if plain and _TITLE.match(line) and 1 <= len(words) <= 9 else ""


def _caption_name(raw: str) -> str:
    match = re.search(r"(Fig|Table|Scheme|Chart)\w*\W*((?:S\s?)?\d+)", raw, re.I)
    return f"{match[1].capitalize()}. {match[2]} caption" if match else "caption"


def _cells(text: str, start: int, end: int, section: str) -> Iterator[Block]:
    at, row = start, 0
    for line in text[start:end].splitlines(keepends=True):
        if not _RULE.match(line):
            place = at
            for column, cell in enumerate(line.split("\t" if "\t" in line else "|")):
                if cell.strip():
                    here = (start, row, column)
                    yield Block("cell", section, place, place + len(cell), here)
                place += len(cell) + 1
            row += 1
        at += len(line)


def blocks_of_tags(text: str) -> Iterator[Block]:
    """Yield the blocks of HTML or XML, which tags separate."""
    text = _COMMENT.sub(lambda match: "\n" * len(match[0]), text)
    section, at, open_tags = "", 0, list[str]()
    cell = (0, 0, 0)
    for tag in [*_BLOCK_TAG.finditer(text), None]:
        start, end = at, tag.start() if tag else len(text)
        raw = text[start:end]
        if raw.strip() and not set(open_tags) & _SKIPPED:
            kind = _kind(open_tags, section, raw)
            if kind == "heading":
                section = " ".join(re.sub(r"<[^<>]*>", "", raw).split())
            yield Block(kind, section, start, end, cell if kind == "cell" else None)
        if tag is None:
            return
        at = tag.end()
        name = tag[2].lower()
        if not tag[1]:
            cell = _next_cell(cell, name, at)
        if tag[1]:
            while open_tags and open_tags.pop() != name:
                continue
        elif not tag[0].endswith("/>") and name not in {"hr"}:
            if name == "p" and open_tags[-1:] == ["p"]:  # HTML need not close a paragraph
                open_tags.pop()
            open_tags.append(name)


def _next_cell(cell: tuple[int, int, int], tag: str, at: int) -> tuple[int, int, int]:
    table, row, column = cell
    if tag == "table":
        return at, -1, -1
    if tag == "tr":
        return table, row + 1, -1
    return (table, row, column + 1) if tag in {"td", "th"} else cell


def _kind(open_tags: list[str], section: str, raw: str) -> str:
    tags = set(open_tags)
    if tags & {"ref", "ref-list", "mixed-citation", "element-citation"}:
        return "reference"
    if open_tags and _HEADS.fullmatch(open_tags[-1]):
        return "heading"
    if _REFERENCES.match(section):
        return "reference"
    if tags & {"td", "th"}:
        return "cell"
    if tags & {"caption", "figcaption", "fig", "table-wrap"} or _CAPTION.match(raw):
        return "caption"
    return "paragraph"
