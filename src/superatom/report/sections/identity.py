"""Dossier section: the card of the cluster, as far as the formula alone tells."""

from __future__ import annotations

from superatom.composition.card import Card, card
from superatom.report.sections import DossierInput, HeadFact, Section, section
from superatom.report.templating import number, render

__all__ = ["identity"]


@section("Identity", order=10)
def identity(dossier: DossierInput) -> Section:
    """Return formula, masses, percentages, ratios and the mean oxidation state."""
    known = card(dossier.cluster, dossier.conventions)
    return Section(
        render(
            "identity.html.j2",
            card=known,
            shares=sorted(known.mass_percent.items(), key=lambda share: -share[1]),
            metals=[f"{n} {symbol}" for symbol, n in known.metals.items()],
            latex=dossier.cluster.text("latex"),
        ),
        facts=tuple(_facts(known)),
        provenance=(known.provenance,),
        data={"card": known.as_dict()},
    )


def _facts(known: Card) -> list[HeadFact]:
    facts = []
    if known.average_mass is not None:
        facts.append(HeadFact("mass", f"{number(known.average_mass, 1)} u", "average"))
    if known.metal_percent is not None:
        facts.append(HeadFact("metal by mass", f"{number(known.metal_percent, 1)} %"))
    return facts
