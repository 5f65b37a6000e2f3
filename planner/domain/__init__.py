"""Frozen records and the vocabulary of the product; standard library and NumPy only."""
