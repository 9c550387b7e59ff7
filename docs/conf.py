"""Documentation: `sphinx-build -W docs docs/_build/html`."""

from __future__ import annotations

import re

import superatom

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
suppress_warnings = ["toc.empty_glob"]  # pages of rooms that are still to be written

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_default_options = {"members": True, "ignore-module-all": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = "Superatom"
pygments_style = "friendly"
pygments_dark_style = "github-dark"

_STAR_IN_A_SYMBOL = re.compile(r"(?<=[\w)])\*(?![*\w])")


def keep_stars(_app, _what, _name, _obj, _options, lines: list[str]) -> None:
    """Keep the star of n* and the like from being read as emphasis."""
    lines[:] = [_STAR_IN_A_SYMBOL.sub(r"\\*", line) for line in lines]


def setup(app) -> None:
    """Connect to autodoc, before napoleon."""
    app.connect("autodoc-process-docstring", keep_stars, priority=400)
