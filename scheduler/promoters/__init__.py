"""What follows a high score: thanks, the way to the officers, referrals."""
