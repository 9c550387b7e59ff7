"""Suggested experiments against twice as many random ones and one-factor-at-a-time ones.

Known test functions (Branin; Hartmann with three and with six numbers; and, many-humped, Ackley
with a category, on which no smooth model has an easy time) and a simulated synthesis (ratio,
temperature, pH, time, solvent, reductant; noise of 1.5 % yield), all to be maximised.

Every seed has a task of its own: the ranges are moved by up to a tenth of their width, each way,
at random, so that no optimum lies in the middle of a range or on a grid; all strategies get the
same. Scored is the true value of the run that looked best.

- random: even chances for every condition.
- one factor: a chemist begins at random conditions and varies one condition, at 4 even values over
  its whole range (all options of a category), keeps the best value of all so far and goes on to
  the next condition, in random order; after all of them once more around the best run over half
  the width, then a quarter, and so on.
- one factor, middle: the same from the middle of all ranges on, with options at random.
- suggested: four runs spread evenly by `suggest`, then one suggestion after the other.

Reported: medians over the seeds of N suggested runs and of 2 N others; in how many seeds the N
suggested runs are ahead; and how many suggested runs it takes until their median is as good as
that of 40 runs of the others.

Run: python benchmarks/suggest.py [--seeds 24] [--task Branin] [--batch 4]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from superatom.synthesis.conditions import Choice, Conditions, Experiments, Range
from superatom.synthesis.suggest import suggest

LEVELS = 4  # values a chemist tries of one factor
FIRST = 4  # runs spread evenly before the first that is suggested
COUNTS = (15, 20, 25)
MOST = 30
MOVED = 0.1  # of its width by which a range is moved at most


@dataclass(frozen=True)
class Task:
    name: str
    conditions: Conditions
    truth: Callable[[dict], float]
    optimum: float
    noise: float = 0.0


def branin(run: dict) -> float:
    x, y = run["x"], run["y"]
    bend = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return -(bend**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10)


def hartmann(run: dict) -> float:
    x = np.array([run["a"], run["b"], run["c"]])
    A = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
    P = 1e-4 * np.array(
        [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
    )
    return float(np.array([1.0, 1.2, 3.0, 3.2]) @ np.exp(-np.sum(A * (x - P) ** 2, axis=1)))


def hartmann6(run: dict) -> float:
    x = np.array([run[name] for name in "abcdef"])
    A = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
                  [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])  # fmt: skip
    P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
         [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]  # fmt: skip
    return float(
        np.array([1.0, 1.2, 3.0, 3.2]) @ np.exp(-np.sum(A * (x - 1e-4 * np.array(P)) ** 2, axis=1))
    )


def ackley(run: dict) -> float:
    """Ackley's function with its minimum moved, and a penalty, by the option."""
    shift, penalty = {"A": (-1.0, 2.0), "B": (0.7, 0.0), "C": (1.5, 1.0), "D": (0.0, 4.0)}[
        run["kind"]
    ]
    x = np.array([run["x"] - shift, run["y"] + shift])
    hill = 20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) + np.exp(np.mean(np.cos(2 * np.pi * x)))
    return float(hill - 20 - np.e - penalty)


def synthesis(run: dict) -> float:
    """Yield / %: optima of ratio and pH hang together, time and temperature as well."""
    acid = {"water": 10.0, "methanol": 9.0, "THF": 8.0, "toluene": 7.5}[run["solvent"]]
    best = {"water": 0.75, "methanol": 1.0, "THF": 0.9, "toluene": 0.6}[run["solvent"]]
    strong = {"NaBH4": 0.0, "TBAB": 0.25, "CO": 0.6}[run["reductant"]]
    ratio = np.exp(-((np.log(run["ratio"] / (2.5 + 0.4 * (run["pH"] - 7))) / 0.5) ** 2))
    acidity = np.exp(-(((run["pH"] - acid) / 2.0) ** 2))
    speed = np.exp((run["T_C"] - 40) / 18) * (1.5 - strong)
    made = 1 - np.exp(-run["time_h"] * speed / 4)
    lost = np.exp(-run["time_h"] * np.exp((run["T_C"] - 75) / 9) / 6)
    kind = 1 - 0.5 * abs(strong - 0.25 - 0.3 * (run["solvent"] == "water"))
    return float(90 * best * ratio * acidity * made * lost * kind)


def tasks() -> list[Task]:
    kinds = Choice("kind", ("A", "B", "C", "D"))
    plane = (Range("x", -5, 10), Range("y", 0, 15))
    cube = tuple(Range(name, 0, 1) for name in "abc")
    six = tuple(Range(name, 0, 1) for name in "abcdef")
    flask = Conditions.of(
        Range("ratio", 1, 10, "log"), Range("T_C", 0, 90), Range("pH", 4, 12),
        Range("time_h", 0.5, 24, "log"),
        Choice("solvent", ("water", "methanol", "THF", "toluene")),
        Choice("reductant", ("NaBH4", "TBAB", "CO")),
    )  # fmt: skip
    sea = (Range("x", -3, 3), Range("y", -3, 3), kinds)
    many = [flask.decode(point) for point in flask.scatter(2**16, 0)]
    return [
        Task("Branin", Conditions.of(*plane), branin, -0.397887),
        Task("Hartmann-3", Conditions.of(*cube), hartmann, 3.86278),
        Task("Hartmann-6", Conditions.of(*six), hartmann6, 3.32237),
        Task("Ackley, 4 kinds", Conditions.of(*sea), ackley, 0.0),
        Task("synthesis", flask, synthesis, max(map(synthesis, many)), noise=1.5),
    ]


class Bench:
    """Does runs and keeps their measured results and true values."""

    def __init__(self, task: Task, seed: int) -> None:
        self.task, self.runs, self.results, self.truths = task, [], [], []
        self.generator = np.random.default_rng([seed, 77])

    def do(self, run: dict) -> float:
        truth = self.task.truth(run)
        self.runs.append(run)
        self.truths.append(truth)
        self.results.append(truth + self.task.noise * self.generator.normal())
        return self.results[-1]

    def best(self, count: int) -> float:
        """True value of the run that looked best among the first `count`."""
        return self.truths[int(np.argmax(self.results[:count]))]


def at_random(task: Task, runs: int, seed: int) -> Bench:
    bench, generator = Bench(task, seed), np.random.default_rng(seed)
    sizes = [len(choice.options) for choice in task.conditions.choices]
    for _ in range(runs):
        numbers = generator.random(len(task.conditions.ranges))
        bench.do(task.conditions.decode(np.array([*numbers, *generator.integers(0, sizes)])))
    return bench


def one_factor(task: Task, runs: int, seed: int, *, middle: bool = False) -> Bench:
    """Vary one condition, keep its best value, go on to the next; then finer, again."""
    bench, generator = Bench(task, seed), np.random.default_rng([seed, 5])
    point = at_random(task, 1, seed).runs[0]
    if middle:
        point = {**point, **{item.name: item.value(0.5) for item in task.conditions.ranges}}
    score, width = bench.do(point), 1.0
    while len(bench.runs) < runs:
        for i in generator.permutation(len(task.conditions.names)):
            name = task.conditions.names[i]
            if i < len(task.conditions.ranges):
                item = task.conditions.ranges[i]
                here = item.place(point[name]) if width < 1 else 0.5
                low = min(max(here - width / 2, 0.0), 1.0 - width)
                values = [item.value(p) for p in low + width * np.linspace(0, 1, LEVELS)]
            else:
                values = task.conditions.choices[i - len(task.conditions.ranges)].options
            for value in values:
                if value == point[name] or len(bench.runs) >= runs:
                    continue
                tried = {**point, name: value}
                result = bench.do(tried)
                if result > score:
                    point, score = tried, result
        width /= 2
    return bench


def from_the_middle(task: Task, runs: int, seed: int) -> Bench:
    return one_factor(task, runs, seed, middle=True)


def moved(task: Task, seed: int) -> Task:
    """Return the task with its ranges moved at random."""
    generator = np.random.default_rng([seed, 991])
    ranges = []
    for item in task.conditions.ranges:
        shift = MOVED * generator.uniform(-1, 1)
        if item.scale == "log":
            factor = (item.high / item.low) ** shift
            ends = {"low": item.low * factor, "high": item.high * factor}
        else:
            step = shift * (item.high - item.low)
            ends = {"low": item.low + step, "high": item.high + step}
        ranges.append(replace(item, **ends))
    return replace(task, conditions=replace(task.conditions, ranges=tuple(ranges)))


def suggested(task: Task, runs: int, seed: int, batch: int = 1) -> Bench:
    bench = Bench(task, seed)
    while len(bench.runs) < runs:
        done = Experiments(tuple(bench.runs), tuple(bench.results))
        count = batch if bench.runs else FIRST
        for item in suggest(task.conditions, done, count=count, seed=seed).batch:
            bench.do(dict(item.conditions))
    return bench


def report(task: Task, seeds: range, batch: int) -> None:
    tasks_moved = [moved(task, seed) for seed in seeds]
    ours = [suggested(t, MOST, s, batch) for t, s in zip(tasks_moved, seeds, strict=True)]
    best = {n: np.array([bench.best(n) for bench in ours]) for n in range(FIRST, MOST + 1)}
    medians = {n: float(np.median(values)) for n, values in best.items()}
    print(f"{task.name}, optimum {task.optimum:.3f}")
    print("  suggested     " + "".join(f"{n:>4d}: {medians[n]:8.3f}" for n in COUNTS))
    others = {
        "random": at_random, "one factor": one_factor, "one f., middle": from_the_middle
    }  # fmt: skip
    for name, strategy in others.items():
        theirs = [strategy(t, 2 * max(COUNTS), s) for t, s in zip(tasks_moved, seeds, strict=True)]
        cells, wins = "", []
        for n in COUNTS:
            twice = np.array([bench.best(2 * n) for bench in theirs])
            cells += f"{2 * n:>4d}: {np.median(twice):8.3f}"
            wins.append(f"{np.mean(best[n] > twice):.0%}")
        level = float(np.median([bench.best(40) for bench in theirs]))
        needed = next((str(n) for n in medians if medians[n] >= level), f"more than {MOST}")
        print(f"  {name:14s}{cells}  beaten with half: {' / '.join(wins)}  40 are met by {needed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--task", action="append", help="Only this one. May be repeated.")
    parser.add_argument("--batch", type=int, default=1)
    given = parser.parse_args()
    for task in tasks():
        if not given.task or task.name in given.task:
            report(task, range(given.first_seed, given.first_seed + given.seeds), given.batch)


if __name__ == "__main__":
    main()
