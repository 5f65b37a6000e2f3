"""Records that show themselves in a notebook: a table, a frame, a picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Renderers(Protocol):
    """What draws records; it stands in a later room and is registered with :func:`draw_with`."""

    def html(self, record: object) -> str:
        """Return a record as a small HTML table."""

    def frame(self, record: object, **options: str | None) -> "pd.DataFrame":
        """Return a record as a tidy frame."""

    def picture(self, record: object, **options: str | None) -> "Figure":
        """Return the natural picture of a record."""


@dataclass
class _Registered:
    renderers: Renderers | None = None


_REGISTERED = _Registered()


def draw_with(renderers: Renderers) -> None:
    """Register what draws records from now on."""
    _REGISTERED.renderers = renderers


def renderers() -> Renderers:
    """Return what draws records; ``import planner`` registers it.

    Raises
    ------
    LookupError
        Nothing is registered.
    """
    if _REGISTERED.renderers is None:
        message = "nothing is registered that draws records; import planner first"
        raise LookupError(message)
    return _REGISTERED.renderers


class Shown:
    """A record with the three views a notebook asks for.

    What draws it is loaded on first use, so that a record costs nothing more to make or to send.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return a small table of its own, which needs nothing from elsewhere."""
        return renderers().html(self)

    def to_frame(self) -> "pd.DataFrame":
        """Return a tidy table.

        Returns
        -------
        pandas.DataFrame
            ``frame.attrs["columns"]`` says for each column what it means and in what unit; money is
            in ``frame.attrs["currency"]``. Shares and chances are in [0, 1].
        """
        return renderers().frame(self)

    def plot(self) -> "Figure":
        """Return the natural picture as a matplotlib figure, which a notebook shows."""
        return renderers().picture(self)
