"""Questionnaires in and out of files: our own JSON here, other formats beside it."""
