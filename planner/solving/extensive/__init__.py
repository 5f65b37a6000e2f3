"""The whole decision as one linear model in integers, every draw a row, for another solver."""
