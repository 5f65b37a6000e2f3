"""A known plan as the start of questions that change the portfolio a little."""
