"""What officers do: tasks, claims, submissions, reviews and appeals."""
