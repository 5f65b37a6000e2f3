"""Answers beside a plan, as a person reads them in a terminal."""
