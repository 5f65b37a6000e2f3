"""Runs to make, as a person reads them."""
