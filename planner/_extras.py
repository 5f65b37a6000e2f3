"""What is not installed with the rest: which extra a command needs, and how to add it.

``vision-planner`` alone plans, estimates and reports. The extras of ``pyproject.toml`` are said
here once more, with what they are for; a test holds the two together.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from planner.errors import MissingExtraError, Problem

_IMPORTED_AS = {"scikit-learn": "sklearn"}
"""Packages that are not imported under their own name."""

_CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Extra:
    """Packages that are installed on request.

    Attributes
    ----------
    name : str
        As in ``vision-planner[name]``.
    adds : str
        What one can do with it.
    commands : tuple of str
        Commands, or calls from Python, that need it.
    packages : tuple of str
        What it installs, as an index names it.
    """

    name: str
    adds: str
    commands: tuple[str, ...]
    packages: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Packages of it that are not installed."""
        return tuple(name for name in self.packages if not _is_installed(name))

    @property
    def how(self) -> str:
        """The command that installs it beside what is there."""
        if (_CHECKOUT / "pyproject.toml").is_file():
            return f"uv sync --inexact --extra {self.name}"
        return f'pip install "vision-planner[{self.name}]"'


FIT = Extra(
    name="fit",
    adds="refits forecast models with your own results and checks a fit anew",
    commands=(
        "planner fit",
        "planner reproduce --refit",
        "planner validate --refit",
        "planner model check --full",
    ),
    packages=("pymc", "nutpie", "arviz", "statsmodels", "h5netcdf", "h5py"),
)
PROBE = Extra(
    name="probe",
    adds="measures how well a line separates the features of a frozen network",
    commands=("planner probe",),
    packages=("scikit-learn", "threadpoolctl"),
)
WEB = Extra(
    name="web",
    adds="serves a page on this machine to edit and plan at together",
    commands=("planner serve",),
    packages=("starlette", "uvicorn"),
)
NOTEBOOK = Extra(
    name="notebook",
    adds="gives portfolios, forecasts, estimates, plans and frontiers as pandas frames",
    commands=(".to_frame()",),
    packages=("pandas",),
)
CLUSTER = Extra(
    name="cluster",
    adds="spreads independent work over workers of this machine or of a cluster",
    commands=("--backend dask",),
    packages=("distributed",),
)
EXTRAS = (FIT, PROBE, WEB, NOTEBOOK, CLUSTER)


def require_extra(extra: Extra, command: str) -> None:
    """Refuse what an extra is needed for, before anything is computed, if it is not installed.

    Parameters
    ----------
    extra : Extra
        What is needed.
    command : str
        What needs it, as the user wrote it.

    Raises
    ------
    MissingExtraError
        Some of its packages are not installed.
    """
    missing = extra.missing
    if missing:
        message = (
            f'{command} needs the extra "{extra.name}"; not installed: {", ".join(missing)}. '
            f"It {extra.adds}."
        )
        raise MissingExtraError([Problem("", message, fix=extra.how, code="EXTRA")])


def _is_installed(package: str) -> bool:
    return find_spec(_IMPORTED_AS.get(package, package)) is not None
