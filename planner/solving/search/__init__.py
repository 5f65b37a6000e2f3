"""Better plans and integer proofs: exchanges, the edge of the tail, branch and bound."""
