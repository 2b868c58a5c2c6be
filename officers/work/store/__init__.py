"""The SQL of the officers' work."""
