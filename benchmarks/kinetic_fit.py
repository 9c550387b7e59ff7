"""Are the constants of a simulated LEIST experiment found within their intervals?

For each of 50 seeds: five species at 20 times over 8 h, 3 % noise (of the highest value of each
species, or of every value), first guesses wrong by a factor of 3 to 4. All four constants free.
Counted: each constant in its individual 95 % interval; all four at once in their individual
intervals (no claim is made for that), in their joint ones, and in the joint likelihood region.

Run: python benchmarks/kinetic_fit.py [--seeds 50]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from superatom.synthesis.kinetic_fit import NOISES, fit
from superatom.synthesis.kinetic_models import KineticModel, find_model
from superatom.synthesis.kinetics import Floats, ReactionNetwork
from superatom.synthesis.time_series import TimeSeries
from superatom.synthesis.trajectories import simulate

SPECIES = ("Au38(PET)24", "Au38(TBBT)12(PET)12", "Au38(TBBT)24*", "Au40(TBBT)26", "Au36(TBBT)24")
MINUTES = [0, 1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 95, 120, 160, 200, 260, 320, 400, 480]
OFF = (3.0, 0.3, 4.0, 0.25)
NOISE = 0.03


def counted(
    model: KineticModel, guess: ReactionNetwork, rows: TimeSeries, noise: str
) -> tuple[list[float], list[bool], list[bool]]:
    """Fit once: errors of ln k; inside the individual intervals; inside the joint ones, region."""
    found = fit(guess, rows, model.start(), noise=noise)
    truth = [model.constants[e.name] for e in found.estimates]
    pairs = list(zip(found.estimates, truth, strict=True))
    joint = all(e.joint_low <= k <= e.joint_high for e, k in pairs)
    return (
        [float(np.log(e.value / k)) for e, k in pairs],
        [e.low <= k <= e.high for e, k in pairs],
        [joint, found.holds(dict(model.constants))],
    )


def report(noise: str, model: KineticModel, clean: Floats, times: Floats, seeds: int) -> None:
    wrong = {k: v * f for (k, v), f in zip(model.constants.items(), OFF, strict=True)}
    guess = model.network(wrong)
    size = clean.max(axis=0) if noise == "constant" else clean
    began, rows = time.perf_counter(), []
    for seed in range(seeds):
        scatter = np.random.default_rng(seed).normal(size=clean.shape)
        series = TimeSeries(times, SPECIES, clean + NOISE * size * scatter, (False,) * 5)
        rows.append(counted(model, guess, series, noise))
    errors, inside, joint = (np.array(column) for column in zip(*rows, strict=True))
    each = (time.perf_counter() - began) / seeds
    print(f"{noise} noise of {NOISE:.0%}, {seeds} seeds, {each:.1f} s a fit")
    for i, name in enumerate(model.constants):
        rms = np.sqrt(np.mean(errors[:, i] ** 2))
        print(f"  {name:22s} individual {np.mean(inside[:, i]):6.1%}   rms error {rms:6.1%}")
    print(f"  {'each of the four':22s} individual {np.mean(inside):6.1%}")
    print(f"  {'all four at once':22s} individual {np.mean(inside.all(axis=1)):6.1%}")
    print(f"  {'':22s} joint      {np.mean(joint[:, 0]):6.1%}")
    print(f"  {'':22s} region     {np.mean(joint[:, 1]):6.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--noise", action="append", choices=NOISES)
    given = parser.parse_args()
    model = find_model("leist")
    times = np.array(MINUTES) * 60.0
    run = simulate(model.network(), model.start(), times)
    clean = np.array([run[name] for name in SPECIES]).T
    for noise in given.noise or NOISES:
        report(noise, model, clean, times, given.seeds)


if __name__ == "__main__":
    main()
