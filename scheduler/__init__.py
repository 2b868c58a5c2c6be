"""What happens next, and when."""
