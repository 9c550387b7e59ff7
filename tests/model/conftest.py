"""Parents made here, so that tests need no foreign files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from ase import Atoms

_BUILDERS = Path(__file__).resolve().parents[1] / "structure" / "conftest.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("structure_models", _BUILDERS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_MADE = _load()


@pytest.fixture
def gold25() -> Atoms:
    """Au25(SCH3)18 with the symmetry Th of its skeleton; Au 0 is the centre."""
    return _MADE.m25()


@pytest.fixture
def phosphine13() -> Atoms:
    """Centred icosahedron Au13(PH3)10Cl2."""
    return _MADE.phosphine_m13()


@pytest.fixture
def sulfide44() -> Atoms:
    """M44S30 without tails."""
    return _MADE.m44()
