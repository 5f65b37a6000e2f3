"""Measured results as the rows a model is fitted on."""
