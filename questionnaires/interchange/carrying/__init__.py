"""What every importer shares: the form as found in a file, its notes, codes and words, and the making of a definition from it."""
