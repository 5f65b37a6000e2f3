"""Every sentence of the report, in one place; ``{names}`` are filled with typed numbers."""

from collections.abc import Mapping

from planner.domain.words.proof import PROVEN

# headings, in the order of the report
DECISION = "Decision"
RISK = "Risk"
EVIDENCE = "Evidence"
TORNADO = "What moves the result"
FRONTIER = "Budget and value"
AMORTISATION = "Shared assets"
LIFE = "Whole life"
RULES = "Rules"
REGISTER = "Risk register"
EXCLUDED = "What is not included"
AUDIT = "Audit"
ASSUMPTIONS = "Assumptions"
METHODS = "Methods and sample-size justification"
DIAGNOSTICS = "Model diagnostics"
MANIFEST = "Manifest"
SIGNATURES = "Signatures"

STYLES: Mapping[str, str] = {
    "board": "For decision",
    "grant": "For a grant application",
    "tech": "For technical review",
}

# head of the page
HORIZON = "Values count over {years}. Amounts are in {currency}."
MODEL_LINE = "Forecasts: model {model}, seed {seed}."
DATE_LINE = "Made on {date}."
STATUS: Mapping[str, tuple[str, str, str]] = {
    "optimal": (PROVEN["optimal"], "good", "✓"),
    "near": (PROVEN["near"], "good", "✓"),
    "feasible": (f"{PROVEN['feasible']}, not proven best", "fair", "◐"),
    "infeasible": (PROVEN["infeasible"], "poor", "✕"),
}
VERDICT: Mapping[str, tuple[str, str]] = {
    "GO": ("good", "✓"),
    "PILOT": ("fair", "◐"),
    "NO-GO": ("none", "–"),
}

# decision
FUND = "Fund {funded} of {projects}."
FUND_NONE = "Fund none of {projects}; the budget of {limit} stays unspent."
WORTH_TARGETS_RANGE = "8 of 10 outcomes: {p10} to {p90}"
DO_FIRST = (
    "Of {pilots}, {spend} waits for a first run: with its error in the file (planner observe), "
    "planning again releases what has a chance of target of at least {go}; the rest stays unspent."
)
TABLE_SAYS = "The table says up to which error of its run each is released."
NO_CHEAP_RUN = "No run of {projects} costs less than what is spent there."
RUNS_BESIDE = "Their runs cost {price}, which the sum to approve does not hold."
RUNS_WAITED_FOR = "The run that each PILOT waits for"
VERDICT_RULE = (
    "GO: funded, and at least {go} likely to meet its target. PILOT: funded, but measure first: "
    "the chance lies between {pilot} and {go}, and no pilot is measured yet. NO-GO: not funded; "
    "once a pilot is measured, no project below {go} is, unless a rule demands it. GO and PILOT "
    "commit their full cost."
)
CAPS = (
    "Spend and images are the most the plan binds; labelling stops at the target, so the mean "
    "spend is {spend}."
)
NOISE = "{name}: {chance}."
NOISE_LEAD = "Not told from a bound by the draws (± one standard error):"
DECISION_CAPTION = "What to release now, what after a first run, and what it is worth"
DECISION_CAPTION_TOP = "The first {shown} of {total} projects, by verdict and worth"
ALL_CAPTION = "All projects, by verdict and worth"
ALL_LINK = "All {total} projects are listed below."
ALL_SUMMARY = "All {total} projects"
TOTAL = "Total"
THE_OTHERS = "The other {count}"
WHY = "Why, project by project"
PERIODS_CAPTION = "Spend by period"
UNITS_CAPTION = (
    "Spend by business unit; rules on a unit's share count what it spends without shared assets"
)
TILE_APPROVE = "Sum to approve"
TILE_APPROVE_NOTE = "committed {committed}; {left} left"
TILE_NOW_RUNS_NOTE = ", and {runs} for first runs"
TILE_RUNS_NOTE = "first runs {runs}; "
TILE_NOW = "Release now"
TILE_AFTER = "Release after a first run"
TILE_WORTH = "Worth to quote"
TILE_POINTS_NOTE = "cut off errors, summed over projects; {targets} targets met"
TILE_RANGE_NOTE = "8 of 10 outcomes of net value: {p10} to {p90}; {targets} targets met"
TILE_VALUE_NOTE = "before cost; "
TILE_REACHED_NOTE = "or more in {level} of outcomes; expected {expected}; "
TILE_CAUTIOUS_NOTE = "with care for bad outcomes; expected {expected}; "
SHARED_ROW = "What is bought together"
CAUTION_ROW = "Care for bad outcomes"
EXCLUDED_LINK = "The whole list"
RULES_ASKED = "What the file asks for"
RISK_GIST = "8 of 10 outcomes of net value: {p10} to {p90}"
AUDIT_GIST = "every figure that looks like the worth, and what it is"
ROLES = ("Proposed by, date", "Reviewed by, date", "Approved by, date")

# risk
COST_CURVE = "Total cost"
NET_CURVE = "Net value"
TARGETS_CURVE = "Targets met"
COST_AXIS = "total cost, {currency}"
NET_AXIS = "net value, {currency}"
CURVE_ALT = (
    "{what}: not above {p10} in 10 % of outcomes, not above {p50} in half of them, not above "
    "{p90} in 90 % of them."
)
BUDGET_LINE = "budget"
BREAK_EVEN = "break-even"
COST_SENTENCE = (
    "Total cost is not above {p10} in 10 % of outcomes (P10), not above {p50} in half of them "
    "(P50) and not above {p90} in 90 % of them (P90)."
)
COST_CERTAIN = (
    "Cost is certain: {cost} once committed. P10, P50 and P90 are the same amount, because every "
    "price is a single number and all images are bought."
)
CONTINGENCY = (
    "Beside the budget of {limit} a reserve of {reserve} covers the cost in 80 % of outcomes; the "
    "budget alone is exceeded in {over}."
)
CONTINGENCY_INTERVAL = " The 95 % interval of that chance is {low} to {high}."
NET_SENTENCE = (
    "Net value is not above {p10} in 10 % of outcomes (P10), not above {p50} in half of them "
    "(P50) and not above {p90} in 90 % of them (P90). The worst 10 % of outcomes average {cvar}."
)
TARGETS_SENTENCE = (
    "No project has a value, so outcomes are counted in targets met. All {funded} are met in {all} "
    "of outcomes, none in {none}."
)
TARGETS_BESIDE = "Of targets, all {funded} are met in {all} of outcomes, none in {none}."
SPLIT_SENTENCE = (
    "{share} of the variance of net value is shared by all projects (standard deviation {shared}): "
    "more projects do not average it out. Each project's own luck makes up the rest ({luck})."
)
CAUTION_SENTENCE = (
    "Caution costs {given} of expected worth and improves the mean of the worst {tail} of outcomes "
    "by {gained}."
)
CAUTION_LOST_IN_GAP = (
    "Caution costs at most {given} of expected worth, too little for the search to tell from "
    "nothing. Against the best expectation found, the mean of the worst {tail} of outcomes "
    "improves by {gained}."
)
CAUTION_PRICE = " Each unit of tail risk removed costs {price} of expected worth."
HOLD_CHANCE = (
    "Random spend stays within the budget in {reached} of outcomes that the solve never saw (95 % "
    "interval {low} to {high}); asked for: {level}."
)
HOLD_CVAR = "The dearest {tail} of outcomes cost {reached} on average; the budget is {limit}."
HOLDS = " The audit confirms it."
HOLDS_NOT = " The audit does not confirm it: treat the budget as at risk."
QUANTILES_CAPTION = "Outcomes on {draws} draws that the plan was not chosen on"
BASELINES_CAPTION = "Simpler ways to spend the same budget, on the same draws"
BASELINES_BEATEN = "On the same draws no simpler plan is worth more: {names}."
BASELINES_NOT_BEATEN = "On the same draws a simpler plan is worth more: {names}."
BASELINE_BEATEN = "no better"
BASELINE_BETTER = "better than the plan"
PROOF = (
    "{state}: at most {gap} below the best plan on the draws it was chosen on{leave}. Cost and "
    "rules were recomputed without the solver."
)
REPLICATED = (
    "Solved again on {count} separate sets of draws, the plan lies {mean} below the best plan of "
    "each on average, and at most {upper} with 95 % confidence."
)

# evidence
EVIDENCE_LEAD = (
    "What the fitted results say about each project. {evidence} Outside their span the median is "
    "dashed: there the model extrapolates."
)
TRAINING_CAPTION = "What each project trains on: images held, from a pool, and to buy"
EVIDENCE_TOP = "Shown: the first {shown} of {total} projects."
FAN_ALT = (
    "Learning curve of {name}: error against labelled images. Target error {target}. Held "
    "{held}, obtainable {limit}. {bought}{pilots}"
)
FAN_BOUGHT = (
    "The plan trains on {images}: error at most {p10} in 10 %, {p50} in half and {p90} in 90 % "
    "of outcomes."
)
FAN_NOT_BOUGHT = "Not funded."
FAN_PILOTS = " Pilots: {pilots}."
FAN_CAPTION = "{verdict} {chance} likely within {target}: {images} ({buy} to buy), {architecture}."
FAN_CAPTION_NO = "{verdict} Target error {target}."
FAN_ERROR = "Error then {p10} / {p50} / {p90}. "
FAN_ERROR_NO = "Error at the limit, no architecture named, {p10} / {p50} / {p90}. "
FAN_NEED = "Data needed: {p10} / {p50} / {p90}; never reached in {never}."
FAN_QUANTILES = (
    "Three numbers are P10 / P50 / P90: not exceeded in 10 %, 50 % and 90 % of outcomes. “Never” "
    "means that more images alone do not reach the target."
)
SEGMENTATION_SOURCE = (
    "Segmentation and classification differ by one term of the model, and the rows behind it come "
    "from different studies: what is told of the task may be of those studies. A run of the "
    "project itself tells."
)
KEY_ITEMS = (
    ("band", "error against labelled images; bands: 50, 80 and 90 % of outcomes"),
    ("solid", "median, inside the evidence"),
    ("dashed", "median, outside the evidence"),
    ("target", "target error"),
    ("held", "images held"),
    ("limit", "limit: most images obtainable"),
    ("bought", "▼ images the plan trains on"),
    ("pilot", "pilot: a measured run"),
    ("go", "GO if a first run there shows at most this error"),
)

# tornado
TORNADO_NONE = "Nothing is funded, so no input moves the result."
TORNADO_MISSING = "This was not computed for this report."
TORNADO_LEAD = (
    "The plan held fixed, one uncertain input at a time moves from its P10 to its P90 (not "
    "exceeded in 10 % and in 90 % of outcomes)."
)
TORNADO_AXIS = "expected worth, {unit}"
TORNADO_KEY = "Plain: the input at its P10. Hatched: at its P90. Its own values stand at the ends."
TORNADO_ALT = "{count} inputs, widest first. {first} moves the result from {low} to {high}."

# frontier
FRONTIER_MISSING = (
    "Plans for other budgets were not found within the time or the work allowed; planner frontier "
    "searches longer."
)
FRONTIER_KEY = (
    "Worth of the best plan for each budget, on draws no plan was chosen on. A step is where a "
    "plan can first be paid; a larger budget's plan may come out a little lower on these draws."
)
FRONTIER_ALT = (
    "Value of the best plan against the budget, from {first} to {last}. You are here: {here}."
)
FRONTIER_SHADOW = "At the margin {step} of budget adds {price}{unit}."
FRONTIER_SLACK = "The budget does not bind: more of it adds nothing."
FRONTIER_CAPTION = "What other budgets buy"
GOAL = "{goal}: {budget} meets it with {reached} confidence (asked for: {asked})."
GOAL_NEVER = "{goal}: no budget meets it with {asked} confidence."

# amortisation
AMORTISATION_UNUSED = "The plan buys none of the shared assets on offer."
AMORTISATION_LEFT = "On offer and not bought: {names}."
AMORTISATION_LEAD = (
    "Bought once, paid for by the projects that use it. Shares add up to the cost to the cent and "
    "stand in each project's spend above."
)
AMORTISATION_CAPTION = "Who pays for what is shared, in {currency}"
IN_CORE = "No group of users would pay less on its own."
NOT_IN_CORE = "Some group of users would pay less on its own: agree the split before signing."

# register
REGISTER_CAPTION = "Likelihood, impact and mitigation, largest expected loss first"
REGISTER_REST = (
    "Smaller risks of this kind left out: {count}. Each project's chance stands in the decision."
)
MISS = "{name} misses its target"
MISS_IMPACT = "{value} not earned; {spend} spent"
MISS_IMPACT_NO_VALUE = "{spend} spent without reaching the target"
MISS_PILOT = "Measure a pilot before releasing {spend}."
MISS_GO_PILOTED = "Measure again half-way; the target is {target}."
MISS_GO = "Measure at {images}, then decide."
OVERSPEND = "Total cost exceeds the budget"
OVERSPEND_IMPACT = "{excess} over: mean of the dearest 10 %"
OVERSPEND_MITIGATION = "Fix prices, or hold {reserve} in reserve."
OVERSPEND_COVERED = "The budget covers it in 80 % of outcomes; fix prices for more."
LOSS = "The plan costs more than it earns"
LOSS_IMPACT = "{lost} lost on average then"
LOSS_MITIGATION = "Release spend in steps, pilots first."
TOGETHER = "All forecasts err alike"
TOGETHER_IMPACT = "standard deviation {sd}"
TOGETHER_MITIGATION = "Add pilots: they replace what is assumed."
TOGETHER_LIKELIHOOD = "{share} of the variance"
CONCENTRATION = "One project carries much of the spend: {name}"
CONCENTRATION_IMPACT = "{spend}"
CONCENTRATION_LIKELIHOOD = "{share} of the spend"
CONCENTRATION_MITIGATION = "Release it in stages."
WARNED_IMPACT = "{spend} ({share} of the spend) rests on it"
WARNED_IMPACT_NONE = "no spend rests on it"
WARNED_LIKELIHOOD = "known now; {count}"
SEE_MESSAGE = "See what is said of it."

RISK_OF: Mapping[str, str] = {
    "EXTRAPOLATED_IMAGES": "More or fewer images than any fitted result",
    "EXTRAPOLATED_COMPLEXITY": "Tasks simpler or harder than any fitted result",
    "RC_ABOVE_ONE": "Tasks harder than the baseline task",
    "CLASS_ERRORS_ASSUMED": "Errors by class are assumed, not forecast",
    "BALANCE_PUNISHED": "Accuracy makes balancing look like a loss",
    "FEW_DATASETS": "The model rests on few data sets",
    "NO_EVIDENCE": "No fitted result is like the project",
    "RANGE_TOO_NARROW": "Ranges are narrower than they should be",
    "SCRATCH_WEAK_EVIDENCE": "Little is known about training from scratch",
    "ARCHITECTURE_OUTSIDE_EVIDENCE": "Architectures unlike the fitted ones",
    "ARCHITECTURE_DOMINATED": "The model cannot tell architectures apart",
    "ARCHITECTURE_DETECTOR": "A detector is planned for a task it was not fitted on",
    "TARGET_TRIVIAL": "A target that needs no images",
    "VALUE_MISSING": "Projects without a value",
    "USD_PER_FLOP": "An unusual price of compute",
    "BASELINE_NOT_BEATEN": "A simpler plan does as well",
    "CURRENCY": "Training is priced in US dollars, one for one",
    "HOLD_MISSED": "The budget may not hold",
    "ARCHITECTURES_LEFT_OUT": "Architectures that could not be priced",
    "PRICE_ZERO": "Images that cost nothing",
}
"""What a warning means for the plan, by its code; its own words stand below the register."""

MITIGATION: Mapping[str, str] = {
    "EXTRAPOLATED_IMAGES": "Measure a pilot near the planned number of images.",
    "EXTRAPOLATED_COMPLEXITY": "Measure a pilot of the task itself.",
    "RC_ABOVE_ONE": "Measure a pilot of the task itself.",
    "CLASS_ERRORS_ASSUMED": "Measure the errors of the classes in a first run.",
    "BALANCE_PUNISHED": "Weigh classes alike: metric: balanced_accuracy.",
    "FEW_DATASETS": "Measure a pilot; one run says more than the model.",
    "NO_EVIDENCE": "Measure a pilot before relying on the forecast.",
    "RANGE_TOO_NARROW": "Start from pretrained weights, or measure a pilot.",
    "SCRATCH_WEAK_EVIDENCE": "Start from pretrained weights, or measure a pilot.",
    "ARCHITECTURE_OUTSIDE_EVIDENCE": "Measure a pilot with that architecture.",
    "ARCHITECTURE_DOMINATED": "Name the architectures that would be deployed.",
    "TARGET_TRIVIAL": "Set a target for each class, or metric: balanced_accuracy.",
    "VALUE_MISSING": "Give each project a value, to compare them in money.",
    "USD_PER_FLOP": "Check the price, or use the measured basis.",
    "BASELINE_NOT_BEATEN": "Compare both: the difference may be the luck of the draws.",
}
WARNINGS = "Warnings in full"

TARGET_IN_USE = "{target}{of} on the test set ({in_use} in use)"

# the whole life
LIFE_LEAD = (
    "Over its life the plan is expected to be worth {npv} at present value; what is paid is {back}."
)
LIFE_LINES = "Expected present values, {currency}; below 0 is paid"
LIFE_CASH = "Cash expected by year, {currency}, not discounted"
LIFE_NPV = "Together"

# what is not included
EXCLUDED_ITEMS: Mapping[str, str] = {
    "inference": "Running the systems: inference, hosting, cameras, networks.",
    "upkeep": "Upkeep: monitoring, retraining, new labels as the world drifts.",
    "people": "People: engineering and integration beyond the fixed costs in the file.",
    "errors": "Mistakes in operation: what a wrong answer costs.",
    "field": "The step from test to field: a target met in the test is not yet met there.",
    "compliance": "Security, privacy, compliance, licences, taxes, insurance.",
    "delay": "Delay: how long labelling and training take.",
    "doubt": "Doubt about the values: each is earned in full when its target is met.",
}
"""By the part of a life that would include it."""
EXCLUDED_UNDISCOUNTED = "Discounting: all years count alike."
EXCLUDED_NO_VALUES = "Money earned: targets are counted, not profits."
EXCLUDED_NO_MONEY = "Money earned: errors are counted, not profits."
FOOTPRINT = "Energy and carbon of training"
FOOTPRINT_SAID = (
    "{hours} accelerator-hours, {kwh} kWh, {kg} kg CO2 equivalent; at {watts} W, PUE {pue} and "
    "{grams} g/kWh ({region})."
)
REGION_UNKNOWN = "usual for an unknown region; portfolio.carbon.region sets it"
CARBON_NOTE = "Energy and carbon: not limited by the plan."

# assumptions
ASSUMPTIONS_LEAD = "What the plan rests on that nobody decided just now."
DEFAULTS = "Settings left at their default ({count})"
PRICES = "How training was priced, with sources"
IMAGE_PRICES = "Price of an image, by project"
ASSUMED: Mapping[str, str] = {
    "objective": "The plan maximises",
    "mode": "Spending",
    "risk": "Attitude to risk",
    "horizon_years": "Horizon",
    "go_chance": "GO from a chance of",
    "pilot_chance": "PILOT from a chance of",
    "compute": "Compute",
    "price_ranges": "Price ranges",
    "published_shifts": "Published falls of accuracy",
    "evidence": "Evidence behind the forecasts",
    "discount_rate": "Discount rate a year",
    "draws": "Joint draws",
    "image_levels": "Numbers of images tried",
}
GLOSSARY_TITLE = "What the words mean"
OBJECTIVES: Mapping[str, str] = {
    "net_value": "expected net value: value earned less cost",
    "value": "expected value, before cost",
    "targets_met": "expected number of targets met",
    "accuracy": "expected points of error cut, summed over projects",
}
MODES: Mapping[str, str] = {
    "commit": "commit: all planned images are bought, then trained on once; cost is certain, "
    "accuracy is not",
    "stop_when_reached": "stop when reached: images are bought until the target is met, at most "
    "the "
    "number planned; the plan binds the most it can cost",
}

# manifest
MANIFEST_LEAD = "Enough to make this report again, and to check that nothing was changed."
MADE_IN_PYTHON = "planner.report(portfolio, model), in Python"
ON_PAPER = "Parts that open on screen are left out on paper; they stand in the file."

# infeasible
INFEASIBLE_LEAD = (
    "No choice of projects keeps the budget of {limit} and every rule of the file. Nothing is "
    "funded, and nothing below is a plan."
)
CONFLICT = "These cannot hold together"
FIXES = "Smallest changes that make a plan possible"

# grant
GRANT_METHOD = (
    "Sample sizes were planned from learning curves. For each of the {projects} the error reached "
    "with a given number of labelled images was forecast by a {family} model ({model}) fitted to "
    "{rows} published results [3], in the line of [1] and [2], with {pilots}. The model "
    "gives {draws} joint draws of the error at every number of images; data set, architecture and "
    "repeat-to-repeat variation are part of each draw."
)
GRANT_FAMILY: Mapping[str, str] = {
    "saturating": "hierarchical Bayesian learning-curve",
    "log_linear": "log-linear regression",
}
GRANT_NO_PILOTS = "no pilot measurements of the projects themselves"
GRANT_PILOTS = "{count} pilot measurements of the projects themselves"
GRANT_CHOICE = (
    "Sample sizes and architectures were chosen together to maximise the {objective} under a "
    "budget "
    "of {limit}, as an integer programme solved to {gap} of its bound on {solve} of the draws, and "
    "judged on the {audit} others."
)
GRANT_SIZE = (
    "{name}: {images} labelled images ({buy} to be collected for {cost}; {total} in all). At this "
    "size the chance "
    "that the measured error is at most {target} is {chance}; the error is not above {p10} / "
    "{p50} / "
    "{p90} in 10 / 50 / 90 % of outcomes. {need}"
)
GRANT_NEED = (
    "The number of images at which the target is first met is not above {p10} / {p50} / {p90} in "
    "10 / 50 / 90 % of outcomes; it is never met in {never}."
)
GRANT_SIZE_NO = "{name}: not proposed for funding. {why}"
GRANT_LIMITS = (
    "Limits. The fitted results are public studies: {evidence} Chances are chances under this "
    "model; "
    "prices are {prices}. {warned}"
)
GRANT_WARNED = "{count} carry warnings, listed in the risk register."
CITATION_PAPER = (
    "[1] Thompson, Fleming, Tang, Pastwa, Borge, Goehring, Das. A Model for Estimating the "
    "Economic "
    "Costs of Computer Vision Systems That Use Deep Learning. AAAI/IAAI 2024."
)
CITATION_LEARNING_CURVES = (
    "[2] Mahmood et al. How Much More Data Do I Need? Estimating Requirements for Downstream "
    "Tasks. "
    "CVPR 2022. arXiv:2207.01725."
)
CITATION_SOFTWARE = (
    "[3] vision-planner, version {version}; model {model}, SHA-256 {sha}. Results behind the "
    "model, "
    "with their licences: its table transfer_observations."
)
CITATION_CVAR = (
    "[4] Rockafellar, Uryasev. Optimization of conditional value-at-risk. Journal of Risk 2(3), "
    "2000, 21–41."
)

# tech
TECH_LEAD = "How well model {model} was fitted, and how well it predicts data sets it never saw."
TECH_NONE = "The model's folder holds no such results. For model {model} run: {command}"
TECH_CLOSED_FORM = "{method}."
SAMPLING_CAPTION = "Sampling"
CHECKS_CAPTION = "Predictive checks: posterior predictive, LOO-PIT, leave-one-data-set-out, priors"
PARAMETERS_CAPTION = (
    "Parameters: posterior mean and standard deviation, R-hat, effective sample size"
)
LEFT_OUT = "Data sets left out in turn"
LEFT_OUT_CAPTION = (
    "Pareto k of {count} data sets, each left out in turn: {above} above 0.7 (squares), where "
    "importance sampling is not relied on and the model is fitted again without them."
)
CLOSED_FORM_FIGURES: Mapping[str, str] = {
    "r_squared": "R² on the rows it was fitted on",
    "leave_one_out_rmse": "Leave-one-out error, log10 of error",
    "residual_sd": "Residual standard deviation, log10 of error",
    "n_rows": "Rows",
    "df_resid": "Degrees of freedom",
}
