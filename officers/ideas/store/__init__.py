"""The SQL of ideas."""
