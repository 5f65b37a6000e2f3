"""Risks of every vision system that no number of a plan speaks of, and how they are exported."""

__all__ = ["NOT_ESTIMATED", "NO_CLAIM", "STANDING_RISKS"]

NOT_ESTIMATED = "not estimated"

STANDING_RISKS = (
    (
        "Field differs from test: other sites, cameras, seasons",
        "a target met in the test is missed in use",
        "Measure on images of the place of use before release; set the target above what use asks.",
    ),
    (
        "Attacks and poisoning: images or labels made to mislead",
        "wrong answers where somebody gains by them",
        "Know who may add images and labels; watch what it answers; budget upkeep.lines: security.",
    ),
)
"""What, what follows, and what to do."""

NO_CLAIM = "written by the reader's framework; no claim of conformity or certification"
"""Beside each row of the export."""
