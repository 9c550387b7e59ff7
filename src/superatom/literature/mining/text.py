"""A paper as passages of running text whose characters remember their place in the file.

Markdown, plain text, HTML, XML and PDF come out alike: headings, paragraphs, captions,
table cells and references, each a `MarkedText` (no markup, with levels) whose columns are
character offsets into the text of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from superatom.composition.markup import MAX_LENGTH, MarkedText, read_markup
from superatom.errors import DataFileError, FormulaError, MissingExtra
from superatom.literature.mining.blocks import Block, blocks_of_markdown, blocks_of_tags

__all__ = ["Manuscript", "Passage", "read_manuscript", "read_passages"]

#: What blanks out a character of markup: `read_markup` leaves it out, and offsets stay right.
BLANK = "\u200b"
_PIECE = MAX_LENGTH - 200
_TAGGED = {".html", ".htm", ".xml", ".xhtml", ".nxml"}
_PLAIN = {".md", ".markdown", ".txt", ".text", ".tex", ""}
_LINK = re.compile(
    r"\[((?:\\.|[^\[\]\\\n]){0,120})\]"
    r"\((?:#|https?:|www\.|doi|mailto:|/|\./)[^()\s]{0,300}(?:\([^()\s]*\)[^()\s]*)?\)"
)
_CITATION = re.compile(
    rf"[\[\\]?\\?\[[{BLANK} ]{{0,40}}\d{{1,3}}(?:[{BLANK}\s,;–\-\[\]\\]{{1,80}}\d{{1,3}}){{0,30}}"
    rf"[{BLANK} ]{{0,40}}\\?\]\]?"
)
_INLINE_TAG = re.compile(r"<(?!/?(?:sub|sup|inf)\b)/?[A-Za-z][^<>]{0,300}>")
#: A word that the end of a line cuts; 'as-' and the like keep their hyphen.
_WRAPPED = re.compile(
    r"(?<=[a-z]{2})(?<!\bas)(?<!\bco)(?<!non)(?<!self)(?<!well)(?<!pre)"
    r"-[ \t]*\r?\n[ \t]*(?=[a-z]{2})"
)
_SCRIPT = re.compile(r"[_^]\s*(?![\s{\\])")
_CLOSING = re.compile(r"\}+|(?:</su[bp]>)+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: Commands of LaTeX that are signs of quantities; `read_markup` knows those of formulas.
_SIGN_OF = {
    **{"%": "%", "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥"},
    **{"gt": ">", "lt": "<", "circ": "°", "degree": "°", "AA": "Å", "Omega": "Ω", "lambda": "λ"},
    **{"angstrom": "Å", "micro": "µ"},
}
_SIGNS = re.compile(
    r"\\(?:%|(?:leqslant|geqslant|leq|geq|le|ge|gt|lt|circ|degree|AA|Omega|lambda"
    r"|angstrom|micro)(?![A-Za-z]))"
)
_MATH = re.compile(r"\$[^$]{1,600}?\$")
_PROSE = re.compile(r"(?<![\\{a-zA-Z])[a-z]{3,} [a-z]{2,} [a-z]{2,}")
_ENDS = re.compile(r"[.!?]\W*\d{0,3}\W*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text that belongs together.

    Attributes
    ----------
    kind : str
        'heading', 'paragraph', 'caption', 'cell' or 'reference'.
    section : str
        Heading above it.
    marked : MarkedText
        The text without markup; its columns are offsets into the document.
    math : str
        '1' for each character inside a formula of LaTeX, else '0'.
    cell : tuple[int, int, int] or None
        Table, row and column, for a cell.
    """

    kind: str
    section: str
    marked: MarkedText
    math: str
    cell: tuple[int, int, int] | None = None

    @property
    def text(self) -> str:
        """The text without markup."""
        return self.marked.text

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the document of the characters from `start` to `end`."""
        if start >= end:
            column = self.marked.column(start)
            return column, column
        return self.marked.columns[start], self._behind(end - 1)

    def _behind(self, last: int) -> int:
        """Return the offset behind a character and the markup that closes it."""
        columns, raw = self.marked.columns, self.marked.raw
        column = columns[last]
        behind = column + 1
        if script := _SCRIPT.match(raw, column):  # all characters of Au_25 stand at its _
            same = next((k for k in range(last, -1, -1) if columns[k] != column), -1)
            behind = min(script.end() + last - same, len(raw))
        closing = _CLOSING.match(raw, behind)
        return closing.end() if closing else behind


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The text of a paper.

    Attributes
    ----------
    name : str
        File name without suffix.
    text : str
        What offsets point into: the content of the file, of a PDF the text taken from it.
    passages : tuple[Passage, ...]
        In reading order.
    """

    name: str
    text: str
    passages: tuple[Passage, ...]


def read_manuscript(path: str | Path) -> Manuscript:
    """Read a paper from .md, .txt, .html, .xml or .pdf.

    Raises
    ------
    DataFileError
        If the file cannot be read, is no text, or is of another kind.
    MissingExtra
        If a PDF is given and no reader of PDF is installed.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix not in _TAGGED | _PLAIN | {".pdf"}:
        raise DataFileError(
            str(file),
            f"files ending in '{suffix}' are not read",
            hint="give .md, .txt, .html, .xml or .pdf",
        )
    try:
        text = _pdf_text(file) if suffix == ".pdf" else _decoded(file)
    except OSError as error:
        raise DataFileError(str(file), f"cannot be read ({error.strerror or error})") from error
    tagged = suffix in _TAGGED
    return Manuscript(file.stem, text, read_passages(text, tagged=tagged))


def _decoded(file: Path) -> str:
    raw = file.read_bytes()
    if b"\0" in raw[:4096]:
        raise DataFileError(str(file), "this is no text file")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _pdf_text(file: Path) -> str:
    try:
        pypdf = import_module("pypdf")
    except ImportError as error:
        raise MissingExtra(
            f"{file}: reading a PDF needs the package pypdf (pip install pypdf); "
            "or save the paper as text or HTML"
        ) from error
    try:
        return "\n\n".join(page.extract_text() or "" for page in pypdf.PdfReader(file).pages)
    except (pypdf.errors.PyPdfError, ValueError, KeyError) as error:
        raise DataFileError(str(file), f"the PDF cannot be read ({error})") from error


def read_passages(text: str, *, tagged: bool = False) -> tuple[Passage, ...]:
    """Return the passages of a text; `tagged` for HTML and XML.

    A paragraph that a page break or a figure cut in two is one passage.
    """
    blocks = blocks_of_tags(text) if tagged else blocks_of_markdown(text)
    return tuple(_joined(_passage(text, block) for block in blocks))


def _passage(text: str, block: Block) -> Passage:
    raw = _without_links(text[block.start : block.end])
    math = bytearray(b"0" * len(raw))
    for start, end in _math_spans(raw):
        math[start:end] = b"1" * (end - start)
    chars, levels, columns = [], [], []
    for start, end in _pieces(raw):
        try:
            marked = read_markup(raw[start:end])
        except FormulaError:  # nothing but blanks
            continue
        chars.append(marked.text + " ")
        levels.append(marked.levels + "0")
        columns += [block.start + start + column for column in marked.columns]
        columns.append(columns[-1] + 1 if columns else block.start + start)
    whole = MarkedText("".join(chars), "".join(levels), tuple(columns), text)
    inside = "".join(chr(math[min(c - block.start, len(math) - 1)]) for c in columns)
    return Passage(block.kind, block.section, whole, inside, block.cell)


def _without_links(raw: str) -> str:
    """Blank out link targets, citations in brackets, unknown tags and hyphens of line ends."""

    def link(match: re.Match[str]) -> str:
        label = match[1]
        tail = len(match[0]) - 1 - len(label)
        return BLANK + label + BLANK * tail

    def sign(match: re.Match[str]) -> str:
        return _SIGN_OF[match[0][1:]] + BLANK * (len(match[0]) - 1)

    def blanks(match: re.Match[str]) -> str:
        return BLANK * len(match[0])

    raw = _WRAPPED.sub(blanks, _CONTROL.sub(BLANK, raw))
    raw = _SIGNS.sub(sign, raw)
    raw = _LINK.sub(link, raw)
    raw = _CITATION.sub(blanks, raw)
    return _INLINE_TAG.sub(blanks, raw)


def _math_spans(raw: str) -> Iterator[tuple[int, int]]:
    at = 0
    while match := _MATH.search(raw, at):
        if _PROSE.search(match[0]):  # a closing $ taken for an opening one
            at = match.start() + 1
            continue
        yield match.span()
        at = match.end()


def _pieces(raw: str) -> Iterator[tuple[int, int]]:
    """Yield spans short enough for `read_markup`, cut at ends of sentences or at blanks."""
    at = 0
    while len(raw) - at > _PIECE:
        cut = raw.rfind(". ", at, at + _PIECE)
        cut = cut + 1 if cut > at else raw.rfind(" ", at, at + _PIECE)
        cut = cut if cut > at else at + _PIECE
        yield at, cut
        at = cut
    yield at, len(raw)


def _joined(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Join a paragraph with the one that goes on with its sentence, over what stands between."""
    kept = [p for p in passages if p.text.strip()]
    done: set[int] = set()
    for index, passage in enumerate(kept):
        if index in done:
            continue
        whole, at = passage, index
        while whole.kind == "paragraph" and not _ENDS.search(whole.text.rstrip()):
            following = _continuation(kept, at)
            if following is None or following in done:
                break
            done.add(following)
            whole, at = _sum(whole, kept[following]), following
        yield whole


def _continuation(kept: list[Passage], index: int) -> int | None:
    for at in range(index + 1, min(index + 6, len(kept))):
        following = kept[at]
        if following.kind in {"paragraph"}:
            head = following.text.lstrip()[:1]
            return at if head.islower() or head.isdigit() or head in "([" else None
        if following.kind not in {"caption", "heading"}:
            return None
    return None


def _sum(one: Passage, other: Passage) -> Passage:
    marked = MarkedText(
        one.text + other.text,
        one.marked.levels + other.marked.levels,
        one.marked.columns + other.marked.columns,
        one.marked.raw,
    )
    return Passage(one.kind, one.section, marked, one.math + other.math)
