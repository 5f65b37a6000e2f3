"""Words of the comparison of two plans."""

COMMITTED = "Committed"
TARGETS = "Targets expected"
PROJECT, WHAT = "Project", "What changed"
SPEND, CHANCE, WORTH = "Spend", "Chance", "Worth"
EVERYTHING_SAME = "Both plans do the same with every project."
FOR_ALL = "What differs for all projects"
UNKNOWN_INPUTS = "One of the plans does not say what it was made from: results alone are compared."
SIGNS = (
    "Signs: + newly funded, − no longer funded, ~ changed; worth on draws no plan was chosen on."
)
FAILED = "Failed: {conditions}."
