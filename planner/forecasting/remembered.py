"""A forecast that keeps what it was asked, for as long as many ways of one project ask the same."""

from planner.domain.arrays import Flags, Floats
from planner.forecasting.forecast import ErrorCurve, Forecast

__all__ = ["remembered"]


class _RememberedCurve:
    """A learning curve that forecasts the errors at the same images once."""

    def __init__(self, curve: ErrorCurve) -> None:
        self._curve = curve
        self._known: dict[tuple[bytes, int | None, int | None], Floats] = {}

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return errors, shape (n_rows, n_images); nobody may write into them."""
        asked = (images.tobytes(), rows.start, rows.stop)
        if asked not in self._known:
            error = self._curve.error(images, rows)
            error.setflags(write=False)
            self._known[asked] = error
        return self._known[asked]

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return where the error meets a target, shape (n_images, n_rows)."""
        return self._curve.meets(images, error_target, rows)

    def data_needed(self, error_target: float, rows: slice, about: float | None = None) -> Floats:
        """Return total images needed, shape (n_rows,)."""
        return self._curve.data_needed(error_target, rows, about)


def remembered(forecast: Forecast) -> Forecast:
    """Return the same forecast, which keeps every curve and its errors as long as it is kept.

    Parameters
    ----------
    forecast : Forecast
        Some 300 kB are kept for each architecture and grid of images asked for.
    """
    return forecast.keeping(_RememberedCurve)
