"""Routes: from chemicals that can be bought to a cluster, by steps that balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from superatom.composition.equations import Balance
from superatom.provenance import Provenance
from superatom.synthesis.hazards import Hazard, hazards_of
from superatom.synthesis.transformations import BalancedTransformation, Transformation

__all__ = ["SUPPLIES", "Route", "RouteStep", "Starting"]

#: How a starting material is come by: in the table of precursors; a ligand, salt or other
#: chemical that is not in it; a cluster that nothing known makes.
SUPPLIES = ("precursor", "ligand", "other chemical", "no synthesis known")


@dataclass(frozen=True, slots=True)
class Starting:
    """A starting material of a route.

    Attributes
    ----------
    text : str
        Species as the step writes it.
    supply : str
        One of `SUPPLIES`.
    name : str
        What to buy; empty if it is not in the table of precursors.
    """

    text: str
    supply: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of a route.

    Attributes
    ----------
    step : BalancedTransformation
        What happens, balanced.
    makes : str
        Product that the route goes on with.
    from_step : int or None
        Number (from 0) of the step that makes the main metal compound it starts from; None
        if it starts from chemicals that are bought.
    """

    step: BalancedTransformation
    makes: str
    from_step: int | None = None

    @property
    def transformation(self) -> Transformation:
        """What happens."""
        return self.step.transformation

    @property
    def is_proposal(self) -> bool:
        """Whether it is proposed by analogy, not told."""
        return self.transformation.basis == "proposal"


@dataclass(frozen=True, slots=True)
class Route:
    """A way from starting materials to a target.

    Attributes
    ----------
    target : str
        Formula asked for.
    steps : tuple[RouteStep, ...]
        In the order they are done; every one balances.
    starting : tuple[Starting, ...]
        What has to be bought or at hand.
    cost : float
        What routes are ranked by; lower is better (see `Weights`).
    notes : tuple[str, ...]
        What a reader has to know: charges not told, proposals, families.
    provenance : Provenance
        Method, version, inputs.
    """

    target: str
    steps: tuple[RouteStep, ...]
    starting: tuple[Starting, ...]
    cost: float
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def n_steps(self) -> int:
        """Number of steps, changes of charge left out."""
        return sum(s.transformation.basis != "charge state" for s in self.steps)

    @property
    def is_complete(self) -> bool:
        """Whether it starts from chemicals only, not from a cluster nothing known makes."""
        return all(s.supply != "no synthesis known" for s in self.starting)

    @property
    def is_proposal(self) -> bool:
        """Whether a step is proposed by analogy."""
        return any(step.is_proposal for step in self.steps)

    @property
    def main_line(self) -> tuple[int, ...]:
        """Numbers of the steps the metal of the target goes through, first step first."""
        line: list[int] = []
        at: int | None = len(self.steps) - 1 if self.steps else None
        while at is not None:
            line.append(at)
            at = self.steps[at].from_step
        return tuple(reversed(line))

    @property
    def yields_not_told(self) -> tuple[int, ...]:
        """Numbers of the steps of the main line whose yield no source tells."""
        return tuple(
            at
            for at in self.main_line
            if self.steps[at].transformation.yield_fraction is None
            and self.steps[at].transformation.basis != "charge state"
        )

    @property
    def cumulative_yield(self) -> float | None:
        """Product of the yields along the main line, between 0 and 1.

        None if one of them is not told. Changes of charge count as complete.
        """
        if self.yields_not_told or not self.steps:
            return None
        total = 1.0
        for at in self.main_line:
            total *= self.steps[at].transformation.yield_fraction or 1.0
        return total

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Hazards of everything that is used or set free."""
        texts = [t for s in self.steps for t in s.transformation.all_reactants]
        texts += [t for s in self.steps for t in s.transformation.all_products]
        return hazards_of(texts)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types; what can be derived is there to be read."""
        return {
            "target": self.target,
            "steps": [_step_dict(number, step) for number, step in enumerate(self.steps)],
            "starting": [asdict(s) for s in self.starting],
            "cost": self.cost,
            "n_steps": self.n_steps,
            "complete": self.is_complete,
            "proposal": self.is_proposal,
            "main_line": list(self.main_line),
            "cumulative_yield": self.cumulative_yield,
            "yields_not_told": list(self.yields_not_told),
            "hazards": [hazard.as_dict() for hazard in self.hazards],
            "notes": list(self.notes),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Route:
        """Return the route written by `as_dict`."""
        origin = dict(data["provenance"])
        return cls(
            target=data["target"],
            steps=tuple(_step_of(each) for each in data["steps"]),
            starting=tuple(Starting(**each) for each in data["starting"]),
            cost=data["cost"],
            notes=tuple(data["notes"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def _step_dict(number: int, step: RouteStep) -> dict[str, Any]:
    return {
        "number": number,
        "makes": step.makes,
        "from_step": step.from_step,
        "equation": step.step.balance.text,
        "proposal": step.is_proposal,
        "assumed": list(step.step.assumed),
        "electrons_left": str(step.step.electrons_on("left")),
        "electrons_right": str(step.step.electrons_on("right")),
        "source": step.transformation.source.text,
        "transformation": step.transformation.as_dict(),
        "balance": step.step.balance.as_dict(),
    }


def _step_of(data: Mapping[str, Any]) -> RouteStep:
    step = BalancedTransformation(
        Transformation.from_dict(data["transformation"]), Balance.from_dict(data["balance"])
    )
    return RouteStep(step, data["makes"], data["from_step"])
