"""How results look on the terminal; imported by commands only when they run."""
