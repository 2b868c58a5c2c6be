"""Pure rules of touchpoints."""
