"""Pure functions of the analysis: words, moods, topics, trees, statistics."""
