"""Pure rules of cases: states, working time, limits, alerts with four eyes."""
