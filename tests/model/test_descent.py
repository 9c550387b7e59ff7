"""The minimiser and the layout from distances, on problems with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime, rosen, rosen_der

from superatom.errors import StructureError
from superatom.model.families.descent import descend
from superatom.model.families.embedding import DistanceModel, embed


def test_rosenbrock_valley_is_followed_to_its_end() -> None:
    start = np.array([-1.2, 1.0, -0.5, 0.8])
    point, value = descend(lambda x: (float(rosen(x)), rosen_der(x)), start, 2000)
    assert value < 1e-8
    assert point == pytest.approx(np.ones(4), abs=1e-3)


def cube() -> tuple[np.ndarray, DistanceModel]:
    corners = np.array([[x, y, z] for x in (0, 3) for y in (0, 3) for z in (0, 3)], dtype=float)
    apart = np.linalg.norm(corners[:, None] - corners, axis=2)
    first, second = np.nonzero(np.triu(apart < 4.5, 1))
    pairs = np.column_stack([first, second])
    far = np.column_stack(np.nonzero(np.triu(apart > 4.5, 1)))
    model = DistanceModel(
        8, pairs, apart[first, second], np.ones(len(pairs)), far, np.full(len(far), 5.0)
    )
    return apart, model


def test_edges_and_face_diagonals_make_a_cube() -> None:
    apart, model = cube()
    points, energy = embed(model, seed=1)
    assert energy < 1e-4
    assert np.linalg.norm(points[:, None] - points, axis=2) == pytest.approx(apart, abs=0.02)


def test_gradient_is_the_derivative() -> None:
    _, model = cube()
    points = np.random.default_rng(0).normal(scale=2.0, size=(8, 3))
    slope = approx_fprime(points.ravel(), lambda x: model.energy(x.reshape(8, 3))[0], 1e-7)
    assert model.energy(points)[1].ravel() == pytest.approx(slope, abs=1e-3)


def test_a_loose_point_is_named() -> None:
    _, model = cube()
    loose = DistanceModel(9, model.pairs, model.lengths, model.stiffness, model.walls, model.floors)
    with pytest.raises(StructureError, match="point 9"):
        embed(loose, seed=0)
