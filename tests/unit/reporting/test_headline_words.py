"""What the first lines say where limits, evidence in sentences and stated parts come in."""

import pytest

import planner
from planner.domain.results.plan import Plan
from planner.inputs.portfolio_file import parse_portfolio
from planner.reporting.document import plain
from planner.reporting.headline import approve_text, evidence_text

FILE = """\
version: 1
portfolio: {{budget: 50k, horizon_years: 2{carbon}}}
projects:
  - id: x
    classes: 10
    target_accuracy: {target}
    images: {{held: 2k, limit: 30k, price: 0.30}}
    architectures: [ResNet-50]
    value: 20k
{more}"""


def planned(model: str, *, carbon: str = "", target: str = "90%", more: str = "") -> Plan:
    text = FILE.format(carbon=carbon, target=target, more=more)
    return planner.plan(parse_portfolio(text.encode(), "p.yaml"), planner.load_model(model))


def test_where_limits_leave_nothing_the_first_line_names_them() -> None:
    """The forecasts are not blamed for what a cap keeps out."""
    capped = plain(approve_text(planned("transfer", carbon=", carbon: {region: USA, cap_kg: 0}")))
    assert "within these limits" in capped
    hopeless = plain(approve_text(planned("transfer", target="99.99%")))
    assert hopeless.endswith("under these forecasts.")


def test_evidence_that_is_said_in_sentences_reads_as_sentences() -> None:
    """And as a part of one where it is none."""
    said = plain(evidence_text(planned("published")))
    assert said.startswith("; no run of yours is behind them. The paper's 56 rows are not public. ")
    assert plain(evidence_text(planned("transfer"))).startswith("; they rest on 933 results")


@pytest.mark.slow
def test_what_a_file_states_is_not_listed_as_left_out() -> None:
    """A cap on carbon, the fall in use and the lead time are part of the plan."""
    stated = "    shift: {points: 2}\n    build: {weeks: 10}\n"
    model = planner.load_model("transfer")
    bare, full = (
        planner.report(parse_portfolio(text.encode(), "p.yaml"), model).html
        for text in (
            FILE.format(carbon="", target="90%", more=""),
            FILE.format(carbon=", carbon: {region: USA, cap_kg: 900}", target="90%", more=stated),
        )
    )
    for words in ("not limited by the plan", "The step from test to field", "how long labelling"):
        assert words in bare
        assert words not in full
