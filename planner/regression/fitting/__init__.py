"""How a specification is fitted, and its folds refitted."""
