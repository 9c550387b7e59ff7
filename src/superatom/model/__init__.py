"""Atomic models of clusters: built from a name, dressed with ligands, doped, opened, covered."""
