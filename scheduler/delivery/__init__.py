"""Channels, outbox and receipts."""
