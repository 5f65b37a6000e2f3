"""Why no plan fits, and the least that would have to change."""
