"""The SQL of the improvement register."""
