"""Ideas, votes, campaigns and contests; what contributors are told of issues."""
