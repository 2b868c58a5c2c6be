"""The SQL of the analysis."""
