"""The user's own rules in the portfolio file, version 1: one model for each kind."""

from typing import Annotated, Self

from pydantic import AfterValidator, ValidationInfo, model_validator

from planner.domain.format import percent_as_set, percent_to_type
from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean
from planner.inputs.fields.schema_values import (
    Ids,
    PositiveCount,
    ProjectCount,
    Section,
    Share,
    Text,
    mistake,
)


def _at_most_max_share(least: float | None, info: ValidationInfo) -> float | None:
    most = info.data.get("max_share")
    if least is not None and most is not None and least > most:
        raise mistake(
            f"min_share {percent_as_set(least)} is above max_share {percent_as_set(most)}.",
            f"min_share: {percent_to_type(most)}",
        )
    return least


class RuleSection(Section):
    """A rule: ``name`` is what messages call it, beside its place."""

    name: Text | None = None


class RequireRule(RuleSection):
    """Fund ``require`` only together with ``needs``."""

    require: Text
    needs: Text


class ExclusiveRule(RuleSection):
    """Fund at most one."""

    exclusive: Ids


class FundRule(RuleSection):
    """Fund all."""

    fund: Ids


class SkipRule(RuleSection):
    """Fund none."""

    skip: Ids


class AtMostRule(RuleSection):
    """Fund at most so many."""

    at_most: ProjectCount
    of: Ids


class AtLeastRule(RuleSection):
    """Fund at least so many."""

    at_least: ProjectCount
    of: Ids


class UnitRule(RuleSection):
    """Bounds on a business unit's share of the committed spend."""

    unit: Text
    max_share: Share | None = None
    min_share: Annotated[Share | None, AfterValidator(_at_most_max_share)] = None

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if self.max_share is None and self.min_share is None:
            raise mistake(
                "a rule on a unit has max_share, min_share or both.", "max_share: 50%", "MISSING"
            )
        return self


class CommittedRule(RuleSection):
    """Decided already: this project, architecture and number of images."""

    committed: Text
    architecture: Text | None = None
    images: PositiveCount | None = None


type AnyRule = (
    RequireRule
    | ExclusiveRule
    | FundRule
    | SkipRule
    | AtMostRule
    | AtLeastRule
    | UnitRule
    | CommittedRule
)

RULE_KINDS: dict[str, type[RuleSection]] = {
    "require": RequireRule,
    "exclusive": ExclusiveRule,
    "fund": FundRule,
    "skip": SkipRule,
    "at_most": AtMostRule,
    "at_least": AtLeastRule,
    "unit": UnitRule,
    "committed": CommittedRule,
}


def read_rule(value: object) -> object:
    """Return a rule by the one field that names its kind."""
    if not isinstance(value, dict):
        raise mistake(f"got {show(value)}; expected a rule.", "{fund: [project-id]}")
    kinds = [kind for kind in RULE_KINDS if kind in value]
    if len(kinds) > 1:
        raise mistake(f"{' and '.join(kinds)} in one rule; write a rule for each.")
    if kinds:
        # A refusal inside is itself a ValidationError, whose errors pydantic puts in place here.
        return RULE_KINDS[kinds[0]].model_validate(value)
    guesses = [did_you_mean(key, list(RULE_KINDS)) for key in value]
    fix = next((guess for guess in guesses if guess), "")
    raise mistake(f"this is no known rule; a rule has one of {', '.join(RULE_KINDS)}.", fix)
