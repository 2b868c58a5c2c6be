"""Events in, by the API and from files; candidates out."""
