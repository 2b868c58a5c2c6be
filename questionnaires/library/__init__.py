"""Questionnaires, their versions and approval."""
