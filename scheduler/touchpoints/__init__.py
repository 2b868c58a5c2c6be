"""Journeys, stages, touchpoints and the event catalogue."""
