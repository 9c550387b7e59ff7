"""Families of clusters: archetypes, and the skeleton of metals and donors laid out from them."""
