"""Documentation: `sphinx-build -W docs docs/_build/html`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import superatom

sys.path.insert(0, str(Path(__file__).parent))
from gallery import setup_gallery

project = "Superatom"
author = "The Superatom developers"
copyright = "2026, The Superatom developers"
version = release = superatom.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build", "_templates", "changes"]
templates_path = ["_templates"]
default_role = "code"
suppress_warnings = ["ref.python"]  # several classes have an attribute of the same name

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_default_options = {"members": True, "ignore-module-all": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = "Superatom"
pygments_style = "friendly"
pygments_dark_style = "github-dark"

# The star of n* or *COOH and the bars of |z| are symbols of our trade, not markup.
_SYMBOLS = re.compile(r"(``.*?``|`.*?`|(?<!\w)\*\w[^*\s]*\*(?!\w)|\*\*)|(?<!\*)(\*)(?!\*)|(\|)")


def keep_symbols(_app, _what, _name, _obj, _options, lines: list[str]) -> None:
    """Escape stars and bars outside code and emphasis."""
    lines[:] = [
        line if line.lstrip().startswith((">>>", "...")) else _escaped(line) for line in lines
    ]


def _escaped(line: str) -> str:
    return _SYMBOLS.sub(lambda m: m[1] or "\\" + (m[2] or m[3]), line)


def setup(app) -> None:
    """Connect to autodoc, before napoleon, and draw the gallery of archetypes."""
    app.connect("autodoc-process-docstring", keep_symbols, priority=400)
    setup_gallery(app)
