from __future__ import annotations

import pytest

from superatom.synthesis.routes import told_transformations
from superatom.synthesis.transformations import Transformation


@pytest.fixture(scope="session")
def known() -> tuple[Transformation, ...]:
    """Everything the planner knows."""
    return told_transformations()
