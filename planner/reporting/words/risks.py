"""Risks of every vision system that no number of a plan speaks of, and how they are exported."""

__all__ = [
    "ATTACKS",
    "FIELD_COUNTED",
    "FIELD_DIFFERS",
    "FIELD_IMPACT_COUNTED",
    "FIELD_STATED",
    "NOT_ESTIMATED",
    "NOT_ESTIMATED_ELSEWHERE",
    "NO_CLAIM",
]

NOT_ESTIMATED = "not estimated"

FIELD_DIFFERS = (
    "Field differs from test: other sites, cameras, seasons",
    "a target met in the test is missed in use",
    "Measure on images of the place of use before release; set the target above what use asks.",
)
ATTACKS = (
    "Attacks and poisoning: images or labels made to mislead",
    "wrong answers where somebody gains by them",
    "Know who may add images and labels; watch what it answers; budget upkeep.lines: security.",
)
"""What, what follows, and what to do."""

FIELD_STATED = "stated in the file: "
FIELD_COUNTED = "{name} loses {fall}"
NOT_ESTIMATED_ELSEWHERE = "; not estimated for the others"
FIELD_IMPACT_COUNTED = "counted in chances, errors and worth; more than is stated is not"

NO_CLAIM = "written by the reader's framework; no claim of conformity or certification"
"""Beside each row of the export."""
