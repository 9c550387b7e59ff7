"""`superatom route`: how is it made; plan routes, scale recipes, check what is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superatom.cli.options import AsJson, print_json, read_pairs

if TYPE_CHECKING:
    from superatom.synthesis.route import Route
    from superatom.synthesis.transformations import Transformation

__all__ = ["app"]

app = typer.Typer(
    name="route",
    no_args_is_help=True,
    help="How it is made: routes from what can be bought, and recipes.",
)

Target = Annotated[str, typer.Argument(help='What to make: "Au36(TBBT)24".')]
StoreFile = Annotated[
    Path | None,
    typer.Option("--store", help="A store with records of your own; else those shipped."),
]
Proposals = Annotated[
    bool | None,
    typer.Option(
        "--proposals/--no-proposals",
        help="Propose steps by analogy always, or never; by default where nothing is told.",
    ),
]
MaxSteps = Annotated[int, typer.Option(help="Most steps of a route.")]


@app.command()
def plan(
    target: Target,
    limit: Annotated[int, typer.Option(help="Most routes shown.")] = 5,
    proposals: Proposals = None,
    max_steps: MaxSteps = 8,
    figure: Annotated[
        Path | None, typer.Option(help="Draw the routes: .svg, .png or .pdf.")
    ] = None,
    store: StoreFile = None,
    as_json: AsJson = False,
) -> None:
    """Find routes from what can be bought to a cluster, the best first.

    superatom route plan "Au36(TBBT)24"
    """
    from superatom.cli.printing.routes import print_routes

    routes = _routes(target, limit, proposals, max_steps, store)
    if figure is not None:
        from superatom.report.route_figure import write_routes

        write_routes(figure, routes)
    if as_json:
        print_json([route.as_dict() for route in routes])
    else:
        print_routes(routes)


@app.command()
def recipe(
    target: Target,
    mass: Annotated[str, typer.Argument(help='How much of it: "100 mg".')],
    route: Annotated[int, typer.Option(help="Number of the route, as plan shows it.")] = 1,
    assume_yield: Annotated[
        float, typer.Option(help="Yield of steps that tell none, in per cent.")
    ] = 100.0,
    yields: Annotated[
        list[str] | None,
        typer.Option("--yield", help="Yield of a step in per cent: 2=40. May be repeated."),
    ] = None,
    equivalents: Annotated[
        list[str] | None,
        typer.Option(help="Mol per mol of metal: NaBH4=10. May be repeated."),
    ] = None,
    concentration: Annotated[
        str, typer.Option(help='Metal in solution, for volumes of solvent: "20 mM".')
    ] = "",
    temperature: Annotated[str, typer.Option(help='For gas volumes: "20 degC".')] = "",
    pressure: Annotated[str, typer.Option(help='For gas volumes: "1 bar".')] = "",
    html: Annotated[Path | None, typer.Option(help="Write a bench sheet to print.")] = None,
    proposals: Proposals = None,
    max_steps: MaxSteps = 8,
    store: StoreFile = None,
    as_json: AsJson = False,
) -> None:
    """Scale a route to a mass of product: masses, volumes, equivalents, gases.

    superatom route recipe "Au36(TBBT)24" "100 mg" --assume-yield 40
    """
    from superatom.cli.printing.routes import print_recipe
    from superatom.errors import SearchError
    from superatom.synthesis.amounts import quantity
    from superatom.synthesis.recipes import scale

    routes = _routes(target, max(route, 1), proposals, max_steps, store)
    if not 1 <= route <= len(routes):
        raise SearchError(f"--route {route}: there are {len(routes)}")
    scaled = scale(
        routes[route - 1],
        quantity(mass, "g"),
        yields={_step(k): _number(v, k) / 100 for k, v in _pairs(yields, "--yield 2=40")},
        assumed_yield=assume_yield / 100,
        equivalents={k: _number(v, k) for k, v in _pairs(equivalents, "--equivalents NaBH4=10")},
        concentration_M=quantity(concentration, "M") if concentration else None,
        temperature_K=quantity(temperature, "K") if temperature else None,
        pressure_Pa=quantity(pressure, "Pa") if pressure else None,
    )
    if html is not None:
        from superatom.report.bench_sheet import write_bench_sheet

        write_bench_sheet(html, scaled)
    if as_json:
        print_json(scaled.as_dict())
    else:
        print_recipe(scaled)


@app.command()
def check(store: StoreFile = None, as_json: AsJson = False) -> None:
    """List the transformations that do not balance and stay out of routes, and why."""
    from superatom.cli.printing.routes import print_unbalanced
    from superatom.synthesis.transformations import sort_out

    known = _known(store)
    _, left_out = sort_out(known)
    if as_json:
        print_json(
            {
                "known": len(known),
                "left_out": [
                    {"transformation": each.transformation.as_dict(), "reason": each.reason}
                    for each in left_out
                ],
            }
        )
    else:
        print_unbalanced(left_out, len(known))


def _known(store: Path | None) -> tuple[Transformation, ...]:
    from superatom.synthesis.routes import told_transformations

    if store is None:
        return told_transformations()
    from superatom.literature.store import open_store

    with open_store(store) as opened:
        return told_transformations(opened)


def _routes(
    target: str, limit: int, proposals: bool | None, max_steps: int, store: Path | None
) -> list[Route]:
    from superatom.errors import ComputationError
    from superatom.synthesis.routes import plan as find

    known = _known(store)
    routes = find(target, known, limit=limit, proposals=proposals, max_steps=max_steps)
    if not routes:
        tried = "nothing known" if proposals is False else "nothing known or proposed"
        hint = _hint(target, proposals, known)
        raise ComputationError(f"no route to {target}: {tried} ends in it{hint}")
    return routes


def _hint(target: str, proposals: bool | None, known: tuple[Transformation, ...]) -> str:
    """Say that it is bought, or what else can be tried, or what is known that is near."""
    from superatom.synthesis.precursors import find_precursor
    from superatom.synthesis.targets import compounds_asked, nearest

    asked = compounds_asked(target, ())
    names = [found.name for each in asked if (found := find_precursor(each)) is not None]
    if names:
        return f"\n  it is bought: {names[0]}"
    if proposals is False:
        return "\n  without --no-proposals steps are proposed by analogy"
    near = nearest(asked[0], known) if asked else ()
    return f"\n  nearest that is told: {', '.join(near)}" if near else ""


def _pairs(given: list[str] | None, example: str) -> list[tuple[str, str]]:
    return list(read_pairs(given, example).items())


def _step(text: str) -> int:
    from superatom.errors import SearchError

    if not text.isdecimal() or len(text) > 3:
        raise SearchError(f"--yield {text[:20]}=...: name the step by its number, as in 2=40")
    return int(text)


def _number(text: str, name: str) -> float:
    from superatom.errors import SearchError

    try:
        return float(text)
    except ValueError as error:
        raise SearchError(f"{name}={text[:30]}: a number is expected") from error
