"""Mining: candidate facts from the text of a paper, by rules that say their names."""
