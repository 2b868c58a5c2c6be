"""Pure rules of privacy: clocks, anonymity, what may happen to a request."""
