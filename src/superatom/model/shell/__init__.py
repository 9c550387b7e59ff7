"""The ligand shell: real ligands as bound, their conformers, packed on a skeleton."""
