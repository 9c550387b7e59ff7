"""A page with every archetype of the library, drawn while the documentation is built.

The line ``<!-- archetypes -->`` of a page is replaced by one entry for each archetype:
picture, formula, kernel, motifs, electrons, source. Pictures are kept in `_build/gallery`
under a name made from the archetype and the code that lays it out and draws it, so that only
what has changed is drawn again. An archetype that cannot be laid out fails the build with
its name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.composition.electrons import count_electrons_by_charge
from superatom.errors import SuperatomError
from superatom.model.families.archetypes import Archetype, archetypes
from superatom.model.families.embedding import embed
from superatom.model.families.skeleton import default_donors, skeleton_model
from superatom.report.cluster_look import skeleton_look
from superatom.report.cluster_picture import draw_cluster
from superatom.report.print_figure import save_figure

PLACE = "<!-- archetypes -->"
FOLDER = Path("_build") / "gallery"  # under the folder of the pages
_STRAIN = 0.025  # Å2 per atom above which contacts contradict each other
_CODE = {"superatom.model": "*.py", "superatom.report": "cluster_*.py"}
#: Ligands of each kind that electron counts are made with.
_EXAMPLES = {"PP": "PR3", "PN": "PR3", "SS": "SR", "OO": "OAc"}
_INDEX = re.compile(r"(?<=[A-Za-z)])(\d+)")


def setup_gallery(app) -> None:
    """Draw before pages are read, and fill the page in when it is."""
    app.connect("builder-inited", lambda built: draw_all(archetypes(), Path(built.srcdir)))
    app.connect("source-read", _fill)


def _fill(app, _docname: str, source: list[str]) -> None:
    if PLACE in source[0]:
        note_library(app.env)
        source[0] = source[0].replace(PLACE, page(archetypes()))


def note_library(env) -> None:
    """Read the page again when an archetype changes."""
    folder = resources.files("superatom.model") / "data" / "archetypes"
    for path in sorted(Path(str(folder)).glob("*.toml")):
        env.note_dependency(str(path))


def draw_all(families: Iterable[Archetype], pages: Path) -> list[Path]:
    """Draw each archetype that has no picture yet, and drop the pictures of old ones.

    Raises
    ------
    RuntimeError
        Names every archetype that cannot be laid out, and why.
    """
    folder = pages / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    failed, wanted = [], []
    for archetype in families:
        target = folder / picture_name(archetype)
        wanted.append(target)
        if target.exists():
            continue
        try:
            draw(archetype, target)
        except (SuperatomError, ValueError, ArithmeticError, LookupError) as error:
            failed.append(f"{archetype.name}: {error}")
    if failed:
        raise RuntimeError("archetypes that cannot be built: " + "; ".join(failed))
    for old in set(folder.glob("*.png")) - set(wanted):
        old.unlink()
    return wanted


def picture_name(archetype: Archetype) -> str:
    """Return the name of a picture: the archetype's and a hash of all that it depends on."""
    digest = hashlib.sha256(repr(archetype).encode())
    digest.update(_code())
    return f"{archetype.name.lower()}-{digest.hexdigest()[:16]}.png"


@cache
def _code() -> bytes:
    """Return a hash of the modules that lay an archetype out and draw it, with their tables."""
    digest = hashlib.sha256()
    for package, pattern in _CODE.items():
        folder = Path(str(resources.files(package)))
        for path in sorted([*folder.glob(pattern), *folder.glob("data/*.csv")]):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.digest()


def draw(archetype: Archetype, target: Path) -> None:
    """Lay out metals and donors of an archetype and draw them along and across their axis."""
    symbols = list(archetype.symbols)
    donors = default_donors(archetype)
    positions, energy = embed(skeleton_model(archetype, symbols, donors), seed=0)
    if energy > _STRAIN * len(positions):
        strain = energy / len(positions)
        raise ValueError(f"its distances cannot all be kept (strain {strain:.3f} Å² per atom)")
    look = skeleton_look(
        [*symbols, *donors],
        positions,
        np.array(bonds(archetype), dtype=np.int64).reshape(-1, 2),
        n_metals=archetype.n_metals,
        kernel=archetype.kernel,
    )
    figure = draw_cluster(look, ("along", "turned"), panel_mm=46.0)
    save_figure(figure, target, dpi=180)


def bonds(archetype: Archetype) -> list[tuple[int, int]]:
    """Return metal and donor atom of every bond to a ligand."""
    sites = archetype.ligand_sites
    return [
        (metal, archetype.n_metals + point)
        for point, (number, anchor) in enumerate(archetype.donor_sites)
        for metal in sites[number].anchors[anchor]
    ]


def page(families: Iterable[Archetype]) -> str:
    """Return the Markdown of all entries, by number of metals."""
    return "\n".join(entry(archetype) for archetype in families)


def entry(archetype: Archetype) -> str:
    """Return heading, picture and facts of one archetype."""
    metals = metal_text(archetype.symbols)
    formula = _lowered(archetype.formula.replace(f"M{archetype.n_metals}", metals, 1))
    kernel = _lowered(metal_text(archetype.symbols[: archetype.kernel]))
    lines = [
        f"## {archetype.name}",
        "",
        f"![{archetype.name}]({(FOLDER / picture_name(archetype)).as_posix()}){{.archetype}}",
        "",
        f"Formula\n: {formula}" + (f", isomer {archetype.isomer}" if archetype.isomer else ""),
        f"Kernel\n: {kernel}, {archetype.kernel_shape}" if kernel else "Kernel\n: none",
        f"Motifs\n: {_lowered(archetype.motifs) or 'none'}",
        *(f"Electrons\n: {told}" for told in electrons(archetype)),
        *(f"Also called\n: {', '.join(archetype.aliases)}" for _ in archetype.aliases[:1]),
        f"Connectivity\n: {archetype.source}",
    ]
    return "\n\n".join([*lines[:1], lines[2], *lines[4:]]) + "\n"


def metal_text(symbols: Iterable[str]) -> str:
    """Return metals with their counts, the commonest first: 'Au6Ag2'."""
    return "".join(f"{symbol}{n}" for symbol, n in Counter(symbols).most_common())


def electrons(archetype: Archetype) -> list[str]:
    """Return the superatom electron count as a function of charge, if ligands define one."""
    parts = [
        f"({_EXAMPLES.get(kind, kind)}){number}" if kind not in ("C", "H", "X")
        else f"{kind}{number}"
        for kind, number in archetype.ligand_counts
    ]  # fmt: skip
    try:
        formula = Cluster.parse(metal_text(archetype.symbols) + "".join(parts))
        counted = count_electrons_by_charge(formula)
    except SuperatomError:
        return []
    told = counted.function.replace("*", r"\*").replace("-", "−")
    spherical = [q for q, shell in counted.closing_charges if shell.kind == "spherical"]
    if not spherical:
        return [f"{told} for the charge q"]
    nearest = min(spherical, key=abs)
    charge = f"{nearest:+d}".replace("-", "−") if nearest else "0"
    return [f"{told} for the charge q; the least charge with a closed shell is {charge}"]


def _lowered(text: str) -> str:
    """Return a formula with its counts as subscripts."""
    return _INDEX.sub(r"<sub>\1</sub>", text)
