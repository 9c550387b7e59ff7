"""Kinetic models of syntheses, read from TOML: size focusing, CO reduction, LEIST, exchange."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from superatom.errors import DataFileError, SearchError
from superatom.synthesis.kinetics import ReactionNetwork, Step

__all__ = ["KineticModel", "find_model", "hydroxide", "kinetic_models", "read_models"]

_FILE = "kinetic_models.toml"
_ACIDITY_RANGE = (0.0, 14.0)
_KEYS = {
    "title", "source", "note", "duration_s", "held", "pH",
    "initial", "constants", "steps", "ladders",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KineticModel:
    """A named network with constants and conditions to start from.

    Attributes
    ----------
    name, title, source, note : str
        What it is, where its steps come from, what it takes for granted.
    steps : tuple[Step, ...]
        Balanced steps.
    constants : Mapping[str, float]
        Rate constants in (mol/L)^(1 - order) / s.
    bases : Mapping[str, str]
        Where each constant comes from.
    initial : Mapping[str, float]
        Concentrations at time 0 in mol/L.
    held : tuple[str, ...]
        Species kept at their concentration.
    pH : float or None
        Acidity, if hydroxide takes part.
    duration_s : float
        How long to look, in s.
    """

    name: str
    title: str
    source: str
    note: str
    steps: tuple[Step, ...]
    constants: Mapping[str, float]
    bases: Mapping[str, str]
    initial: Mapping[str, float]
    held: tuple[str, ...] = ()
    pH: float | None = None  # noqa: N815
    duration_s: float = 3600.0

    def network(
        self, constants: Mapping[str, float] | None = None, held: Sequence[str] | None = None
    ) -> ReactionNetwork:
        """Return the network, with other constants or held species if they are given."""
        network = ReactionNetwork.of(
            self.steps, self.constants, self.held if held is None else held
        )
        return network.with_constants(constants or {})

    def start(
        self, initial: Mapping[str, float] | None = None, pH: float | None = None
    ) -> dict[str, float]:
        """Return initial concentrations in mol/L, with OH- as the pH has it.

        Raises
        ------
        SearchError
            If a pH is given to a model in which it plays no part, or is not from 0 to 14.
        """
        if pH is not None and self.pH is None:
            raise SearchError(f"the pH plays no part in {self.name}: it has no OH- of its own")
        acidity = self.pH if pH is None else pH
        base = {} if acidity is None else {"OH-": hydroxide(acidity)}
        return {**self.initial, **base, **(initial or {})}


def hydroxide(pH: float) -> float:
    """Return the concentration of OH- in mol/L in dilute water of 25 °C.

    Examples
    --------
    >>> f"{hydroxide(10.0):.2e}"
    '1.01e-04'
    """
    low, high = _ACIDITY_RANGE
    if not low <= pH <= high:
        raise SearchError(f"pH {pH}: a number from {low:g} to {high:g} is needed")
    return float(10.0 ** (pH - _constants()["pKw"]))


@lru_cache(maxsize=1)
def _constants() -> Mapping[str, float]:
    table = resources.files("superatom.synthesis").joinpath("data", "kinetic_constants.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["name"]: float(row["value"]) for row in rows}


@lru_cache(maxsize=1)
def kinetic_models() -> Mapping[str, KineticModel]:
    """Return the models that come with Superatom, by name."""
    text = resources.files("superatom.synthesis").joinpath("data").joinpath(_FILE)
    return _models(text.read_text(encoding="utf-8"), _FILE)


def read_models(path: str | Path) -> Mapping[str, KineticModel]:
    """Read models of the user's own, in the form of data/kinetic_models.toml.

    Raises
    ------
    DataFileError
        If the file cannot be read or says something it should not.
    BalanceError, FormulaError
        If a step does not balance or cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
    return _models(text, str(path))


def find_model(name: str) -> KineticModel:
    """Return a built-in model, or the only one of a TOML file, or one as FILE:NAME.

    Raises
    ------
    SearchError
        If there is none of that name.
    """
    known = kinetic_models()
    if name in known:
        return known[name]
    path, _, part = name.partition(".toml:")
    if part or name.endswith(".toml"):
        models = read_models(path + ".toml" if part else name)
        part = part or (next(iter(models)) if len(models) == 1 else "")
        if part in models:
            return models[part]
        raise SearchError(f"name the model after a colon; there are {', '.join(models)}")
    raise SearchError(f"no kinetic model '{name[:40]}': {', '.join(known)}, or a .toml file")


def _models(text: str, path: str) -> Mapping[str, KineticModel]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(path, f"is not TOML: {error}") from error
    models = {}
    for name, table in tables.items():
        try:
            models[name] = _model(name, table)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, SearchError | DataFileError):
                raise
            raise DataFileError(
                path,
                f"model [{name}]: {type(error).__name__} {error}",
                hint="steps need equation and constant; constants and initial need numbers",
            ) from error
        models[name].network()  # says which step does not balance
    if not models:
        raise DataFileError(path, "holds no model")
    return models


def _model(name: str, table: Mapping[str, Any]) -> KineticModel:
    unknown = set(table) - _KEYS
    if unknown:
        raise SearchError(f"model [{name}]: '{min(unknown)}' is none of {', '.join(sorted(_KEYS))}")
    steps = [step for entry in table.get("steps", ()) for step in _steps(entry)]
    steps += [step for entry in table.get("ladders", ()) for step in _ladder(entry)]
    given = {k: v if isinstance(v, dict) else {"value": v} for k, v in table["constants"].items()}
    return KineticModel(
        name=name,
        title=table.get("title", name),
        source=table.get("source", ""),
        note=table.get("note", ""),
        steps=tuple(steps),
        constants={k: float(v["value"]) for k, v in given.items()},
        bases={k: str(v.get("basis", "given in the file")) for k, v in given.items()},
        initial={k: float(v) for k, v in table["initial"].items()},
        held=tuple(table.get("held", ())),
        pH=float(table["pH"]) if "pH" in table else None,
        duration_s=float(table.get("duration_s", 3600.0)),
    )


def _steps(entry: Mapping[str, Any]) -> list[Step]:
    """Return a step and, if it has a constant for it, its reverse."""
    orders = dict(entry.get("orders", {}))
    name, equation = str(entry.get("name", "")), str(entry["equation"])
    forward = Step(equation, entry["constant"], orders, float(entry.get("factor", 1.0)), name)
    if "reverse" not in entry:
        return [forward]
    left, arrow, right = equation.partition("->")
    back = Step(
        f"{right.strip()} {arrow} {left.strip()}",
        entry["reverse"],
        dict(entry.get("reverse_orders", {})),
        forward.factor,
        f"{name}, back".lstrip(", "),
    )
    return [forward, back]


def _ladder(entry: Mapping[str, Any]) -> list[Step]:
    """Return the steps in which `sites` equal atoms of a cluster are replaced one by one."""
    sites, steps = int(entry["sites"]), []
    for x in range(sites):
        before, after = (_rung(entry, n) for n in (x, x + 1))
        forward = f"{before} + {entry['entering']} -> {after} + {entry['leaving']}"
        back = f"{after} + {entry['leaving']} -> {before} + {entry['entering']}"
        name = f"{entry.get('name', '')}, {x} to {x + 1}".lstrip(", ")
        steps.append(Step(forward, entry["constant"], {}, (sites - x) / sites, name))
        if "reverse" in entry:
            steps.append(Step(back, entry["reverse"], {}, (x + 1) / sites, f"{name}, back"))
    return steps


def _rung(entry: Mapping[str, Any], n: int) -> str:
    """Write the cluster with `n` atoms replaced."""
    counts = ((entry["out"], int(entry["atoms"]) - n), (entry["into"], n))
    metals = "".join(f"{symbol}{count if count > 1 else ''}" for symbol, count in counts if count)
    return str(entry["cluster"]).format(metals=metals)
