"""Options, pruning, the integer model, its audit, infeasibility, verdicts and the plan."""
