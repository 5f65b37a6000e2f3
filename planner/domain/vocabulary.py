"""The closed lists of words the product uses, in files, code and messages alike."""

from enum import StrEnum

TARGETS = ("target_accuracy", "target_error", "target_iou")
"""Fields of a project that state its target, one of them or none."""


class Task(StrEnum):
    """What the vision system answers."""

    CLASSIFICATION = "classification"
    SEGMENTATION = "segmentation"


class Backbone(StrEnum):
    """Which layers are trained."""

    FINETUNED = "finetuned"
    FROZEN = "frozen"


class Basis(StrEnum):
    """How training is priced."""

    MEASURED = "measured"
    PAPER = "paper"


class Objective(StrEnum):
    """What the plan maximises."""

    NET_VALUE = "net_value"
    VALUE = "value"
    TARGETS_MET = "targets_met"
    ACCURACY = "accuracy"

    @property
    def in_money(self) -> bool:
        """Whether worth is an amount of money; else targets met, or errors cut."""
        return self in (Objective.NET_VALUE, Objective.VALUE)


class Metric(StrEnum):
    """What a classifier is judged on: all images alike, all classes alike, or the rarest class."""

    ACCURACY = "accuracy"
    BALANCED_ACCURACY = "balanced_accuracy"
    F1 = "f1"


class Mode(StrEnum):
    """Whether spend or accuracy is certain."""

    COMMIT = "commit"
    STOP_WHEN_REACHED = "stop_when_reached"


class Cash(StrEnum):
    """When what is paid and earned in a year of use counts."""

    END = "end"
    MID = "mid"
    START = "start"


class Covers(StrEnum):
    """What the budget binds."""

    DEVELOPMENT = "development"
    WHOLE_LIFE = "whole_life"


class Deploy(StrEnum):
    """When a trained system goes live."""

    IF_TARGET_MET = "if_target_met"
    IF_PAYS = "if_pays"
    ALWAYS = "always"


class Earned(StrEnum):
    """When a benefit is earned: target met and live, live, or in any case."""

    TARGET = "target"
    LIVE = "live"
    ALWAYS = "always"


class Window(StrEnum):
    """How a benefit for being early ends: evenly, or all at once."""

    LINEAR = "linear"
    STEP = "step"


class OperatingPoint(StrEnum):
    """How errors split into misses and false alarms."""

    EQUAL = "equal"
    BEST = "best"


class Blind(StrEnum):
    """An answer that is given without looking."""

    ALWAYS_NO = "always_no"
    ALWAYS_YES = "always_yes"


class AlternativeKind(StrEnum):
    """What would do the work of a system instead."""

    BUY = "buy"
    RULES = "rules"
    PEOPLE = "people"


class AssetKind(StrEnum):
    """What is shared."""

    DATASET = "dataset"
    BASE_MODEL = "base_model"


class Split(StrEnum):
    """How a shared asset's cost is divided among its users; PROPORTIONAL is read as USAGE."""

    SHAPLEY = "shapley"
    EQUAL = "equal"
    USAGE = "usage"
    DUAL = "dual"
    PROPORTIONAL = "proportional"


class Verdict(StrEnum):
    """What the plan says about one project."""

    GO = "GO"
    PILOT = "PILOT"
    NO_GO = "NO-GO"


class SimplePlan(StrEnum):
    """A simple way to spend the budget, which a plan is compared with."""

    DO_NOTHING = "do nothing"
    EQUAL_SPLIT = "equal split"
    VALUE_PER_DOLLAR = "value per dollar"
    POINT_PLAN = "point plan"


class Status(StrEnum):
    """How good the plan is proven to be.

    OPTIMAL: as near to the bound on all plans as was asked for. FEASIBLE: keeps every rule, but the
    search stopped earlier; its gap is printed. INFEASIBLE: no plan keeps all rules; the conflict is
    named.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


class Growth(StrEnum):
    """How what is needed grows while the error falls."""

    POWER = "power"
    EXPONENTIAL = "exponential"
