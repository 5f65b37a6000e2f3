"""What was seen of an installation, and what to do where it is not sound, in words?"""

from collections.abc import Mapping, Sequence

__all__ = [
    "INSTALL_PYTHON",
    "REINSTALL",
    "REINSTALL_OR_REPORT",
    "SELF_TEST",
    "changed_tables",
    "install",
    "model_seen",
    "python_seen",
    "tables_seen",
    "unexpected_plan",
]

INSTALL_PYTHON = "Install Python 3.12 or newer."
REINSTALL = "Reinstall vision-planner."
REINSTALL_OR_REPORT = "Reinstall vision-planner, or report what you see here."
SELF_TEST = "a plan of two projects, optimal"


def install(package: str) -> str:
    """Return what to do about a package."""
    return f"Install {package}."


def python_seen(python: str, release: str) -> str:
    """Return which Python and which release were seen."""
    return f"{python}, vision-planner {release}"


def model_seen(name: str, draws: int, sha256: str) -> str:
    """Return what was seen of a model."""
    return f"{name} ({draws:,} draws, sha256 {sha256[:12]})"


def changed_tables(names: Sequence[str]) -> str:
    """Return which tables are not those of the release."""
    return f"changed since release: {', '.join(names)}"


def tables_seen(tables: int) -> str:
    """Return that so many tables are those of the release."""
    return f"{tables} tables, checksums agree"


def unexpected_plan(status: str, verdicts: Mapping[str, str | None]) -> str:
    """Return what a plan of two projects came out as, if not as expected."""
    return f"unexpected plan: {status}, {dict(verdicts)}"
