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
SPEND = "{funded} of {projects} are funded, for {committed} of {limit}"
FUNDED_NONE = "None of {projects} is funded: none is worth its cost under the rules"
FAN_FUNDED = "{project}: {images} images meet {target} in {chance} of outcomes"
FAN_NOT_FUNDED = "{project}: not funded; the target is {target}"
SOURCE = "{name} · forecasts of model {model}, seed {seed}"
FRONTIER_RISES = "Up to a budget of {last} the worth rises to {most}"
FRONTIER_TRADE = "What caution costs: the mean of all outcomes against that of the worst"
PILOTS_FINDING = "Runs for {price} add {gain} to the worth of the plan, price paid"
TORNADO_MOVES = "{first} moves the worth of {name} most: {low} to {high}"
WHOLE_PLAN = "the whole plan"
WORTH_AXIS = "worth, {unit}"
CHANGE = "From what is held to what is proposed"
CHANGE_FINDING = (
    "With the images held about {before} of {of} targets are met; as proposed about {after}"
)
CHANGE_KEY = (
    "Open: with the images held today. Full: as proposed, with the images trained on and the spend."
)
CHANGE_AXIS = "chance of target"
CHANGE_NOTE = "{images} images, {spend}"
CHANGE_ALT = "{count} projects; expected targets rise from {before} to {after}."
