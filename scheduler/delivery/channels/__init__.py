"""Channels: one small class each, all with the same `send`."""
