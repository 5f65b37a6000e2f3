"""The commented portfolio file that ``planner init`` writes: the first thing a new user reads."""

import os
import re
import textwrap
from pathlib import Path

from planner.domain.fields.declared import section_of
from planner.domain.portfolio.portfolio import Portfolio
from planner.errors import InputError, Problem

_YAML = """\
# A portfolio of computer-vision projects that compete for one budget.
# Change the numbers, then:   planner check portfolio.yaml
#                             planner plan  portfolio.yaml
#
# Numbers may be written 20k, 5M or 94%. A range 0.30..0.45 says: in 9 of 10
# cases not below 0.30, in 9 of 10 not above 0.45. All money is in one currency.
# Lines that begin with # are notes; take the # away to use a field.

version: 1                        # of this file format

portfolio:
  name: My vision projects        #: portfolio.name
  currency: USD                   # the one currency of every amount below
  budget: 35k                     #: portfolio.budget
  objective: net_value            #: portfolio.objective
  horizon_years: 1                #: portfolio.horizon_years
  # go_chance: 60%                #: portfolio.go_chance
  # pilot_chance: 30%             #: portfolio.pilot_chance
  # baseline: 1000                # classes of the task with relative complexity 1
  # risk: {measure: cvar, level: 90%, weight: 50%}  # half the mean, half the mean
                                  # of the worst 10 %; default: expected, the mean
  # periods: [{id: H1, budget: 20k}, {id: H2, budget: 15k}]   # cash by half-year
  # discount_rate: 8%             #: portfolio.discount_rate
  # cash: mid                     #: portfolio.cash
  # budget_covers: development    #: portfolio.budget_covers
  # carbon: {region: FRA, cap_kg: 500, price_per_tonne: 100}   # kWh, kg, price
  # architectures: [{name: my-net, parameters: 12M, gmacs: 1.8, px: 224}]
                                  # of your own, which projects may then name
  # pilot_budget: 2k              #: portfolio.pilot_budget
  # mode: stop_when_reached       #: portfolio.mode
  # hold: {chance: 90%}           # in that mode: how sure the budget is

compute:                          # what training costs
  basis: measured                 #: compute.basis
  accelerator: A100 40GB          #: compute.accelerator
  # usd_per_hour: 2.50..4.00      #: compute.usd_per_hour
  # utilisation: 20%..40%         #: compute.utilisation
  # usd_per_flop: 3e-11           #: compute.usd_per_flop
  epochs: 50                      #: compute.epochs
  trials: 5                       #: compute.trials
  # folds: 4                      #: compute.folds
  # testing_overhead: 10%         #: compute.testing_overhead
  # gpus: 8                       #: compute.gpus
  # scaling: 90%                  #: compute.scaling
  # price_decline: 20%            #: compute.price_decline

projects:
  - id: shelf-gaps                # any name, once in the file
    task: classification          # classification or segmentation
    classes: 4                    # equally frequent classes
    target_accuracy: 92%          # or target_error: 8%; target_iou for segmentation
    images:                       # owned, obtainable, and what one more costs
      held: 20k                   #: projects.images.held
      limit: 90k                  #: projects.images.limit
      price: 0.30..0.45           # of one more labelled image
      fixed_cost: 2k              #: projects.images.fixed_cost
      # licence: 0.02             # right to use one more image
      # storage: 0.003            # keeping an image over the horizon
    value: 200k                   #: projects.value
    architectures: [EfficientNet-B0, ResNet-50]   # default: all that fit the task
    # accelerator_hours: 46       # of one training on the limit, if you know them
    # unit: stores                # business unit, for rules on its share
                                  # its whole life, each part optional:
    # build: {people: [{role: engineer, weeks: 6, per_week: 3500}],
    #   lines: [{id: cameras, once: 2k}], label_per_week: 10k, weeks: 4}
    # use: {images_per_year: 1M, years: 3, ramp_years: 0.5, growth: 5%}
    # inference: {images_per_s: 600, accelerator: T4, always_on: 1}
                                  # or {price_per_1000: 0.40}; {} takes the tables
    # upkeep: {lines: [{id: monitoring, yearly: 6k}], half_life: 3,
    #   refresh: [none, yearly]}  # images age; the plan chooses whether to renew
    # benefits: [{id: reading-time, yearly: 30k, if: live}]
                                  # yearly: {90%: 0, 98%: 30k} grows with accuracy
    # today: {price_per_1000: 30} # of the present way of working, which it saves
    # errors: {cost_per_error: 0.05}
                                  # or {miss: 500, false_alarm: 5, prevalence: 2%}
    # review: {share: 10%, finds: 60%, price_per_1000: 400}  # people look at some
    # shift: {accuracy_drop: 2%}  # in use, or {points: 11}, or {preset: new-site}
    # alternatives: [{id: vendor, kind: buy, price_per_1000: 1.50, accuracy: 91%}]
                                  # what else would do the work: buy, rules, people
    # compress: [{id: int8, training: 15%, inference: 45%, error_points: 0.1..1.0}]
    # end: {once: 1500}           # when it is retired

  - id: planogram
    task: classification
    class_counts:                 # instead of classes, if some are rare:
      correct: 9000               # images of each class, as you meet them
      misplaced: 2500
      missing: 1500
    target_error: 10%
    images: {held: 13k, limit: 60k, price: 0.35}    # the same fields on one line
    value: 90k
    min_chance: 40%               #: projects.min_chance
    architectures: [EfficientNet-B0, ResNet-50]
    # metric: balanced_accuracy   # what it is judged on; or f1, of the rarest class
    # rebalance: [none, 3k]       # reach so many of the rarest; the plan chooses
    # class_prices: {missing: 0.80}                 # of an image of it
    # earliest: H2                # first period in which it may start

  - id: floor-spills
    task: segmentation
    classes: 3
    target_iou: 80%               # mean intersection over union
    pretrained: true              #: projects.pretrained
    images: {held: 500, limit: 20k, price: 0.90..1.60}
    value: 150k
    architectures: [DeepLabv3-R50]

# shared:                         # bought once, used by several projects; the cost
                                  # is split by shapley, equal, usage or dual
  # - {id: store-images, kind: dataset, members: [shelf-gaps, planogram],
  #    fixed_cost: 3k,            # required: funding any member buys it
  #    images: {limit: 20k, price: 0.20}}         # a pool that serves every member
  # - {id: base, kind: base_model, members: [shelf-gaps, planogram],
  #    required: false,           # bought only if it pays
  #    fixed_cost: 5k, gives: {training_discount: 40%}}

rules:                            # optional; planner names those that conflict
  - {require: planogram, needs: shelf-gaps}       # planogram only with shelf-gaps
  # - {at_most: 2, of: [shelf-gaps, planogram, floor-spills]}
  # - {exclusive: [planogram, floor-spills]}      # at most one of them
  # - {fund: [shelf-gaps]}                        # must be funded
  # - {skip: [floor-spills]}                      # must not be funded
  # - {at_least: 1, of: [shelf-gaps, planogram]}
  # - {unit: stores, max_share: 80%}              # of the spend; or min_share
  # - {committed: shelf-gaps, architecture: ResNet-50, images: 40k}    # decided
"""


_TOML = """\
# A portfolio of computer-vision projects that compete for one budget.
# Change the numbers, then:   planner check portfolio.toml
#                             planner plan  portfolio.toml
#
# Numbers may be written 20000, "20k", "5M" or "94%". A range "0.30..0.45" says:
# in 9 of 10 cases not below 0.30, in 9 of 10 not above 0.45. All money is in one
# currency. Lines that begin with # are notes; take the # away to use a field.

version = 1                         # of this file format

[portfolio]
name = "My vision projects"         #: portfolio.name
currency = "USD"                    # the one currency of every amount below
budget = "35k"                      #: portfolio.budget
objective = "net_value"             #: portfolio.objective
horizon_years = 1                   #: portfolio.horizon_years
# go_chance = "60%"                 #: portfolio.go_chance
# pilot_chance = "30%"              #: portfolio.pilot_chance
# baseline = 1000                   # classes of the task with relative complexity 1
# risk = {measure = "cvar", level = "90%", weight = "50%"}   # half the mean, half
                                    # the mean of the worst 10 %; default: the mean
# periods = [{id = "H1", budget = "20k"}, {id = "H2", budget = "15k"}]  # cash
# discount_rate = "8%"              #: portfolio.discount_rate
# cash = "mid"                      #: portfolio.cash
# budget_covers = "development"     #: portfolio.budget_covers
# carbon = {region = "FRA", cap_kg = 500, price_per_tonne = 100}   # kWh, kg, price
# architectures = [{name = "my-net", parameters = "12M", gmacs = 1.8, px = 224}]
                                    # of your own, which projects may then name
# pilot_budget = "2k"               #: portfolio.pilot_budget
# mode = "stop_when_reached"        #: portfolio.mode
# hold = {chance = "90%"}           # in that mode: how sure the budget is

[compute]                           # what training costs
basis = "measured"                  #: compute.basis
accelerator = "A100 40GB"           #: compute.accelerator
# usd_per_hour = "2.50..4.00"       #: compute.usd_per_hour
# utilisation = "20%..40%"          #: compute.utilisation
# usd_per_flop = 3e-11              #: compute.usd_per_flop
epochs = 50                         #: compute.epochs
trials = 5                          #: compute.trials
# folds = 4                         #: compute.folds
# testing_overhead = "10%"          #: compute.testing_overhead
# gpus = 8                          #: compute.gpus
# scaling = "90%"                   #: compute.scaling
# price_decline = "20%"             #: compute.price_decline

[[projects]]
id = "shelf-gaps"                   # any name, once in the file
task = "classification"             # classification or segmentation
classes = 4                         # equally frequent classes
target_accuracy = "92%"             # or target_error; target_iou for segmentation
value = "200k"                      #: projects.value
architectures = ["EfficientNet-B0", "ResNet-50"]   # default: all that fit the task
# accelerator_hours = 46            # of one training on the limit, if you know them
# unit = "stores"                   # business unit, for rules on its share
images.held = "20k"                 #: projects.images.held
images.limit = "90k"                #: projects.images.limit
images.price = "0.30..0.45"         # of one more labelled image
images.fixed_cost = "2k"            #: projects.images.fixed_cost
# images.licence = 0.02             # right to use one more image
# images.storage = 0.003            # keeping an image over the horizon
                                    # its whole life, each part optional:
# build = {weeks = 4, people = [{role = "engineer", weeks = 6, per_week = 3500}]}
# use = {images_per_year = "1M", years = 3, ramp_years = 0.5, growth = "5%"}
# inference = {images_per_s = 600, accelerator = "T4", always_on = 1}
                                    # or {price_per_1000 = 0.40}; {}: the tables
# upkeep = {lines = [{id = "monitoring", yearly = "6k"}], half_life = 3}
# benefits = [{id = "reading-time", yearly = "30k", if = "live"}]
# today = {price_per_1000 = 30}     # of the present way of working, which it saves
# errors = {cost_per_error = 0.05}  # or miss, false_alarm and prevalence
# review = {share = "10%", finds = "60%", price_per_1000 = 400}
# shift = {accuracy_drop = "2%"}    # in use, or points, or preset
# alternatives = [{id = "vendor", kind = "buy", yearly = "9k", accuracy = "91%"}]
# end = {once = 1500}               # when it is retired

[[projects]]
id = "planogram"
task = "classification"
target_error = "10%"
value = "90k"
min_chance = "40%"                  #: projects.min_chance
architectures = ["EfficientNet-B0", "ResNet-50"]
# metric = "balanced_accuracy"      # what it is judged on; or f1, of the rarest
# rebalance = ["none", "3k"]        # reach so many of the rarest class
# class_prices = {missing = 0.80}   # of an image of it
# earliest = "H2"                   # first period in which it may start
images = {held = "13k", limit = "60k", price = 0.35}   # the same on one line
# instead of classes, if some are rare: images of each class, as you meet them
class_counts = {correct = 9000, misplaced = 2500, missing = 1500}

[[projects]]
id = "floor-spills"
task = "segmentation"
classes = 3
target_iou = "80%"                  # mean intersection over union
pretrained = true                   #: projects.pretrained
images = {held = 500, limit = "20k", price = "0.90..1.60"}
value = "150k"
architectures = ["DeepLabv3-R50"]

# [[shared]]                        # bought once, used by several projects
# id = "store-images"
# kind = "dataset"
# members = ["shelf-gaps", "planogram"]
# fixed_cost = "3k"                 # required: funding any member buys it
# images = {limit = "20k", price = 0.20}           # a pool that serves every member
# split = "shapley"                 # or equal, usage, dual

# [[shared]]
# id = "base"
# kind = "base_model"
# members = ["shelf-gaps", "planogram"]
# required = false                  # bought only if it pays
# fixed_cost = "5k"
# gives = {training_discount = "40%"}

[[rules]]                           # optional; planner names those that conflict
require = "planogram"               # planogram only with shelf-gaps
needs = "shelf-gaps"

# [[rules]]
# at_most = 2
# of = ["shelf-gaps", "planogram", "floor-spills"]

# [[rules]]
# exclusive = ["planogram", "floor-spills"]        # at most one of them

# [[rules]]
# fund = ["shelf-gaps"]                            # must be funded

# [[rules]]
# skip = ["floor-spills"]                          # must not be funded

# [[rules]]
# at_least = 1
# of = ["shelf-gaps", "planogram"]

# [[rules]]
# unit = "stores"
# max_share = "80%"                                # of the spend; or min_share

# [[rules]]
# committed = "shelf-gaps"                         # decided already
# architecture = "ResNet-50"
# images = "40k"
"""

_WIDTH = 84
_EXPLAINED = re.compile(r"(?m)^(?P<line>.*\S) +#: (?P<path>\S+)$")


def _with_comments(text: str, column: int) -> str:
    """Return a starter in which each ``#:`` with the path of a field is what the field declares."""
    return _EXPLAINED.sub(lambda found: _explained(found["line"], found["path"], column), text)


def _explained(line: str, path: str, column: int) -> str:
    """Return a line with the comment on its field; what does not fit stands below, aligned."""
    is_off = line.lstrip().startswith("#")
    comment = textwrap.wrap(_comment(path, with_default=is_off), _WIDTH - column - 2)
    first, *more = [f"# {part}" for part in comment]
    return "\n".join([f"{line:<{column - 1}} {first}", *(" " * column + part for part in more)])


def _comment(path: str, *, with_default: bool) -> str:
    """Return the help of a field as a comment, with what holds without it."""
    section = section_of(Portfolio)
    shapes = {field.key: field.value.shape for field in section.in_file_at_top}
    *holders, key = path.split(".")
    for holder in holders:
        shape = shapes.get(holder, {"part": Portfolio})
        section = section_of(shape.get("part") or shape["items"]["part"])
        shapes = {name: field.value.shape for name, field in section.in_file.items()}
    field = section.in_file[key]
    form = field.forms[0]
    words = form.help.removesuffix(".")
    default = field.default_words(form) if with_default else ""
    return f"{words[:1].lower()}{words[1:]}{f'; default: {default}' if default else ''}"


STARTER, STARTER_TOML = _with_comments(_YAML, 34), _with_comments(_TOML, 36)

STARTERS = {".yaml": STARTER, ".yml": STARTER, ".toml": STARTER_TOML}
"""Starter file by the ending of its name; they describe the same portfolio."""


def starter_portfolio(ending: str = ".yaml") -> str:
    """Return the text of a portfolio file, version 1, that explains each field in a line.

    It reads without a problem or a warning, so that a first change is the only thing that can go
    wrong.

    Parameters
    ----------
    ending : {".yaml", ".yml", ".toml"}
        Of the file's name.
    """
    return STARTERS[ending]


def starter_for(path: str | os.PathLike[str]) -> str:
    """Return the starter in the format that a file's ending names.

    Raises
    ------
    InputError
        The ending is that of no format that is read.
    """
    file = Path(path)
    if file.suffix.lower() in STARTERS:
        return starter_portfolio(file.suffix.lower())
    got = file.suffix or "no ending"
    message = f"a portfolio file ends in {', '.join(STARTERS)}; got {got}."
    fix = f"-o {file.with_suffix('.yaml') if file.name else 'portfolio.yaml'}"
    raise InputError([Problem("", message, fix, str(file), "FILE")])
