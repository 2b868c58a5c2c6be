"""Alembic: one history for all packages."""
