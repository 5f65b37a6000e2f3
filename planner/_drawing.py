"""How matplotlib draws for us: as it comes, whatever ``matplotlibrc`` or an environment says.

The same numbers give the same picture in every folder; what a user has set for pictures of his own
is neither asked nor changed.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from planner.errors import ResourceError

_NOT_OF_A_PICTURE = frozenset({"backend", "backend_fallback", "interactive", "toolbar", "timezone"})

MISSING_SIGN = "Glyph"
"""Begins a warning: a sign that the font lacks is drawn as an empty box, and need not be told."""


@contextmanager
def plain_style(settings: Mapping[str, object] | None = None) -> Iterator[None]:
    """Draw, and write what is drawn, with matplotlib's own settings and a few of ours.

    Both drawing and writing a figure look at them; also a decorator of functions that draw.

    Parameters
    ----------
    settings : mapping of str to object, optional
        By the names of ``rcParams``.

    Raises
    ------
    ResourceError
        Matplotlib refuses to be set up as the environment says.
    """
    mpl = _matplotlib()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=MISSING_SIGN)
        known: dict[Any, Any] = {
            name: value
            for name, value in mpl.rcParamsDefault.items()
            if name not in _NOT_OF_A_PICTURE
        }
        with mpl.rc_context(known | dict(settings or {})):
            yield


def _matplotlib() -> Any:  # noqa: ANN401 - a module
    try:
        import matplotlib as mpl
    except (OSError, ValueError) as error:  # undecodable text is a ValueError
        message = (
            f"Matplotlib cannot be loaded: {error}. Look at the file matplotlibrc in this folder, "
            "and at the variables MATPLOTLIBRC and MPLBACKEND."
        )
        raise ResourceError(message, "matplotlibrc") from None
    return mpl
