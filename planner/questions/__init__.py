"""What else is asked of the same problem."""
