"""Superatom: the workbench for atomically precise metal nanoclusters."""

__version__ = "0.1.0"
