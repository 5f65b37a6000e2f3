"""Work that splits: many independent tasks, here, on this machine's cores, or on a cluster.

A task is a pure function of something shared and an item. Who runs it never changes an answer:
results come in the order of the items, random numbers are keyed by what they are for, and the size
of a task depends on the work alone.
"""

from planner.tasks.open import open_tasks
from planner.tasks.seam import SERIAL, Tasks

__all__ = ["SERIAL", "Tasks", "open_tasks"]
