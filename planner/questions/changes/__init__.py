"""What changed between two plans, and whether a saved one still stands."""
