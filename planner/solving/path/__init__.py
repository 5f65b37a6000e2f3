"""Expected worth under a budget alone, for every budget at once."""
