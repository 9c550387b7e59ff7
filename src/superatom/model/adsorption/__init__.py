"""Adsorbates and hydrides: where a cluster has room for them, and how they stand."""
