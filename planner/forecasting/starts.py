"""Where do a project's curves start, and what can few images not show?"""

import math

from planner.domain.portfolio.project import Project
from planner.domain.unseen_classes import UnseenClasses
from planner.domain.vocabulary import Task

_MOST_CLASSES = 1e7
"""A complexity that amounts to more says nothing of a number of classes."""


def start_error(project: Project, *, frozen: bool) -> float:
    """Return the error with no images at all: the majority guess, or a zero-shot adapter.

    Parameters
    ----------
    project : Project
        Whose error.
    frozen : bool
        Whether the backbone is.
    """
    return project.start_error if frozen else project.majority_guess_error


def unseen_classes(project: Project) -> UnseenClasses | None:
    """Return what images that show too few classes leave wrong.

    None where one image shows many, and for an adapter that knows classes by their names.
    """
    if project.task is Task.SEGMENTATION or project.start_error < project.majority_guess_error:
        return None
    if project.class_counts is not None:
        return UnseenClasses.of_counts(project.class_counts.values())
    if project.classes is not None:
        return UnseenClasses.equally_frequent(project.classes)
    effective = math.exp(project.relative_complexity * project.baseline_entropy)
    return UnseenClasses.equally_frequent(effective) if effective < _MOST_CLASSES else None
