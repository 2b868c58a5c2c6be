"""Alert rules, cases and their clocks."""
