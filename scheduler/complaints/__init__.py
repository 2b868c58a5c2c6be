"""Complaints of customers: intake, limits, decision, review, case library."""
