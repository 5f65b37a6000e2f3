"""Measured runs in and out: a table of runs to pilots, pilots into a portfolio file."""
