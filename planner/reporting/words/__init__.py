"""Sentences in one place for each kind; ``{names}`` are filled with typed parts."""
