"""Prepare, solve, audit, decide: the plan and its reasons."""
