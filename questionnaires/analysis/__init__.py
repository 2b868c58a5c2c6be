"""What customers say in their own words, what moves the figures, and what became of customers: text, taxonomy, feedback, drivers, value."""
