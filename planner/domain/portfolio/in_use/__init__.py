"""What a system meets in use: errors and what they cost, people, other data than the test set."""
