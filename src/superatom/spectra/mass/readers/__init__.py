"""Readers of the file formats mass spectra come in; each is imported only when needed."""
