"""The best plan under a risk measure, with a proof: one door, PortfolioSolver."""
