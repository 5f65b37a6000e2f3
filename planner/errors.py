"""What can go wrong, as a tree.

::

    PlannerError               exit code 1: a bug, or something the program cannot answer
     ├─ InputError             3: the user's input; carries every Problem found in one pass
     │   ├─ UnsupportedError   3: understood, but not offered by this release or model
     │   ├─ NotWrittenError    3: all was computed, but a file could not be written
     │   ├─ MissingExtraError  3: understood, but not installed: an extra adds it
     │   └─ NoBackendError     2: a --backend that is none, or does not answer (planner.tasks)
     ├─ InfeasibleError        4: a question about a plan, where no plan keeps all rules; carries
     │                         that answer (:mod:`planner.domain.results.infeasible`)
     ├─ ResourceError          3: a model, table or file is missing or damaged
     └─ NotConvergedError      5: solver or sampler stopped without an answer to rely on
         └─ AuditError         5: the plan recomputed without the solver disagrees with it

That no plan fits is an answer of :func:`planner.plan`, not an error: see
:class:`planner.domain.results.plan.Plan`. Questions that need a plan raise, with that answer at
hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, what came, what was expected and how to mend it.

    Attributes
    ----------
    field : str
        Path of the value, such as ``projects[shelf-gaps].images.held``.
    message : str
        What came and what was expected, as one or two sentences.
    fix : str
        What to write instead, ready to paste; empty if there is no single fix.
    place : str
        ``file:line:column`` or ``sheet!cell``; empty for values built in Python.
    code : str
        Short upper-case name of the kind of mistake.
    """

    field: str
    message: str
    fix: str = ""
    place: str = ""
    code: str = "BAD_VALUE"

    def __str__(self) -> str:
        """Return the problem as the lines a person reads."""
        head = "  ".join(dict.fromkeys(part for part in (self.place, self.field) if part))
        fix = f"\n   fix  {self.fix}" if self.fix else ""
        return f"{head}\n   {self.message}{fix}"


class PlannerError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code: ClassVar[int] = 1


class InputError(PlannerError):
    """The input cannot be used; ``problems`` lists every mistake found.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    exit_code: ClassVar[int] = 3
    consequence: ClassVar[str] = "Nothing was computed."

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join(str(problem) for problem in self.problems)
        super().__init__(f"{lines}\n{count} {noun}. {self.consequence}")


class UnsupportedError(InputError):
    """Understood, but not offered by this release or by this model."""


class NotWrittenError(InputError):
    """All was computed, but a file could not be written; it is left as it was."""

    consequence: ClassVar[str] = "What stood there is as it was."


class MissingExtraError(InputError):
    """Understood, but what it needs is installed only on request."""


class ResourceError(PlannerError):
    """A model, table or file of the installation is missing or damaged.

    Parameters
    ----------
    message : str
        All of it as a person reads it, place and way out included.
    place : str
        Of the file or folder.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, place: str = "") -> None:
        self.place = place
        super().__init__(message)


class NotConvergedError(PlannerError):
    """Solver or sampler stopped without an answer that can be relied on."""

    exit_code: ClassVar[int] = 5


class AuditError(NotConvergedError):
    """The plan recomputed without the solver disagrees with what the solver said."""


def bad_value(field: str, message: str, fix: str = "", code: str = "BAD_VALUE") -> InputError:
    """Return an :class:`InputError` with a single problem."""
    return InputError([Problem(field=field, message=message, fix=fix, code=code)])
