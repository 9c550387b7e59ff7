"""Mass spectra: read them, find envelopes, and say what is in the flask."""
