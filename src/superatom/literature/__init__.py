"""What is known: records of the literature with their sources, kept in one file and asked."""
