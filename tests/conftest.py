"""Fixtures every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with reference tables and real files; tests on it skip where it is absent."""
    folder = Path(os.environ.get("SUPERATOM_SHARED", _BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        pytest.skip("the folder with the reference files is not here (SUPERATOM_SHARED)")
    return folder
