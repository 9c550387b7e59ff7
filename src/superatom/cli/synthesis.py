"""`superatom synthesis`: simulate and fit kinetics, suggest the next experiments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superatom.cli.options import AsJson, print_json, read_pairs

if TYPE_CHECKING:
    from superatom.synthesis.conditions import Conditions
    from superatom.synthesis.kinetic_fit import KineticFit
    from superatom.synthesis.suggest import Suggestions
    from superatom.synthesis.trajectories import Trajectory

__all__ = ["app"]

app = typer.Typer(
    name="synthesis",
    no_args_is_help=True,
    help="How clusters form: kinetics simulated and fitted; which experiment to do next.",
)

_DRAWN = 400  # times of a drawn curve, however few are printed

Model = Annotated[
    str,
    typer.Argument(
        help="leist, leist_silver, co_reduction, size_focusing, au_ag_exchange or a .toml file."
    ),
]
Constants = Annotated[
    list[str] | None, typer.Option("--k", help="Rate constant: k_focusing=1e-3. May be repeated.")
]
Initial = Annotated[
    list[str] | None,
    typer.Option("--start", help="Concentration at time 0 in mol/L: HTBBT=0.2. May be repeated."),
]
Acidity = Annotated[float | None, typer.Option("--ph", help="pH, where OH- takes part.")]
Figure = Annotated[Path | None, typer.Option("--figure", help="Draw it: .svg, .png or .pdf.")]


@app.command()
def simulate(
    model: Model,
    k: Constants = None,
    start: Initial = None,
    ph: Acidity = None,
    hold: Annotated[
        list[str] | None, typer.Option(help="Species whose concentration is kept.")
    ] = None,
    hours: Annotated[float | None, typer.Option(help="How long; the model's own time.")] = None,
    points: Annotated[int, typer.Option(help="How many times to report.")] = 13,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all concentrations.")] = None,
    figure: Figure = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a synthesis.

    superatom synthesis simulate co_reduction --ph 10
    """
    import numpy as np

    from superatom.errors import SearchError
    from superatom.synthesis.kinetic_models import find_model
    from superatom.synthesis.time_series import time_series_csv
    from superatom.synthesis.trajectories import simulate as run_model

    chosen = find_model(model)
    if not 2 <= points <= 100_000 or (hours is not None and not 0 < hours < 1e6):
        raise SearchError("--points: 2 to 100000; --hours: a positive number")
    network = chosen.network(_numbers(k, "--k k_focusing=1e-3")).holding(hold or ())
    duration = chosen.duration_s if hours is None else hours * 3600.0
    initial = chosen.start(_numbers(start, "--start HTBBT=0.2"), ph)
    run = run_model(network, initial, np.linspace(0.0, duration, points))
    if csv:
        from superatom.report.writing import write_whole

        write_whole(csv, time_series_csv(run.times, run.species, run.concentrations))
    if figure:
        from superatom.report.kinetics_figure import write_traces

        fine = np.linspace(0.0, duration, _DRAWN)
        write_traces(run_model(network, initial, fine), figure)
    if as_json:
        print_json({"model": chosen.name, "constants": dict(network.constants), **run.as_dict()})
    else:
        typer.echo(f"{chosen.title}\n{chosen.note}\n")
        _print_run(run)


@app.command()
def fit(
    model: Model,
    data: Annotated[
        Path, typer.Argument(help="CSV: time_s, Au38(PET)24_mM, ...; or a file of `ms series`.")
    ],
    k: Constants = None,
    start: Initial = None,
    ph: Acidity = None,
    free: Annotated[
        list[str] | None, typer.Option(help="Constant to fit; all by default. May be repeated.")
    ] = None,
    free_start: Annotated[
        list[str] | None, typer.Option(help="Species whose initial concentration is fitted.")
    ] = None,
    unit: Annotated[str, typer.Option(help="Of columns that name none: M, mM, uM, nM.")] = "",
    signal: Annotated[
        bool, typer.Option("--signal", help="Columns without unit are signals of unknown response.")
    ] = False,
    areas: Annotated[
        bool,
        typer.Option("--areas", help="Of `ms series`: areas as they are, not shares of each time."),
    ] = False,
    noise: Annotated[str, typer.Option(help="constant or proportional.")] = "constant",
    starts: Annotated[int, typer.Option(help="Number of first guesses.")] = 1,
    figure: Figure = None,
    as_json: AsJson = False,
) -> None:
    """Fit rate constants to a time series.

    superatom synthesis fit leist run.csv --figure run.svg
    superatom ms series spectra/ Au:36-40 TBBT:0-26 PET:0-24 --csv > series.csv
    superatom synthesis fit leist series.csv
    """
    from superatom.synthesis.ion_series import is_ion_series, read_ion_series
    from superatom.synthesis.kinetic_fit import fit as fit_network
    from superatom.synthesis.kinetic_models import find_model
    from superatom.synthesis.time_series import read_time_series

    chosen = find_model(model)
    network = chosen.network(_numbers(k, "--k k_focusing=1e-3"))
    if is_ion_series(data):
        rows = read_ion_series(data, network.species, shares=not areas)
    else:
        rows = read_time_series(data, unit=unit, signal=signal)
    found = fit_network(
        network,
        rows,
        chosen.start(_numbers(start, "--start HTBBT=0.2"), ph),
        free=free,
        fit_initial=free_start or (),
        noise=noise,
        starts=starts,
    )
    if figure:
        from superatom.report.kinetics_figure import write_fit

        write_fit(found, figure)
    if as_json:
        print_json(found.as_dict())
    else:
        _print_fit(found)


@app.command()
def suggest(
    done: Annotated[Path, typer.Argument(help="CSV of experiments: conditions and the result.")],
    space: Annotated[
        Path | None, typer.Option(help="TOML: [T_C] low = 20, high = 90; [solvent] options = ...")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(help="T_C=20:90:5, ratio=1:10:log, solvent=THF|toluene. May be repeated."),
    ] = None,
    objective: Annotated[str, typer.Option(help="Column of the result.")] = "yield_percent",
    minimise: Annotated[bool, typer.Option("--minimise", help="Low results are good.")] = False,
    count: Annotated[int, typer.Option(help="How many experiments.")] = 3,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Suggest the next experiments, each with its reason."""
    from superatom.synthesis.conditions import read_runs
    from superatom.synthesis.suggest import suggest as seek

    conditions = _conditions(space, vary or [])
    runs = read_runs(done, conditions, objective)
    goal = "minimise" if minimise else "maximise"
    found = seek(conditions, runs, count=count, goal=goal, seed=seed)
    if as_json:
        print_json(found.as_dict())
    else:
        _print_suggestions(found, len(runs.runs))


def _conditions(space: Path | None, vary: list[str]) -> Conditions:
    from superatom.synthesis.conditions import Conditions, read_condition

    given = [read_condition(text) for text in vary]
    known = Conditions.read(space) if space else None
    if known is None:
        return Conditions.of(*given)
    return Conditions.of(*known.ranges, *known.choices, *given)


def _numbers(given: list[str] | None, example: str) -> dict[str, float]:
    from superatom.errors import SearchError

    numbers = {}
    for name, value in read_pairs(given, example).items():
        try:
            numbers[name] = float(value)
        except ValueError as error:
            raise SearchError(f"'{name}={value[:40]}' needs a number, as in {example}") from error
    return numbers


def _print_run(run: Trajectory) -> None:
    from superatom.synthesis.trajectories import mean_metal_atoms, metal_atoms

    shown = [name for name in run.species if metal_atoms(name) > 1] or list(run.species)
    shown = [name for name in shown if run[name].max() > 0]
    sizes = mean_metal_atoms(run)
    widths = [max(len(name), 8) for name in shown]
    heads = "  ".join(f"{name:>{w}}" for name, w in zip(shown, widths, strict=True))
    typer.echo(f"{'time_h':>8}  {'mean atoms':>10}  {heads}   (mmol/L)")
    for i, t in enumerate(run.times):
        cells = (f"{run[n][i] * 1e3:>{w}.4f}" for n, w in zip(shown, widths, strict=True))
        typer.echo(f"{t / 3600:8.3f}  {sizes[i]:10.2f}  " + "  ".join(cells))


def _print_fit(found: KineticFit) -> None:
    width = max(28, *(len(e.name) for e in found.estimates))
    heads = (f"{found.confidence:.0%} individual", f"{found.confidence:.0%} joint")
    typer.echo(f"{'parameter':{width}s} {'value':>10s}  {heads[0]:24s}  {heads[1]:24s}")
    for e in found.estimates:
        own, all_ = (
            f"{a:.4g} to {b:.4g}" for a, b in ((e.low, e.high), (e.joint_low, e.joint_high))
        )
        typer.echo(f"{e.name:{width}s} {e.value:10.4g}  {own:24s}  {all_:24s}  {e.method}")
    typer.echo("individual: this parameter alone; joint: all parameters at once")
    typer.echo(f"noise {found.noise:.1%}, {found.freedom} degrees of freedom")
    for note in (*found.experiment.series.notes, *found.warnings):
        typer.echo(f"note: {note}")


def _print_suggestions(found: Suggestions, runs: int) -> None:
    best = "none yet" if found.best is None else f"{found.best:.4g}"
    typer.echo(f"{runs} runs, best {found.objective} {best} ({found.goal})")
    for number, item in enumerate(found.batch, 1):
        typer.echo(f"{number}. " + ", ".join(f"{n} {v}" for n, v in item.conditions.items()))
        typer.echo(f"   {item.reason}")
    if found.importance:
        order = sorted(found.importance.items(), key=lambda pair: -pair[1])
        typer.echo("what matters: " + ", ".join(f"{n} {v:.2f}" for n, v in order))
