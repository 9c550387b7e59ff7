"""Atomic models of clusters: assembled from a name."""
