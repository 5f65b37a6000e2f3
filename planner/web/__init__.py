"""The page of ``planner serve``: a portfolio edited together, its plan beside it."""
