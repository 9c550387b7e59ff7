"""The examples on the documentation pages are true."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SESSION = re.compile(r"^```(?:pycon|\{doctest\})\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TERMINAL = re.compile(r"^<!-- tested -->\n```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages_with(pattern: re.Pattern[str]) -> list:
    texts = ((page, page.read_text(encoding="utf-8")) for page in PAGES)
    return [pytest.param(page, id=page.name) for page, text in texts if pattern.search(text)]


@pytest.mark.parametrize("page", pages_with(SESSION))
def test_python_examples(page: Path) -> None:
    """One session per page: later blocks know the names of earlier ones."""
    text = page.read_text(encoding="utf-8")
    code = "\n".join(block.group(1) for block in SESSION.finditer(text))
    test = doctest.DocTestParser().get_doctest(code, {}, page.name, str(page), 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("page", pages_with(TERMINAL))
def test_terminal_examples(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each `$ superatom ...` prints what follows it; `...` stands for anything."""
    from typer.testing import CliRunner

    from superatom.cli import app

    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    for block in TERMINAL.finditer(page.read_text(encoding="utf-8")):
        for example in re.split(r"^\$ superatom ", block.group(1), flags=re.MULTILINE)[1:]:
            command, _, expected = example.partition("\n")
            printed = CliRunner().invoke(app, shlex.split(command)).output
            same = doctest.OutputChecker().check_output(expected.strip(), printed.strip(), OPTIONS)
            assert same, f"$ superatom {command}\nprints:\n{printed}"
