"""What happens on the way to an answer, for whoever keeps a log; nothing hears it otherwise.

Every room may note an event. Who wants to hear attaches a handler to the logger ``planner``, as
``--log-file`` does.
"""

import logging

JOURNAL = logging.getLogger("planner")


def note(event: str, **facts: object) -> None:
    """Note what happened, in two or three words, with what is known of it."""
    JOURNAL.info(event, extra={"facts": facts})
