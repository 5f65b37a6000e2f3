"""What pictures show, as their titles: a finding, not the name of a variable."""

COST_WITHIN = "The budget of {limit} is enough in {share} of outcomes"
COST_CERTAIN = "The cost is certain"
NET_ABOVE = "The plan pays for itself in {share} of outcomes"
NET_STAIRS = "Each stair is one combination of targets met: values are earned whole or not at all."
TARGETS_ALL = "All {funded} targets are met in {share} of outcomes"
WATERFALL = "Where the worth comes from"
WATERFALL_FINDING = "{first} brings the most: {share} of the worth to quote"
WATERFALL_KEY = (
    "Expected on {draws} draws that the plan was not chosen on; hatched bars take away. The bars "
    "end at the worth to quote."
)
WATERFALL_ALT = "{count} projects bring {brought}; the worth to quote is {worth}."
OTHERS = "{count} other projects"
FRONTIER_ENOUGH = "From a budget of {enough} on, more adds nothing"
FRONTIER_MORE = "The present budget of {here} is worth {worth}; up to {last} it rises to {most}"
TORNADO_FINDING = "{first} moves the worth most: {low} to {high}"
