"""Decisions where the truth is known: portfolios of measured curves, planned and then judged."""
