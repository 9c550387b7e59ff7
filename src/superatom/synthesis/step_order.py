"""The order in which the steps of a route are done."""

from __future__ import annotations

from superatom.synthesis.compounds import Compound, read_compound
from superatom.synthesis.transformations import Transformation

__all__ = ["in_order", "main_source"]


def in_order(
    steps: tuple[tuple[Transformation, Compound], ...],
) -> tuple[tuple[Transformation, Compound], ...] | None:
    """Put steps in the order they are done; None if they run in a circle."""
    makers_of: dict[tuple[object, ...], int] = {}
    for at, (_, made) in enumerate(steps):
        makers_of.setdefault(made.key, at)
    done: list[int] = []
    left = list(range(len(steps)))[::-1]
    while left:
        ready = [at for at in left if _needs(at, steps, makers_of) <= set(done)]
        if not ready:
            return None
        done.append(ready[0])
        left.remove(ready[0])
    return tuple(steps[at] for at in done)


def _needs(
    at: int,
    steps: tuple[tuple[Transformation, Compound], ...],
    makers_of: dict[tuple[object, ...], int],
) -> set[int]:
    """Return the steps whose products a step starts from."""
    step, _ = steps[at]
    keys = (read_compound(text).key for text in step.all_reactants)
    found = {_maker(key, at, steps, makers_of) for key in keys}
    return {number for number in found if number is not None}


def _maker(
    key: tuple[object, ...],
    at: int,
    steps: tuple[tuple[Transformation, Compound], ...],
    makers_of: dict[tuple[object, ...], int],
) -> int | None:
    """Return the step that makes a compound; a purification takes it from another step."""
    number = makers_of.get(key)
    if number != at:
        return number
    others = (n for n, (_, made) in enumerate(steps) if made.key == key and n != at)
    return next(others, None)


def main_source(at: int, ordered: tuple[tuple[Transformation, Compound], ...]) -> int | None:
    """Return the earlier step that makes the largest metal compound a step starts from."""
    step = ordered[at][0]
    made = {each.key: number for number, (_, each) in enumerate(ordered[:at])}
    inputs = [read_compound(text) for text in step.all_reactants]
    metal = [c for c in inputs if c.metals and c.key in made]
    if not metal:
        return None
    return made[max(metal, key=lambda c: c.n_metals).key]
