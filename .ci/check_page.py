"""Check that a dossier is a whole page that asks nothing of a network."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path

LOADING = {"script", "link", "img", "iframe", "object", "embed", "source", "audio", "video"}


class Loads(HTMLParser):
    """Collects what a browser would fetch to show the page."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses in elements that load by themselves."""
        for name, value in attrs:
            outside = value is not None and not value.startswith(("data:", "#"))
            if tag in LOADING and name in {"src", "href", "data", "srcset"} and outside:
                self.fetched.append(f"<{tag} {name}={value}>")


if __name__ == "__main__":
    (path,) = sys.argv[1:]
    page = Path(path).read_text(encoding="utf-8")
    loads = Loads()
    loads.feed(page)
    problems = [f"fetches {item}" for item in loads.fetched]
    problems += [f"style with {item}" for item in ("@import", "url(http", "url(//") if item in page]
    problems += [f"lacks {item}" for item in ("</html>", "<svg", "<title>") if item not in page]
    if problems:
        sys.exit(f"{path}: " + "; ".join(problems))
    print(f"{Path(path).name}: {len(page) / 1000:.0f} kB, complete, fetches nothing")
