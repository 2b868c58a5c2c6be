"""What we ask and what was answered."""
