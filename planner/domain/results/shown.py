"""Records that show themselves in a notebook: a table, a frame, a picture."""

from typing import TYPE_CHECKING

from planner import _display

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Shown:
    """A record with the three views a notebook asks for.

    The drawing itself is in :mod:`planner.report` and loaded on first use, so that a record costs
    nothing more to make or to send.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return a small table of its own, which needs nothing from elsewhere."""
        return _display.html(self)

    def to_frame(self) -> "pd.DataFrame":
        """Return a tidy table.

        Returns
        -------
        pandas.DataFrame
            ``frame.attrs["columns"]`` says for each column what it means and in what unit; money is
            in ``frame.attrs["currency"]``. Shares and chances are in [0, 1].
        """
        return _display.frame(self)

    def plot(self) -> "Figure":
        """Return the natural picture as a matplotlib figure, which a notebook shows."""
        return _display.picture(self)
