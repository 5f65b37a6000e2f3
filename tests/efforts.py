"""What searches in tests may spend."""

from planner.offering.effort import USUAL, Allowance, Effort


def plenty() -> Effort:
    """Return the work of a usual search."""
    return Effort(USUAL)


def nothing() -> Effort:
    """Return no work at all: what must be done in any case is done, nothing else."""
    return Effort(Allowance(0.0))
