"""Shipped tables and fitted models, found and read."""
