"""What every other budget buys, and what a goal costs."""
