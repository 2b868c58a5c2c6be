"""Who the experience officers are: recruitment, training, tiers, the officers' zone."""
