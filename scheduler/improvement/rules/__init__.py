"""Pure rules of the improvement register."""
