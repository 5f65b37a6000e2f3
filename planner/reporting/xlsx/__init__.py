"""Workbooks: the form to fill in, and the results of a plan."""
