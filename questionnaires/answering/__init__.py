"""Invitations, the answer pages, responses and poster codes."""
