"""Means that every room uses: no table of its own, no business rule."""
