"""The portfolio under risk, solved with a proof: see :class:`PortfolioSolver`."""

from planner.allocation.engine.solver import PortfolioSolver

__all__ = ["PortfolioSolver"]
