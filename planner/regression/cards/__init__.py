"""The words of a fitted model's card."""
