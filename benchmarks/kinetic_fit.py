"""Are the constants of a simulated LEIST experiment found within their 95 % intervals?

For each of 50 seeds: five species at 20 times over 8 h, 3 % noise (of the highest value of each
species, or of every value), first guesses wrong by a factor of 3 to 4. All four constants free.

Run: python benchmarks/kinetic_fit.py [--seeds 50]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from superatom.synthesis.kinetic_fit import NOISES, fit
from superatom.synthesis.kinetic_models import find_model
from superatom.synthesis.time_series import TimeSeries
from superatom.synthesis.trajectories import simulate

SPECIES = ("Au38(PET)24", "Au38(TBBT)12(PET)12", "Au38(TBBT)24", "Au40(TBBT)26", "Au36(TBBT)24")
MINUTES = [0, 1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 95, 120, 160, 200, 260, 320, 400, 480]
OFF = (3.0, 0.3, 4.0, 0.25)
NOISE = 0.03


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--noise", action="append", choices=NOISES)
    given = parser.parse_args()
    seeds = given.seeds
    model = find_model("leist")
    times = np.array(MINUTES) * 60.0
    run = simulate(model.network(), model.start(), times)
    clean = np.array([run[name] for name in SPECIES]).T
    wrong = {k: v * f for (k, v), f in zip(model.constants.items(), OFF, strict=True)}
    guess = model.network(wrong)
    for noise in given.noise or NOISES:
        size = clean.max(axis=0) if noise == "constant" else clean
        inside, errors, began = [], [], time.perf_counter()
        for seed in range(seeds):
            scatter = np.random.default_rng(seed).normal(size=clean.shape)
            rows = TimeSeries(times, SPECIES, clean + NOISE * size * scatter, (False,) * 5)
            found = fit(guess, rows, model.start(), noise=noise)
            inside.append([e.low <= model.constants[e.name] <= e.high for e in found.estimates])
            errors.append([np.log(e.value / model.constants[e.name]) for e in found.estimates])
        each = (time.perf_counter() - began) / seeds
        print(f"{noise} noise of {NOISE:.0%}, {seeds} seeds, {each:.1f} s a fit")
        for i, name in enumerate(model.constants):
            rms = np.sqrt(np.mean(np.array(errors)[:, i] ** 2))
            print(f"  {name:22s} inside {np.mean(inside, axis=0)[i]:6.1%}   rms error {rms:6.1%}")
        print(f"  all together           inside {np.mean(inside):6.1%}")
        print(f"  all four at once       inside {np.mean(np.all(inside, axis=1)):6.1%}")


if __name__ == "__main__":
    main()
