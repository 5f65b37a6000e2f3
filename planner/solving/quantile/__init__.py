"""Plans that reach as much as possible in a share of outcomes: searched, bounded, not convex."""
