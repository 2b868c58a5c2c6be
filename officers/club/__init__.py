"""Activities, the community board, badges, leaderboards and the programme's dashboard."""
