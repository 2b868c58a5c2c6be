"""Figures from answers: NPS, CSAT and CES with their intervals, counts per day, the dashboard and the reports."""
