"""All SQL of the figures: counting, reading, and counting anew."""
