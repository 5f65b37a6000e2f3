"""What is wrong with a value, and where: what readers of fields collect, all in one pass."""

from collections.abc import Callable
from dataclasses import dataclass, field

from planner.domain.quantities import DEFAULT_CURRENCY, QuantityError, show

__all__ = ["MAX_FINDINGS", "WRONG", "Finding", "Location", "Mark", "Reading", "Source", "path_of"]

type Location = tuple[str | int, ...]
"""Keys and list positions from the top of the file down to a value."""

type Mark = tuple[int, int]
"""Line and column, both counted from 1."""

MAX_FINDINGS = 2_000
"""Mistakes that are put into words; each may compare names."""

WRONG: object = object()
"""In place of a value that could not be read."""


@dataclass(frozen=True)
class Finding:
    """A mistake at a location.

    Attributes
    ----------
    location : Location
        Of the value; of two that cannot both stand, of the one that is likelier the mistake.
    message, fix, code : str
        As in :class:`planner.errors.Problem`.
    at_key : bool
        The mistake is the key itself, not its value.
    mark : Mark, optional
        Where it stands, if that is not where the location says.
    """

    location: Location
    message: str
    fix: str = ""
    code: str = "BAD_VALUE"
    at_key: bool = False
    mark: Mark | None = None


def _as_it_is(name: str) -> str:
    return name


def _nowhere(_location: Location) -> str:
    return ""


def _homeless(_name: str) -> str:
    return ""


def _no_dataset(name: str) -> int:
    message = f"got {show(name)}; expected a number of classes, counts or an entropy"
    raise QuantityError(message, "1000", "BAD_VALUE")


@dataclass(frozen=True)
class Source:
    """Where values come from: what their readers need to know of it.

    Attributes
    ----------
    written : bool
        By a person, in a file: fields have its names, and a bare share of 1 is ambiguous.
    currency : str
        Of amounts.
    architecture, accelerator, region : callable
        Return the tables' spelling of a name.
    dataset : callable
        Returns the classes of a data set of the tables, or raises
        :class:`planner.domain.quantities.QuantityError`.
    beside : callable
        Returns the place of a field as a message adds it, such as ``line 3``; empty if unknown.
    home_of : callable
        Returns the section that has a field of a name; empty if none.
    baseline : float, optional
        Entropy in nats of the task with relative complexity 1, for projects that say none.
    """

    written: bool = False
    currency: str = DEFAULT_CURRENCY
    architecture: Callable[[str], str] = _as_it_is
    accelerator: Callable[[str], str] = _as_it_is
    region: Callable[[str], str] = _as_it_is
    dataset: Callable[[str], int] = _no_dataset
    beside: Callable[[Location], str] = _nowhere
    home_of: Callable[[str], str] = _homeless
    baseline: float | None = None


@dataclass
class Reading:
    """What is found while values of one source are read.

    Attributes
    ----------
    source : Source
        Of the values.
    found : list of Finding
        The first of many.
    unlisted : int
        How many more there are.
    blank : int
        Names without a value, which :mod:`planner.inputs.fields.cross_checks` reports.
    """

    source: Source
    found: list[Finding] = field(default_factory=list)
    unlisted: int = 0
    blank: int = 0

    def wrong(  # a mistake has so many sides
        self,
        location: Location,
        message: str,
        fix: str = "",
        code: str = "BAD_VALUE",
        *,
        at_key: bool = False,
    ) -> None:
        """Record a mistake."""
        if len(self.found) < MAX_FINDINGS:
            self.found.append(Finding(location, message, fix, code, at_key))
        else:
            self.unlisted += 1

    @property
    def failures(self) -> int:
        """How many values could not be read."""
        return len(self.found) + self.unlisted + self.blank

    @property
    def is_full(self) -> bool:
        """Whether further mistakes are only counted."""
        return len(self.found) >= MAX_FINDINGS


def path_of(location: Location) -> str:
    """Return a location as messages show it.

    Examples
    --------
    >>> path_of(("projects", 0, "images", "held"))
    'projects[0].images.held'
    """
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
