"""The builder: one part of a draft at a time, with its preview beside it."""
