"""Pure arithmetic of figures: counts in, estimates with intervals out."""
