"""Small languages of conditions in other programs' files, read into one tree and said again as our conditions."""
