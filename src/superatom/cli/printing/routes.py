"""Routes and recipes on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from superatom.cli.printing.cards import console
from superatom.report.bench_sheet import measured
from superatom.synthesis.recipes import Portion, Recipe, RecipeStep
from superatom.synthesis.route import Route, RouteStep
from superatom.synthesis.transformations import Unbalanced

__all__ = ["print_recipe", "print_routes", "print_unbalanced"]


def print_routes(routes: Sequence[Route]) -> None:
    """Print routes, the best first, with steps, sources, yields and hazards."""
    screen = console()
    for number, route in enumerate(routes, 1):
        screen.print(Text(f"route {number}: {_summary(route)}", style="bold"))
        for at, step in enumerate(route.steps, 1):
            _print_step(at, step)
        bought = [s.name or f"{s.text} ({s.supply})" for s in route.starting]
        screen.print(Text(f"  from {'; '.join(bought)}"))
        if route.hazards:
            screen.print(Text(f"  hazards: {', '.join(h.name for h in route.hazards)}"))
        for note in route.notes:
            screen.print(Text(f"  {note}"))
        screen.print()


def _summary(route: Route) -> str:
    total = route.cumulative_yield
    share = f"yield {100 * total:.3g} %" if total is not None else "yield not known"
    if total is None and route.yields_not_told:
        share += f" (not told for step {', '.join(str(n + 1) for n in route.yields_not_told)})"
    parts = [f"{route.n_steps} step{'s' if route.n_steps != 1 else ''}", share]
    parts += ["proposal"] if route.is_proposal else []
    parts += [] if route.is_complete else ["incomplete"]
    return f"{', '.join(parts)}, cost {route.cost:.2f}"


def _print_step(at: int, step: RouteStep) -> None:
    screen = console()
    told = step.transformation
    basis = "" if told.basis == "told" else f" [{told.basis}]"
    screen.print(Text(f"  {at}. {told.kind}{basis}: {step.step.balance.text}"))
    screen.print(Text(f"     {told.source.text} ({told.id})", style="dim"))
    if told.conditions.line:
        screen.print(Text(f"     {told.conditions.line}", style="dim"))
    if step.step.assumed:
        screen.print(Text(f"     assumed: {', '.join(step.step.assumed)}", style="dim"))


def print_recipe(recipe: Recipe) -> None:
    """Print a recipe as a bench sheet in plain text."""
    screen = console()
    shares = [f"{100 * y:.3g} % by {metal}" for metal, y in recipe.metal_yields.items()]
    screen.print(
        Text(f"{recipe.product}: {measured(recipe.mass_g, 'g')}, "
             f"{measured(recipe.amount_mol, 'mol')}; expected yield {', '.join(shares)}",
             style="bold")
    )  # fmt: skip
    for step in recipe.steps:
        _print_recipe_step(step)
    for hazard in recipe.hazards:
        screen.print(Text(f"  hazard {hazard}"))
    for note in recipe.notes:
        screen.print(Text(f"  {note}"))


def _print_recipe_step(step: RecipeStep) -> None:
    screen = console()
    screen.print(Text(f"\n{step.number}. {step.equation}"))
    told = "" if step.yield_told else " (not told)"
    screen.print(Text(f"   yield {100 * step.yield_fraction:g} % {step.yield_basis}{told}"))
    if step.conditions:
        screen.print(Text(f"   told: {step.conditions}"))
    if step.solvent_mL is not None:
        screen.print(Text(f"   solvent {measured(step.solvent_mL, 'mL')}"))
    table = Table(box=SIMPLE_HEAD)
    table.add_column("species")
    table.add_column("what")
    for name in ("amount", "equiv.", "mass", "volume"):
        table.add_column(name, justify="right", no_wrap=True)
    for portion in step.portions:
        table.add_row(*(Text(cell) for cell in _cells(portion)))
    screen.print(table)


def _cells(portion: Portion) -> tuple[str, ...]:
    gas = portion.gas_volume_L
    volume = measured(portion.volume_mL if gas is None else 1000 * gas, "mL")
    what = "; ".join(filter(None, (portion.name or portion.role, portion.note)))
    return (
        portion.text,
        what,
        measured(portion.amount_mol, "mol"),
        "" if portion.equivalents is None else f"{portion.equivalents:.3g}",
        measured(portion.mass_g, "g"),
        volume + (" gas" if gas is not None else ""),
    )


def print_unbalanced(left_out: Sequence[Unbalanced], n_known: int) -> None:
    """Print the transformations that stay out of routes, and why."""
    screen = console()
    for each in left_out:
        screen.print(Text(each.text))
    screen.print(Text(f"{n_known} transformations, {len(left_out)} left out of routes"))
