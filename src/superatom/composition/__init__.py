"""What is in the cluster? Elements, ligands, formulas, electron counts, balanced equations."""
