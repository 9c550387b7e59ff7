"""Where are the atoms? Read, dissect, measure and compare structures."""
