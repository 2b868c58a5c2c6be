"""Pure rules of complaints: limits, states, classification."""
