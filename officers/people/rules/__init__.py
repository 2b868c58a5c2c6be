"""What decides in this room: pure functions."""
