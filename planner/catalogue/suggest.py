"""Did you mean …? See :mod:`planner.domain.suggest`."""

from planner.domain.suggest import did_you_mean, one_meant

__all__ = ["did_you_mean", "one_meant"]
