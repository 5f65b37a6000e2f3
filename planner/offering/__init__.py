"""What may be chosen: grid, options, variants, outcomes; the decision problem in arrays; rules."""
