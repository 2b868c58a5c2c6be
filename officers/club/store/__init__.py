"""The SQL of the club."""
