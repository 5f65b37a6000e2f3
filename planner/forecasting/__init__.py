"""Posterior draws to error curves, data needed and chance of target; NumPy and SciPy only."""
