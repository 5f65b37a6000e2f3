"""A run as the search for runs sees it, made of numbers."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from planner.domain.arrays import Floats
from planner.planning.pilots.pooled import PoolPart
from planner.planning.pilots.stage import Stage
from planner.planning.pilots.trial import Trial


def trial(index: int, of: Stage, cell: Any, mean: Floats, stay: Floats, *pools: PoolPart) -> Trial:
    """Return a run on a project: the outcome in every draw, and mean worth after each."""
    candidate: Any = SimpleNamespace(index=index, pools=pools)
    return Trial(
        candidate=candidate,
        stage=of,
        limits=np.arange(len(mean) - 1.0),
        cell=cell,
        chance=np.bincount(cell) / len(cell),
        met=np.ones(mean.shape),
        mean=mean,
        stay=stay,
        least=0.0,
    )
