"""What libraries say on their own account stays off the terminal: log records, warnings, regrets.

A message such as that a font cache is being built answers no question of the user, and
``--quiet`` could not silence it. Those who want to hear it ask Python for it (``-W``,
``PYTHONWARNINGS``).
"""

import logging
import sys
import warnings


def quiet_libraries() -> None:
    """Let log records and warnings of this process go nowhere, unless they were asked for.

    Neither does what an object raises while it is thrown away, as when a full disk has stopped the
    library that was writing with it: the command has said so by then.
    """
    logging.getLogger().addHandler(logging.NullHandler())  # otherwise they go to standard error
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        sys.unraisablehook = _pass_over


def _pass_over(_: object) -> None:
    """Say nothing of what cannot be raised."""
