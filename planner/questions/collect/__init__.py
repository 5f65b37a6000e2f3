"""How many images now, and how many later."""
