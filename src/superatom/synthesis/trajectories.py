"""Concentrations against time, and how they answer to rate constants.

Sensitivities S = dc/d(ln p) are integrated together with the concentrations (forward
sensitivity equations, dS/dt = J S + df/d(ln p); Caracotsios and Stewart, Comput. Chem. Eng.
1985, 10.1016/0098-1354(85)85014-6).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import default_library
from superatom.composition.markup import read_markup
from superatom.composition.species_notation import read_species
from superatom.errors import ComputationError, SearchError
from superatom.provenance import Provenance, stamp
from superatom.synthesis.kinetics import Floats, ReactionNetwork, find_species, identify

__all__ = ["METHODS", "Trajectory", "integrate", "mean_metal_atoms", "metal_atoms", "simulate"]

#: Solvers for stiff equations.
METHODS = ("LSODA", "BDF")
_RELATIVE = 1e-8
_ABSOLUTE = 1e-3  # of the relative error, in units of the highest concentration


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """Concentrations of all species of a network against time.

    Attributes
    ----------
    times : ndarray, shape (times,)
        In s.
    species : tuple[str, ...]
        Formulas.
    concentrations : ndarray, shape (times, species)
        In mol/L.
    provenance : Provenance
        Method, version, inputs.
    """

    times: Floats
    species: tuple[str, ...]
    concentrations: Floats
    provenance: Provenance

    def __getitem__(self, species: str) -> Floats:
        """Return the concentrations of one species in mol/L, in whatever spelling."""
        if species in self.species:
            return np.asarray(self.concentrations[:, self.species.index(species)])
        place = find_species(species, self.species, [identify(known) for known in self.species])
        return np.asarray(self.concentrations[:, place])

    def as_dict(self) -> dict[str, Any]:
        """Return the trajectory as plain JSON types."""
        return {
            "time_s": self.times.tolist(),
            "concentration_mol_per_L": {
                name: self.concentrations[:, i].tolist() for i, name in enumerate(self.species)
            },
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Trajectory:
        """Return the trajectory written by `as_dict`."""
        columns = data["concentration_mol_per_L"]
        origin = dict(data["provenance"])
        return cls(
            times=np.array(data["time_s"], dtype=float),
            species=tuple(columns),
            concentrations=np.array(list(columns.values()), dtype=float).T,
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def simulate(
    network: ReactionNetwork,
    initial: Mapping[str, float],
    times: Sequence[float] | Floats,
    *,
    method: str = "LSODA",
) -> Trajectory:
    """Integrate a network.

    Parameters
    ----------
    network : ReactionNetwork
        Steps and rate constants.
    initial : mapping
        Concentrations at time 0 in mol/L; species not named are absent.
    times : sequence of float
        When to report, in s, from 0 up and rising.
    method : str
        One of `METHODS`.

    Raises
    ------
    SearchError
        If the times, the method or the concentrations make no sense.
    ComputationError
        If the solver fails.

    Examples
    --------
    >>> network = ReactionNetwork.of([("2 Au25(PET)18 -> Au38(PET)24 + 12 Au(PET)", 0.1)])
    >>> run = simulate(network, {"Au25(PET)18": 1e-3}, [0, 3600])
    >>> round(float(run["Au38(PET)24"][-1]) * 1e3, 3)
    0.209
    """
    c, _ = integrate(network, network.start(initial), _times(times), method=method)
    inputs = {"steps": [s.equation for s in network.steps], "constants": dict(network.constants)}
    origin = stamp(
        f"mass-action kinetics, {method}", inputs, dict(initial), list(map(float, times))
    )
    return Trajectory(_times(times), network.species, c, origin)


def integrate(
    network: ReactionNetwork,
    start: Floats,
    times: Floats,
    *,
    constants: Floats | None = None,
    sensitive_to: Sequence[int] = (),
    initial_of: Sequence[int] = (),
    method: str = "LSODA",
    precision: float = _RELATIVE,
) -> tuple[Floats, Floats]:
    """Return concentrations and their sensitivities.

    Parameters
    ----------
    network, start, times
        Network, concentrations at time 0 in mol/L, times in s.
    constants : ndarray, optional
        Rate constants, if not those of the network.
    sensitive_to : sequence of int
        Constants for whose logarithm sensitivities are wanted.
    initial_of : sequence of int
        Species for the logarithm of whose initial concentration they are wanted.

    method : str
        One of `METHODS`.
    precision : float
        Relative error of a step of the solver; the absolute one is a thousandth of it, in
        units of the highest concentration.

    Returns
    -------
    concentrations : ndarray, shape (times, species)
        In mol/L.
    sensitivities : ndarray, shape (times, species, parameters)
        dc/d(ln p) in mol/L; first the constants, then the initial concentrations.

    Raises
    ------
    ComputationError
        If the solver fails.
    """
    from scipy.integrate import solve_ivp

    if method not in METHODS:
        raise SearchError(f"'{method}' is none of {', '.join(METHODS)}")
    k = network.constant_values if constants is None else constants
    n, columns = len(start), list(sensitive_to)
    p = len(columns) + len(initial_of)
    first = np.zeros((n, p))
    for column, species in enumerate(initial_of, len(columns)):
        first[species, column] = start[species]

    def flow(_: float, y: Floats) -> Floats:
        c, s = y[:n], y[n:].reshape(p, n).T
        rates = network.rates(c, k)
        motion = network.stoichiometry @ rates
        if not p:
            return np.asarray(motion)
        change = network.stoichiometry @ (network.rate_gradient(c, rates) @ s)
        change[:, : len(columns)] += network.constant_gradient(rates)[:, columns]
        return np.asarray(np.concatenate([motion, change.T.ravel()]), dtype=float)

    def matrix(_: float, y: Floats) -> Floats:
        # Second derivatives are left out: this guides the solver's iterations only.
        return np.asarray(np.kron(np.eye(p + 1), network.jacobian(y[:n], k)), dtype=float)

    scale = max(float(start.max(initial=0.0)), 1e-30)
    with np.errstate(over="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="lsoda:")  # a failure is raised below
        answer: Any = solve_ivp(  # type: ignore[call-overload]
            flow,
            (0.0, float(times[-1]) or 1e-12),
            np.concatenate([start, first.T.ravel()]),
            method=method,
            t_eval=times,
            jac=matrix,
            rtol=precision,
            atol=_ABSOLUTE * precision * scale,
        )
    if not answer.success or not np.all(np.isfinite(answer.y)):
        raise ComputationError(f"the rate equations could not be integrated: {answer.message}")
    sensitivities = answer.y[n:].reshape(p, n, len(times)).transpose(2, 1, 0)
    return np.maximum(answer.y[:n].T, 0.0), sensitivities


def metal_atoms(species: str) -> int:
    """Return how many metal atoms a species has."""
    read = read_species(read_markup(species), Lexicon(default_library()))
    return int(sum(read.metals.values()))


def mean_metal_atoms(run: Trajectory, smallest: int = 2) -> Floats:
    """Return the mean number of metal atoms of a cluster, weighted by metal.

    Parameters
    ----------
    run : Trajectory
        Any.
    smallest : int
        Fewest metal atoms that make a cluster; complexes such as Au(SR) are left out.

    Returns
    -------
    ndarray, shape (times,)
        Metal atoms; NaN where there are no clusters.
    """
    atoms = np.array([metal_atoms(name) for name in run.species], dtype=float)
    atoms[atoms < smallest] = 0.0
    held = run.concentrations @ atoms
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((run.concentrations @ atoms**2) / held)


def _times(times: Sequence[float] | Floats) -> Floats:
    t = np.asarray(times, dtype=float)
    if t.ndim != 1 or not t.size or not np.all(np.isfinite(t)):
        raise SearchError("times are a list of numbers in s")
    if t[0] < 0 or np.any(np.diff(t) <= 0):
        raise SearchError("times start at 0 s or later and rise")
    return t
