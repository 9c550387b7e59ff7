"""Units of a disordered crystal: partial atoms that are there together or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import is_metal
from superatom.structure.lattice import Contacts
from superatom.structure.proximity import bonded, incompatible
from superatom.structure.sites import CellSites, Sites
from superatom.structure.untagged import coloured, label_suffix, sense, two_sets

__all__ = ["Unit", "build_units", "components"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_SAME_OCCUPANCY = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Partial atoms that are there together.

    Attributes
    ----------
    images : ndarray of int, shape (n,)
        Their images in the cell.
    labels : tuple[str, ...]
        Labels of their sites, sorted.
    assembly, group : str
        Disorder tags; '' if untagged.
    occupancy : float
        Mean occupancy.
    fragment : int
        Number shared by the symmetry images of one unit.
    by_symmetry : bool
        Whether its images exclude each other (negative PART).
    only_on : int
        Image of the full atom that has a place for one image of this unit only; -1 if none.
    """

    images: IntArray
    labels: tuple[str, ...]
    assembly: str
    group: str
    occupancy: float
    fragment: int
    by_symmetry: bool = False
    only_on: int = -1


def components(edges: IntArray, n: int) -> IntArray:
    """Return the connected component of each of `n` nodes, shape (n,)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(edges), dtype=np.int8)
    graph = csr_array((ones, (edges[:, 0], edges[:, 1])), (n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def build_units(
    sites: Sites,
    cell: CellSites,
    contacts: Contacts,
    touching: Contacts,
    partial: BoolArray,
) -> tuple[list[Unit], list[str]]:
    """Return the units of all partial sites and remarks.

    Parameters
    ----------
    sites, cell
        The crystal.
    contacts : Contacts
        All short contacts between images.
    touching : Contacts
        Those that are bonds.
    partial : ndarray of bool, shape (n_sites,)
        Sites that are not in every picture.
    """
    workshop = _Workshop(sites, cell, contacts, touching, partial)
    return workshop.units()


class _Workshop:
    """Puts partial images together into units."""

    def __init__(
        self, sites: Sites, cell: CellSites, contacts: Contacts, touching: Contacts,
        partial: BoolArray,
    ) -> None:  # fmt: skip
        self.sites, self.cell, self.partial = sites, cell, partial
        self.numbers = sites.numbers[cell.site]
        self.n = len(cell.site)
        self.contacts, self.touching = contacts, touching
        z = self.numbers[contacts.pairs]
        self.clash = incompatible(z[:, 0], z[:, 1], contacts.length)
        self.parents: list[list[int]] = self._parents()
        self.tagged = sites.tagged
        self.notes: list[str] = []

    def units(self) -> tuple[list[Unit], list[str]]:
        keys = self._site_keys()
        by_symmetry = np.array([g.startswith("-") for g in self.sites.group], dtype=bool)
        by_symmetry |= self._one_place_for_images()
        by_symmetry &= self.partial
        positive = self.partial & ~by_symmetry & self.tagged
        overlapping = self._overlapping_sites(keys, positive)
        if overlapping.any():
            names = ", ".join(np.array(self.sites.labels)[overlapping][:12])
            self.notes.append(
                f"images of {names} overlap though their group is not negative: "
                "treated as disorder about the symmetry element"
            )
        by_symmetry |= overlapping
        positive &= ~overlapping
        untagged = self.partial & ~by_symmetry & ~positive
        units: list[Unit] = []
        self._add_imaged(units, keys, by_symmetry)
        self._add_connected(units, keys, positive)
        self._add_untagged(units, untagged)
        return units, self.notes

    def _parents(self) -> list[list[int]]:
        """Return the full non-metal images that each partial image is bonded to."""
        whole = ~self.partial[self.cell.site] & ~is_metal(self.numbers)
        parents: list[list[int]] = [[] for _ in range(self.n)]
        pairs = self.touching.pairs
        for near, far in (pairs.T, pairs.T[::-1]):
            rows = np.flatnonzero(whole[near] & self.partial[self.cell.site[far]])
            for row in rows.tolist():
                parents[int(far[row])].append(int(near[row]))
        return parents

    def _site_keys(self) -> IntArray:
        """Return a number per site: equal for one group and one occupancy."""
        occupancy = _classes(self.sites.occupancy)
        tags = zip(self.sites.assembly, self.sites.group, occupancy.tolist(), strict=True)
        numbering: dict[tuple[str, str, int], int] = {}
        return np.array([numbering.setdefault(tag, len(numbering)) for tag in tags])

    def _one_place_for_images(self) -> BoolArray:
        """Return untagged sites whose images share the one place on an atom of high symmetry.

        An NH4+ on a centre of order m, refined as four H of site factor 1/m each, has m
        orientations, one per operator.
        """
        found = np.zeros(len(self.sites), dtype=bool)
        factor = self.sites.occupancy / self.cell.order
        for image, parents in enumerate(self.parents):
            site = int(self.cell.site[image])
            if self.tagged[site]:
                continue
            orders = [int(self.cell.order[self.cell.site[p]]) for p in parents]
            if any(m > 1 and abs(factor[site] * m - 1.0) < 0.1 for m in orders):
                found[site] = True
        return found

    def _links(self, keys: IntArray, which: BoolArray) -> IntArray:
        """Return pairs of images of one key that are bonded or share a full neighbour."""
        here = which[self.cell.site]
        pairs = self.touching.pairs
        key = keys[self.cell.site]
        same = here[pairs].all(axis=1) & (key[pairs[:, 0]] == key[pairs[:, 1]])
        links = [tuple(p) for p in pairs[same].tolist()]
        first_on: dict[tuple[int, int], int] = {}
        for image in np.flatnonzero(here).tolist():
            links += [
                (image, first_on.setdefault((parent, int(key[image])), image))
                for parent in self.parents[image]
            ]
        return np.array(links, dtype=np.int64).reshape(-1, 2)

    def _overlapping_sites(self, keys: IntArray, positive: BoolArray) -> BoolArray:
        """Return the positive sites of fragments whose own images clash."""
        found = np.zeros(len(self.sites), dtype=bool)
        label = components(self._links(keys, positive), self.n)
        pairs = self.contacts.pairs[self.clash]
        here = positive[self.cell.site]
        key = keys[self.cell.site]
        inside = here[pairs].all(axis=1) & (key[pairs[:, 0]] == key[pairs[:, 1]])
        bad = np.unique(label[pairs[inside].ravel()])
        found[self.cell.site[np.isin(label, bad) & here]] = True
        return found

    def _unit(self, images: IntArray, fragment: int, **more: bool | int) -> Unit:
        sites = self.cell.site[images]
        first = int(sites[0])
        return Unit(
            images=np.sort(images),
            labels=tuple(sorted({self.sites.labels[s] for s in sites.tolist()})),
            assembly=self.sites.assembly[first],
            group=self.sites.group[first],
            occupancy=round(float(self.sites.occupancy[sites].mean()), 6),
            fragment=fragment,
            **more,  # type: ignore[arg-type]
        )

    def _add_imaged(self, units: list[Unit], keys: IntArray, which: BoolArray) -> None:
        """Add one unit per operator for each fragment of the asymmetric unit."""
        members = np.flatnonzero(which)
        tags = self._tag_keys(keys)
        edges = [
            edge
            for tag in np.unique(tags[members])
            for edge in self._home_links(which & (tags == tag))
        ]
        label = components(np.array(edges, dtype=np.int64), len(self.sites))
        for one in np.unique(label[members]):
            fragment = members[label[members] == one]
            seen: set[tuple[int, ...]] = set()
            for row in self.cell.image_of[:, fragment]:
                images = np.unique(row)
                if tuple(images) not in seen:
                    seen.add(tuple(images))
                    only = self._only_place(fragment, row)
                    units.append(
                        self._unit(images, int(fragment[0]), by_symmetry=True, only_on=only)
                    )

    def _home_links(self, which: BoolArray) -> list[tuple[int, int]]:
        """Return pairs of sites linked in the asymmetric unit as the file lists it.

        Bonds are found without the other images, which lie in between.
        """
        home = self.cell.image_of[0]
        site_of = {int(home[s]): s for s in np.flatnonzero(which).tolist()}
        whole = ~self.partial[self.cell.site] & ~is_metal(self.numbers)
        there = whole.copy()
        there[list(site_of)] = True
        inside: BoolArray = np.all(there[self.contacts.pairs], axis=1)
        rows = self.contacts.where(inside)
        edges: list[tuple[int, int]] = []
        shared: dict[int, int] = {}
        for a, b in rows.pairs[bonded(self.numbers, rows)].tolist():
            if a in site_of and b in site_of:
                edges.append((site_of[a], site_of[b]))
            for near, far in ((a, b), (b, a)):
                if near in site_of and whole[far]:
                    edges.append((site_of[near], shared.setdefault(far, site_of[near])))
        return edges

    def _tag_keys(self, keys: IntArray) -> IntArray:
        """Return keys in which untagged sites are told apart by site factor, not occupancy."""
        factor = _classes(self.sites.occupancy / self.cell.order, 0.1, relative=True)
        return np.where(self.tagged, keys, keys.max(initial=0) + 1 + factor)

    def _only_place(self, fragment: IntArray, row: IntArray) -> int:
        """Return the full atom that has room for one image of the fragment, -1 if none."""
        for site, image in zip(fragment.tolist(), row.tolist(), strict=True):
            factor = self.sites.occupancy[site] / self.cell.order[site]
            for parent in self.parents[image]:
                if abs(factor * self.cell.order[self.cell.site[parent]] - 1.0) < 0.1:
                    return int(parent)
        return -1

    def _add_connected(self, units: list[Unit], keys: IntArray, which: BoolArray) -> None:
        """Add the connected images of positive groups, across symmetry elements too."""
        label = components(self._links(keys, which), self.n)
        images = np.flatnonzero(which[self.cell.site])
        units += [
            self._unit(members, int(self.cell.site[members].min()))
            for members in _grouped(images, label[images])
        ]

    def _add_untagged(self, units: list[Unit], which: BoolArray) -> None:
        """Add untagged partial images, taken apart where they overlap."""
        if not which.any():
            return
        keys = _classes(self.sites.occupancy)
        here = which[self.cell.site]
        pairs = self.contacts.pairs[self.clash]
        key = keys[self.cell.site]
        inside = here[pairs].all(axis=1) & (key[pairs[:, 0]] == key[pairs[:, 1]])
        links = np.concatenate([self._links(keys, which), pairs[inside]])
        label = components(links, self.n)
        images = np.flatnonzero(here)
        known: dict[tuple[int, ...], IntArray] = {}
        clashing = set(label[pairs[inside].ravel()].tolist())
        for members in _grouped(images, label[images]):
            if int(label[members[0]]) in clashing:
                parts = self._taken_apart_alike(members, known)
                names = ", ".join(sorted({self.sites.labels[self.cell.site[m]] for m in members}))
                self.notes.append(f"untagged overlapping sites taken apart: {names[:120]}")
            else:
                parts = [members]
            units += [self._unit(part, int(self.cell.site[part].min())) for part in parts]

    def _taken_apart_alike(
        self, members: IntArray, known: dict[tuple[int, ...], IntArray]
    ) -> list[IntArray]:
        """Return overlapping images taken apart as the symmetry images before them were."""
        order = np.argsort(self.cell.site[members], kind="stable")
        members = members[order]
        sites = tuple(self.cell.site[members].tolist())
        if len(set(sites)) < len(sites):  # a site is there twice: about a symmetry element
            return self._taken_apart(members)
        if sites not in known:
            parts = self._taken_apart(members)
            known[sites] = np.array([[m in p for p in parts].index(True) for m in members])
        return _grouped(members, known[sites])

    def _taken_apart(self, members: IntArray) -> list[IntArray]:
        """Return overlapping untagged images as sets that make sense on their own."""
        place = {int(image): k for k, image in enumerate(members.tolist())}
        rows = np.flatnonzero(np.isin(self.contacts.pairs, members).all(axis=1)).tolist()
        gain = np.zeros((len(members),) * 2)
        for k in rows:
            i = place[int(self.contacts.first[k])]
            j = place[int(self.contacts.second[k])]
            if i != j:
                value = sense(self.numbers[members[[i, j]]], float(self.contacts.length[k]))
                gain[i, j] = gain[j, i] = min(value, gain[i, j]) if gain[i, j] else value
        suffixes = [label_suffix(self.sites.labels[self.cell.site[m]]) for m in members.tolist()]
        for listed in (self._operators_of(members), np.unique(suffixes, return_inverse=True)[1]):
            if listed.max() and (gain[listed[:, None] == listed] >= 0).all():
                return _grouped(members, listed)
        occupancy = float(self.sites.occupancy[self.cell.site[members]].mean())
        n_sets = max(2, round(1.0 / max(occupancy, 0.02)))
        if n_sets == 2:
            colour = two_sets(gain, self.numbers[members])
        else:
            colour = coloured(gain, n_sets, suffixes)
        return [members[colour == c] for c in range(n_sets) if (colour == c).any()]

    def _operators_of(self, members: IntArray) -> IntArray:
        """Return the first operator that makes each image of its site as the file lists it."""
        made = self.cell.image_of[:, self.cell.site[members]] == members
        return np.asarray(made.argmax(axis=0), dtype=np.int64)


def _classes(values: FloatArray, gap: float = _SAME_OCCUPANCY, relative: bool = False) -> IntArray:
    """Return a class per value: values closer than `gap` to the next are in one class."""
    order = np.argsort(values)
    ordered = np.log(values[order]) if relative else values[order]
    steps = np.concatenate([[0], np.cumsum(np.diff(ordered) > gap)])
    classes = np.empty(len(values), dtype=np.int64)
    classes[order] = steps[: len(values)]
    return classes


def _grouped(items: IntArray, labels: IntArray) -> list[IntArray]:
    """Return the items of each label."""
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return list(np.split(items[order], cuts)) if len(items) else []
