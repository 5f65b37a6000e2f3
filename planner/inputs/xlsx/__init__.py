"""The Excel form of a portfolio file, read and written back."""
