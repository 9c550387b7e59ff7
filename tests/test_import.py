"""Importing Superatom, and asking the command for help, must not load the heavy packages."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "ase",
    "gemmi",
    "lxml",
    "matplotlib",
    "networkx",
    "openpyxl",
    "pandas",
    "pyteomics",
    "rdkit",
    "scipy",
)


@pytest.mark.parametrize("module", ["superatom", "superatom.cli"])
def test_heavy_packages_are_not_loaded(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "superatom" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_every_public_name_is_there() -> None:
    import superatom

    assert list(superatom.__all__) == sorted(superatom.__all__)
    for name in superatom.__all__:
        assert getattr(superatom, name).__module__.startswith("superatom.")
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = superatom.nonsense
