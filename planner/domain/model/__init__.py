"""A fitted model: joint draws, its specification and its card."""
