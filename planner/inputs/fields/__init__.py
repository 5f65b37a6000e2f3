"""The fields of the portfolio file: read, checked, built, described to editors."""
