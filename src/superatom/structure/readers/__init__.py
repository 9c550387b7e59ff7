"""Readers of structure files, one module per kind of file."""
