"""Runs the jobs of every feature."""
