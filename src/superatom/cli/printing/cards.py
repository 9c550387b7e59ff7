"""Cards of clusters and tables of series on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from superatom.composition.card import Card, card
from superatom.composition.cluster import Cluster
from superatom.composition.conventions import Conventions
from superatom.composition.counts import Expression
from superatom.composition.electrons import ElectronCount, ElectronsByCharge
from superatom.composition.series import ClusterSeries
from superatom.composition.shells import ClosedShell
from superatom.errors import SuperatomError
from superatom.spectra.mass.likely_ions import LikelyIon, likely_ions

__all__ = ["Described", "DescribedSeries", "console", "described", "print_described", "remarks"]

_WIDTH = 100
_MOST_MEMBERS = 1000


@dataclass(frozen=True, slots=True)
class Described:
    """The card of a cluster and its likely ions."""

    card: Card
    ions: tuple[LikelyIon, ...]
    problems: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        facts = self.card.as_dict()
        facts["likely_ions"] = [ion.as_dict() for ion in self.ions]
        facts["problems"] = [*facts["problems"], *self.problems]
        return facts


@dataclass(frozen=True, slots=True)
class DescribedSeries:
    """A series and the cards of its members."""

    formula: str
    members: tuple[Card, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "series": self.formula,
            "members": [member.as_dict() for member in self.members],
            "notes": list(self.notes),
        }


def described(
    formula: Cluster | ClusterSeries, conventions: Conventions
) -> Described | DescribedSeries:
    """Describe a cluster, or all members of a series."""
    if isinstance(formula, ClusterSeries):
        return _series(formula, conventions)
    facts = card(formula, conventions)
    if facts.average_mass is None or formula.host:
        return Described(facts, ())
    try:
        return Described(facts, likely_ions(formula))
    except SuperatomError as error:
        return Described(facts, (), (f"no ions: {error}",))


def _series(series: ClusterSeries, conventions: Conventions) -> DescribedSeries:
    told = dict(series.domain)
    values = {
        name: allowed
        for name in series.variables
        if name not in told and (allowed := _allowed(series, name))
    }
    notes = tuple(
        f"{name} = {allowed[0]}-{allowed[-1]}: all that the formula allows"
        for name, allowed in values.items()
    )
    members: list[Card] = []
    for member in series.expand(**values):
        if len(members) == _MOST_MEMBERS:
            raise SuperatomError(
                f"the series {series} has more than {_MOST_MEMBERS:,} members; "
                "say which, as in '(x = 0-9)'"
            )
        members.append(card(member, conventions))
    return DescribedSeries(str(series), tuple(members), (*series.notes, *notes))


def _allowed(series: ClusterSeries, name: str) -> range | None:
    """Return the values of a variable for which no count is negative; None if unbounded."""
    bounds = [
        count.constant // -factor
        for _, count in series.parts
        if isinstance(count, Expression)
        for variable, factor in count.terms
        if variable == name and factor < 0 and len(count.terms) == 1
    ]
    return range(min(bounds) + 1) if bounds and min(bounds) >= 0 else None


def console() -> Console:
    """Return a console that takes square brackets literally and is not too wide."""
    screen = Console(markup=False, highlight=False)
    screen.width = min(screen.width, _WIDTH)
    return screen


def print_described(result: Described | DescribedSeries) -> None:
    """Print a card, or the table of a series."""
    if isinstance(result, DescribedSeries):
        console().print(_members(result))
        return
    facts = result.card
    blocks: list[RenderableType] = [_facts(facts)]
    if facts.electrons:
        blocks.append(_electrons(facts.electrons))
    if facts.electrons_by_charge:
        blocks.append(_by_charge(facts.electrons_by_charge))
    if result.ions:
        blocks.append(_ions(result.ions))
    blocks += remarks(
        [("note", note) for note in facts.notes]
        + [("open", problem) for problem in (*facts.problems, *result.problems)]
    )
    title = Text(f" {facts.unicode} ", style="bold")
    console().print(Panel(Group(*blocks), title=title, title_align="left", padding=(1, 2)))


def _facts(facts: Card) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in _fact_rows(facts):
        table.add_row(name, Text(value))
    return table


def _fact_rows(facts: Card) -> Iterator[tuple[str, str]]:
    yield "formula", facts.formula
    yield "charge", "not known" if facts.charge is None else f"{facts.charge:+d}".replace("+0", "0")
    metals = ", ".join(f"{number(n)} {symbol}" for symbol, n in facts.metals.items())
    yield "metals", f"{number(facts.n_metals)} ({metals})" if metals else "none"
    for line in facts.ligands:
        name = f"{line.name}, {line.long_name}" if line.long_name != line.name else line.name
        yield "ligand", f"{number(line.count)} {name} ({line.kind})"
    for companion in facts.companions:
        yield "with it", companion
    if facts.ligands_per_metal is not None and facts.ligands:
        yield "metals : ligands", f"{number(facts.n_metals)} : {number(facts.n_ligands)}"
    if facts.average_mass is not None:
        yield "average mass", f"{facts.average_mass:,.2f} u"
    if facts.salt_mass is not None:
        yield "with counter-ions", f"{facts.salt_mass:,.2f} u"
    if facts.mass_percent:
        shares = sorted(facts.mass_percent.items(), key=lambda pair: -pair[1])
        yield "mass percent", ", ".join(f"{symbol} {share:.2f}" for symbol, share in shares)
    if facts.oxidation_state is not None:
        yield "mean oxidation state", f"{facts.oxidation_state:+.3f} (metals)"


def number(value: float) -> str:
    """Write a count without needless decimals."""
    return f"{value:g}"


def _electrons(count: ElectronCount) -> RenderableType:
    lines = [Text.assemble("\nsuperatom electrons  ", (f"{count.total}", "bold"))]
    if count.configuration:
        lines[0].append(f"   {count.configuration}")
    lines.append(Text(f"  {count.equation}"))
    lines.append(Text(f"  {_shell_text(count)}"))
    told = [("note", note) for note in count.notes]
    told += [("warning", warning) for warning in count.warnings]
    return Group(*lines, *remarks(told))


def _shell(shell: ClosedShell) -> str:
    kind = "spherical shell" if shell.kind == "spherical" else shell.kind
    return f"{kind} of {shell.electrons}"


def _shell_text(count: ElectronCount) -> str:
    if count.closed_shell:
        return f"closes the {_shell(count.closed_shell)} ({count.parity})"
    below = f"{count.shell_below.electrons} below" if count.shell_below else ""
    above = f"{count.shell_above.electrons} above" if count.shell_above else ""
    nearest = ", ".join(filter(None, (below, above)))
    return f"{count.parity}; nearest closed shells: {nearest}" if nearest else count.parity


def _by_charge(scan: ElectronsByCharge) -> RenderableType:
    lines = [
        Text.assemble("\nsuperatom electrons  ", (scan.function, "bold"), "   charge not known")
    ]
    neutral = f"{scan.neutral}   {scan.configuration_if_neutral}".rstrip()
    lines.append(Text(f"  if neutral: {neutral}"))
    for charge, shell in scan.closing_charges:
        written = f"{charge:+d}" if charge else "0"
        lines.append(Text(f"  charge {written:>2} closes the {_shell(shell)}"))
    if not scan.closing_charges:
        lines.append(Text("  no plausible charge closes a shell"))
    told = [("note", note) for note in scan.notes]
    return Group(*lines, *remarks([*told, *(("warning", w) for w in scan.warnings)]))


def _ions(ions: Sequence[LikelyIon]) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("likely ion", no_wrap=True)
    table.add_column("base peak m/z", justify="right", no_wrap=True)
    table.add_column("centroid m/z", justify="right", no_wrap=True)
    table.add_column("")
    for ion in ions:
        table.add_row(
            Text(ion.name), f"{ion.base_mz:.4f}", f"{ion.mean_mz:.4f}", Text(ion.why, style="dim")
        )
    return Group(Text(""), table)


def remarks(told: Sequence[tuple[str, str]]) -> list[RenderableType]:
    """Return notes and warnings as dim and yellow lines, each once."""
    styles = {"warning": "yellow", "open": "yellow", "note": "dim"}
    return [
        Text(f"  {kind}: {text}", style=styles.get(kind, "")) for kind, text in dict.fromkeys(told)
    ]


def _members(series: DescribedSeries) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, title=f"{series.formula}", title_justify="left", pad_edge=False)
    table.add_column("member", no_wrap=True)
    table.add_column("average mass (u)", justify="right")
    table.add_column("metal (mass %)", justify="right")
    table.add_column("electrons", justify="right")
    table.add_column("configuration")
    for member in series.members:
        scan = member.electrons_by_charge
        count = member.electrons
        table.add_row(
            Text(member.unicode),
            f"{member.average_mass:.2f}" if member.average_mass is not None else "open",
            f"{member.metal_percent:.2f}" if member.metal_percent is not None else "",
            str(count.total) if count else scan.function.removeprefix("n* = ") if scan else "open",
            count.configuration if count else "",
        )
    problems = dict.fromkeys(("open", p) for member in series.members for p in member.problems)
    return Group(table, *remarks([*(("note", note) for note in series.notes), *problems]))
