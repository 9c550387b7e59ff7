"""Print the command of the only fenced shell block of a page that contains a word."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def commands(page: str, word: str) -> list[str]:
    """Return the shell blocks of `page` that contain `word`."""
    blocks = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [block.strip() for block in blocks if word in block]


if __name__ == "__main__":
    path, word = sys.argv[1:]
    found = commands(Path(path).read_text(encoding="utf-8"), word)
    if len(found) != 1:
        sys.exit(f"{path}: {len(found)} shell blocks contain '{word}', not one")
    print(found[0])
