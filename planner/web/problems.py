"""Mistakes as plain data, in the words of the command line."""

from planner.errors import InputError

__all__ = ["problem_rows"]


def problem_rows(error: InputError) -> list[dict[str, str]]:
    """Return the problems of an error: message, fix, place, field and code of each."""
    return [
        {
            "message": problem.message,
            "fix": problem.fix,
            "place": problem.place,
            "field": problem.field,
            "code": problem.code,
        }
        for problem in error.problems
    ]
