"""Sentences are said of facts: the ones of ``--json``, or others that a renderer prefers."""

import json
from dataclasses import replace

import pytest

import planner
from planner.domain.facts.decisions import Funded, Ground, Likely, Outbid, Rule
from planner.domain.portfolio.rules import Committed, Fund
from planner.domain.vocabulary import Verdict
from planner.domain.words.funded import funded_words
from planner.domain.words.not_funded import not_funded_words
from planner.domain.words.verdicts import ground_warning, ground_words
from planner.inputs.portfolio_file import parse_portfolio
from tests.random_portfolios import rich_portfolio

ONE = b"""
version: 1
portfolio: {budget: 50k}
projects:
  - {id: a, classes: 4, target_accuracy: 90%, value: 300k, images: {held: 1k, limit: 9k, price: 1}}
"""


@pytest.mark.parametrize("seed", range(6))
def test_every_decision_has_the_facts_that_its_reason_is_said_of(seed: int) -> None:
    """Words made of the facts again are the words of the plan."""
    plan = planner.plan(rich_portfolio(seed), planner.load_model())
    for decision in plan.decisions:
        assert (decision.verdict is Verdict.NO_GO) != isinstance(decision.reason, Funded)
        assert decision.reason is not None
        if isinstance(decision.reason, Funded):
            assert funded_words(decision.reason, plan.currency) == decision.why
        else:
            assert not_funded_words(decision.reason, plan.currency) == decision.why


def test_facts_stand_in_no_json_and_do_not_tell_decisions_apart() -> None:
    """A decision without its facts, as from a saved plan, is the same decision."""
    plan = planner.plan(rich_portfolio(0), planner.load_model())
    assert all("reason" not in item for item in json.loads(plan.to_json())["decisions"])
    assert [replace(item, reason=None) for item in plan.decisions] == list(plan.decisions)


@pytest.mark.parametrize(
    ("rule", "said", "warned"),
    [
        (Rule.REACHED, "GO: 60 % is at least the 60 % asked for.", ""),
        (Rule.MEASURE_FIRST, "PILOT: 60 % lies between 30 % and 60 %; measure first.", ""),
        (Rule.DEMANDED_AFTER_PILOT, "GO although 60 % is below 60 %.", "below the 60 % for GO"),
        (Rule.DEMANDED, "PILOT: 60 % is below 30 %, but a rule", "below the 30 % from which"),
    ],
)
def test_each_rule_has_its_words(rule: Rule, said: str, warned: str) -> None:
    """The verdict stands first, then chance and bound."""
    ground = Ground(rule, Likely(0.6, (), 2000), 0.6, 0.3)
    assert ground_words(ground).startswith(said)
    assert warned in ground_warning(ground)


def test_why_names_the_rules_that_decide_a_project() -> None:
    """Committed already, or asked to be funded: said before the verdict, which does not say it."""
    for rule, verb in (
        (Committed("the treaty", "a"), "Committed"),
        (Fund("the treaty", ("a",)), "Demanded"),
    ):
        asked = replace(parse_portfolio(ONE, "p.yaml"), rules=(rule,))
        (decision,) = planner.plan(asked, planner.load_model()).decisions
        told = decision.why.index(f" {verb} by the treaty. ")
        assert told < decision.why.index(f" {decision.verdict}")


@pytest.mark.parametrize(
    ("earns", "cheapest", "said"),
    [
        (1.0, 90.0, "Not funded: the budget earns more elsewhere. Its best option costs EUR 100"),
        (3.0, 900.0, "costs EUR 900, more than the whole budget. Its best option costs EUR 100"),
        (3.0, 90.0, "Not funded: it does not fit beside projects that earn more together."),
    ],
)
def test_what_is_outbid_is_said_by_its_price(earns: float, cheapest: float, said: str) -> None:
    """It earns less than the last of the budget, costs more than all of it, or does not fit."""
    likely = Likely(0.5, (0.6,), 2000)
    facts = Outbid(100.0, likely, earns, 2.0, cheapest, 40.0, 500.0)
    assert said in not_funded_words(facts, "EUR")
