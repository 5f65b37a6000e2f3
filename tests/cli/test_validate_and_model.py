"""planner validate and planner model: clean JSON, stated staleness, every mistake in one pass."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner._resources import resource_root
from planner.cli.app import app

RUNNER = CliRunner()

CURVES = """curve_id,images,error,n_classes,architecture
shelf,1000,0.30,10,ResNet-50
shelf,5000,0.18,10,ResNet-50
shelf,20000,0.12,10,ResNet-50
weld,500,0.2,2,
"""


def run(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.stdout


def answer(*arguments: str) -> dict[str, object]:
    found = json.loads(run(*arguments, "--json"))
    assert found["schema_version"] == 1
    return dict(found)


@pytest.fixture
def curves(tmp_path: Path) -> str:
    """Return a file of two curves."""
    path = tmp_path / "runs.csv"
    path.write_text(CURVES, encoding="utf-8")
    return str(path)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the shipped model that a test may change."""
    return Path(shutil.copytree(resource_root("models") / "transfer", tmp_path / "mine"))


@pytest.mark.parametrize("model", ["transfer", "published"])
def test_validate_judges_any_model_on_the_users_curves(curves: str, model: str) -> None:
    """Table 2, stored scores and the curves come in one object and in tables of 80 columns."""
    found = answer("validate", "--curves", curves, "--model", model)
    assert {"table2", "left_out", "curves"} <= set(found)
    text = run("validate", "--curves", curves, "--model", model)
    assert max(map(len, text.splitlines())) <= 80
    assert "2 curves, 4 points" in text
    assert "Row 6" in text


PILOT_KEYS = {
    "model", "curves",
    "datasets", "points", "coverage", "crps", "crps_by_curve", "bias", "targets",
    "need_coverage", "median_abs_log10_ratio", "chance_never", "unreliable",
}  # fmt: skip


def pilot_tests(*arguments: str) -> list[dict[str, Any]]:
    """Return what the curves' later points say, by mode."""
    found = answer("validate", *arguments)["curves"]
    assert isinstance(found, dict)
    return list(found["pilots"])


@pytest.mark.slow
def test_validate_gives_first_points_as_pilots(curves: str) -> None:
    """All modes by default, each with every model's scores, and what was left out."""
    tests = pilot_tests("--curves", curves)
    assert [test["pilots"] for test in tests] == ["none", "smallest", "one", "all"]
    for test in tests:
        several = test["pilots"] == "all"  # one size alone lies within a tenth
        assert (test["curves"], test["too_short"]) == ((0, 2) if several else (1, 1))
        scores = test["scores"]
        assert isinstance(scores, list)
        assert all(set(score) == PILOT_KEYS for score in scores)
        assert all(set(score["coverage"]) == {"50%", "80%", "90%", "95%"} for score in scores)
    one = {score["model"]: score for score in tests[1]["scores"]}
    assert one["transfer"]["crps"] < one["anchored slope"]["crps"]
    text = run("validate", "--curves", curves)
    assert "One pilot" in text
    assert max(map(len, text.splitlines())) <= 80


def test_pilot_modes_are_chosen_by_words(curves: str) -> None:
    """Repeated or with commas; an unknown word, or no curves to take pilots from, is exit 2."""
    chosen = pilot_tests("--curves", curves, "--pilots", "all,none", "--pilots", "none")
    assert [test["pilots"] for test in chosen] == ["none", "all"]
    wrong = RUNNER.invoke(app, ["validate", "--curves", curves, "--pilots", "two"])
    assert wrong.exit_code == 2
    assert "none, smallest, one, all" in wrong.stderr
    assert RUNNER.invoke(app, ["validate", "--pilots", "one"]).exit_code == 2


@pytest.mark.slow
def test_validate_collects_in_rounds(curves: str) -> None:
    """Failure rate and cost ratios in 1, 3 and 5 rounds on the user's curves, unless declined."""
    found = answer("validate", "--curves", curves)["curves"]
    assert isinstance(found, dict)
    rounds = found["rounds"]
    assert rounds["curves"] == 1
    assert [score["rounds"] for score in rounds["scores"]] == [1, 3, 5]
    assert all(score["failure_rate"] == 0.0 for score in rounds["scores"])
    assert "Collecting in rounds" in run("validate", "--curves", curves)
    without = answer("validate", "--curves", curves, "--no-rounds")["curves"]
    assert isinstance(without, dict)
    assert without["rounds"] is None


def test_the_card_says_what_pilots_add() -> None:
    """Stored with the shipped model: pilots cover by kind, and the card says who beats it where."""
    folder = resource_root("models") / "transfer"
    entry = json.loads((folder / "validation.json").read_text(encoding="utf-8"))["pilots"]
    assert "## What pilots add" in (folder / "CARD.md").read_text(encoding="utf-8")
    for mode, most in (("one", 0.115), ("all", 0.092)):
        (test,) = [t for t in entry["tests"]["all kinds"] if t["pilots"] == mode]
        scores = {score["model"]: score for score in test["scores"]}
        ours = scores.pop("transfer")
        for coverage in (ours["coverage"], ours["need_coverage"]):
            assert 0.74 <= coverage["80%"] <= 0.93
            assert coverage["95%"] >= 0.90
        assert ours["crps"] <= most
        assert all(ours["crps"] < 0.85 * rival["crps"] for rival in scores.values())
    assert "Simpler forecasts that beat the model" in (folder / "CARD.md").read_text("utf-8")


@pytest.mark.slow
def test_same_seed_same_report(curves: str) -> None:
    """Two runs print the same bytes."""
    arguments = ("validate", "--curves", curves, "--model", "transfer", "--json", "--seed", "3")
    assert run(*arguments) == run(*arguments)


def test_stored_scores_are_of_the_shipped_rows_and_declaration() -> None:
    """What ships is not stale, and says when and from what it was computed."""
    text = run("validate", "--model", "transfer")
    assert "Stored on 20" in text
    assert "STALE" not in text


def test_the_bars_of_the_shipped_model_hold() -> None:
    """Left-out data sets: honest 80 and 95 % intervals, and density above the pooled GLM's."""
    entry = json.loads((resource_root("models") / "transfer" / "validation.json").read_text())
    ours = entry["slices"]["fine-tuned or from scratch"]["transfer"]
    pooled = entry["slices"]["fine-tuned or from scratch"]["pooled GLM"]
    assert 0.75 <= ours["coverage_by_set"]["80%"] <= 0.90
    assert ours["coverage_by_set"]["95%"] >= 0.92
    assert ours["log_density_by_set"] >= pooled["log_density_by_set"] + 0.2


def test_a_changed_declaration_makes_scores_stale(copied: Path) -> None:
    """Scores of another prior are shown with a warning and the command that mends them."""
    path = copied / "model.toml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("location = -0.45, scale = 0.5", "location = -0.45, scale = 0.4")
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    report = run("validate", "--model", str(copied))
    assert "STALE" in report
    assert "--refit" in report


def test_without_stored_scores_it_says_how_to_compute_them(copied: Path) -> None:
    """A freshly fitted model has none."""
    (copied / "validation.json").unlink()
    assert "takes minutes" in " ".join(run("validate", "--model", str(copied)).split())


def test_a_bad_curve_file_is_answered_in_one_pass(tmp_path: Path) -> None:
    """Exit 3, every mistake with its place, and nothing on stdout but JSON with --json."""
    path = tmp_path / "bad.csv"
    path.write_text("curve_id,images,error\na,0,0.5\nb,10,maybe\n", encoding="utf-8")
    run("validate", "--curves", str(path), code=3)
    found = json.loads(run("validate", "--curves", str(path), "--json", code=3))
    assert [p["place"].split("bad.csv")[1] for p in found["problems"]] == [":2:3", ":3:6"]


def test_a_closed_form_has_nothing_to_refit() -> None:
    """The published model cannot be refitted; the fix names one that can."""
    result = RUNNER.invoke(app, ["validate", "--refit", "--model", "published"])
    assert result.exit_code == 3
    assert "nothing to refit" in result.stderr
    assert RUNNER.invoke(app, ["validate", "--folds", "3"]).exit_code == 2


def test_model_show_gives_priors_with_reasons() -> None:
    """Every parameter of the declaration stands with prior, reason and posterior."""
    card = answer("model", "show", "transfer")
    parameters = card["parameters"]
    assert isinstance(parameters, list)
    assert all(row["prior"] and row["why"] for row in parameters)
    for name in ("transfer", "published"):
        text = run("model", "show", name, "-v")
        assert max(map(len, text.splitlines())) <= 80


def test_model_compare_puts_what_corresponds_side_by_side() -> None:
    """Published slopes are flatter; a model beside itself shows the same numbers twice."""
    found = answer("model", "compare", "published", "transfer")
    slopes = found["slopes"]
    assert isinstance(slopes, list)
    assert slopes[0]["first"]["median"] > slopes[0]["second"]["median"]
    text = run("model", "compare", "published", "transfer")
    assert max(map(len, text.splitlines())) <= 80
    same = answer("model", "compare", "transfer", "transfer")
    for part in ("coefficients", "slopes", "needs", "scores"):
        rows = same[part]
        assert isinstance(rows, list)
        assert rows
        assert all(row["first"] == row["second"] for row in rows)


def test_model_check_shows_stored_verdicts() -> None:
    """The shipped model fails nothing, and every check has a sentence of advice."""
    found = answer("model", "check", "transfer")
    checks = found["checks"]
    assert isinstance(checks, list)
    assert found["verdict"] != "FAIL"
    assert {"R-hat", "PSIS-LOO by data set", "LOO-PIT"} <= {check["name"] for check in checks}
    assert all(check["advice"].endswith(".") for check in checks)
    assert "REVIEW" in run("model", "check", "transfer")
    assert "PASS" in run("model", "check", "published")


def test_reading_imports_no_sampler() -> None:
    """Stored scores and checks are read without PyMC, ArviZ or matplotlib."""
    import subprocess
    import sys

    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom planner.cli.app import app\n"
        "for words in (['validate'], ['model', 'check'], ['model', 'show'], ['laws']):\n"
        "    assert CliRunner().invoke(app, words).exit_code == 0, words\n"
        "slow = {'pymc', 'pytensor', 'arviz', 'xarray', 'pandas', 'matplotlib', 'nutpie'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_laws_explain_two_slopes() -> None:
    """Published, measured and fitted slopes stand together with what they imply."""
    found = answer("laws", "--model", "transfer")
    readings = found["slopes"]
    assert isinstance(readings, list)
    assert {reading["kind"] for reading in readings} == {"across tasks", "within a task", "model"}
    by_name = {reading["name"]: reading["halving"] for reading in readings}
    assert by_name["Eq. 1, pretrained"] > 5 * by_name["transfer, pretrained"]


def test_portfolios_are_of_decisions() -> None:
    """A number of portfolios without them is a mistake, and says so."""
    result = RUNNER.invoke(app, ["validate", "--portfolios", "3"])
    assert result.exit_code == 2
    assert "--decisions" in result.output


def test_decisions_of_a_model_in_closed_form_are_refused() -> None:
    """There is nothing to refit without a group of data sets."""
    result = RUNNER.invoke(app, ["validate", "--decisions", "--model", "published"])
    assert result.exit_code != 0
    assert "nothing to refit" in " ".join(result.output.split())


@pytest.mark.slow
def test_decisions_are_said_stored_and_shown_in_the_card(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long the refits take is said first; one answer goes to JSON, folder and card."""
    from planner.reference.store import load_model
    from planner.regression.fitting import group_fits

    def fits(table: Any, full: Any, _folder: Path, **_: Any) -> tuple[group_fits.GroupFit, ...]:
        groups = group_fits.dataset_groups(table)
        return tuple(group_fits.GroupFit(group, full, 1.0, 0) for group in groups)

    monkeypatch.setattr(group_fits, "group_fits", fits)
    (copied / "validation.json").unlink()  # another part of the card, which is not the point here
    result = RUNNER.invoke(
        app, ["validate", "--decisions", "--portfolios", "1", "--model", str(copied), "--json"]
    )
    assert result.exit_code == 0, result.output
    said = " ".join(result.stderr.split())
    assert "Refitting 4 times without a group of data sets: about" in said
    found = json.loads(result.stdout)["decisions"]
    stored = json.loads((copied / "decisions.json").read_text(encoding="utf-8"))
    assert found == {key: value for key, value in stored.items() if key != "schema_version"}
    assert found["portfolios"] == 1
    assert found["model_sha256"] == load_model(copied).sha256
    assert "## What decisions earn" in (copied / "CARD.md").read_text(encoding="utf-8")
