"""The suite: tests tell stories."""
