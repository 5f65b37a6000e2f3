"""What changed, at a glance, in a pull request and for a check: signs, differences, conditions."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import planner
from planner.cli.app import app
from planner.domain.results.plan import Plan
from planner.domain.results.plan_diff import PlanDiff
from planner.questions.changes.gate import parse_condition
from planner.reporting.diff_table import shown_changes, sign_of
from planner.reporting.markdown import diff_markdown

FRIDAY = Path(__file__).parents[4] / "examples" / "06_what_changed"


def project(name: str, **fields: object) -> planner.Project:
    base = {
        "classes": 10,
        "target_error": 0.1,
        "images": {"held": 500, "limit": 40_000, "price": 0.3},
        "value": 60_000.0,
        "architectures": ("ResNet-50",),
    }
    return planner.Project(id=name, **{**base, **fields})  # type: ignore[arg-type]


def planned(*projects: planner.Project, budget: float = 15_000.0) -> Plan:
    portfolio = planner.Portfolio(projects=projects, budget=budget)
    return planner.plan(portfolio, planner.load_model("published"))


@pytest.fixture(scope="module")
def diff() -> PlanDiff:
    before = planned(project("a"), project("b", value=50_000.0), project("gone", value=9_000.0))
    low = project("b", value=20.0, target_error=0.001)
    after = planned(project("a"), low, project("new|*x*", value=90_000.0))
    return planner.diff(before, after)


def test_differences_of_projects_add_up_to_those_of_the_plan(diff: PlanDiff) -> None:
    """To the cent, project by project; chances only where both plans fund it."""
    assert diff.delta is not None
    deltas = [item.delta for item in diff.projects if item.delta is not None]
    assert len(deltas) == len(diff.projects) == 4
    for field in ("spend", "worth"):
        total = sum(getattr(delta, field) for delta in deltas)
        assert getattr(diff.delta, field) == pytest.approx(total, abs=0.005)
    assert diff.before.worth is not None
    assert diff.after.worth == pytest.approx(diff.before.worth + (diff.delta.worth or 0.0))
    known = {item.project: item.delta.chance for item in diff.projects if item.delta}
    assert known["new|*x*"] is None
    assert known["a"] is not None


def test_each_change_has_its_sign_and_the_largest_stands_first(diff: PlanDiff) -> None:
    """+ newly funded, − no longer funded, ~ changed."""
    signs = {item.project: sign_of(item) for item in diff.projects}
    assert signs["new|*x*"] == "+"
    assert signs["b"] == "−"
    assert signs["gone"] == "−"
    shown = shown_changes(diff)
    sizes = [abs(item.delta.worth or 0.0) for item in shown if item.delta]
    assert sizes == sorted(sizes, reverse=True)


def test_markdown_has_the_whole_first_and_no_name_breaks_it(diff: PlanDiff) -> None:
    """Every row of a table has as many cells as its header; what is written is text."""
    text = diff_markdown(diff)
    assert text.index("B − A") < text.index("What changed")
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    assert len(tables) == 2
    for table in tables:
        rows = [len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()]
        assert len(set(rows)) == 1
    assert r"new\|\*x\*" in text


@pytest.mark.parametrize(
    ("condition", "field", "sign", "limit"),
    [
        ("worth < 0", "worth", "<", 0.0),
        ("spend>=10k", "spend", ">=", 10_000.0),
        ("chance <= -5%", "chance", "<=", -0.05),
        ("targets > −0.5", "targets", ">", -0.5),
    ],
)
def test_a_condition_is_read_as_people_write_it(
    condition: str, field: str, sign: str, limit: float
) -> None:
    """Amounts, per cents and a minus of either kind."""
    found = parse_condition(condition)
    assert (found.field, found.sign) == (field, sign)
    assert found.limit == pytest.approx(limit)


@pytest.mark.parametrize("text", ["", "worth", "worth = 0", "value < 0", "worth < a lot", "< 0"])
def test_what_is_no_condition_is_refused_with_an_example(text: str) -> None:
    """Place, expectation and fix."""
    with pytest.raises(planner.InputError, match="--fail-if"):
        parse_condition(text)


@pytest.mark.parametrize("field", ["worth", "spend", "targets"])
def test_a_condition_holds_where_the_change_is_beyond_it(diff: PlanDiff, field: str) -> None:
    """Each of the four signs, at the change itself and on either side of it."""
    change = getattr(diff.delta, field)
    for sign, expected in (("<", False), ("<=", True), (">", False), (">=", True)):
        condition = parse_condition(f"{field} {sign} 0")
        at = condition.__class__(field, sign, change, "")
        assert at.holds(diff) == expected
        assert at.__class__(field, sign, change + 1, "").holds(diff) == sign.startswith("<")
        assert at.__class__(field, sign, change - 1, "").holds(diff) == sign.startswith(">")


def run(*flags: str) -> tuple[int, str, str]:
    files = [str(FRIDAY / name) for name in ("monday.json", "friday.json")]
    done = CliRunner().invoke(app, ["diff", *files, *flags], env={"COLUMNS": "80"})
    return done.exit_code, done.stdout, done.stderr


def test_the_command_ends_with_4_where_a_condition_holds() -> None:
    """The comparison is printed all the same; the condition that failed is named."""
    code, out, err = run("--fail-if", "spend < 0", "--fail-if", "spend > 0", "--format", "md")
    assert code == 4
    assert out.startswith("### ")
    assert "Failed: spend < 0." in err
    assert run("--fail-if", "spend > 0")[0] == 0
    assert run("--fail-if", "chance < -50%")[0] == 0
    assert run("--fail-if", "wealth < 0")[0] == 3
