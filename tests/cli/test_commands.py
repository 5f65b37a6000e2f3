"""What every command promises: exit codes, clean streams, one JSON object, help with an example."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.parameters import CatalogueTable

ROOT = Path(__file__).parents[2]
RETAIL = str(ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml")
COMMANDS = [
    "init",
    "check",
    "estimate",
    "observe",
    "options",
    "plan",
    "pilots",
    "frontier",
    "explain",
    "report",
    "diff",
    "reproduce",
    "catalogue",
    "laws",
    "doctor",
]
JSON_COMMANDS = [
    ["check", RETAIL],
    ["estimate", RETAIL],
    ["estimate", "--classes", "4", "--target", "94%", "--have", "20k", "--max", "150k"],
    ["options", RETAIL],
    ["plan", RETAIL],
    ["reproduce"],
    ["catalogue", "architectures"],
    ["laws"],
    ["doctor"],
]
RUNNER = CliRunner()


def write(folder: Path, text: str) -> str:
    path = folder / "portfolio.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def portfolio(**changes: str) -> str:
    """Return a one-project portfolio file with some lines replaced."""
    lines = {
        "budget": "budget: 20k",
        "id": "id: shelf",
        "target": "target_accuracy: 90%",
        "rules": "",
        **changes,
    }
    return (
        f"version: 1\nportfolio: {{{lines['budget']}}}\nprojects:\n"
        f"  - {lines['id']}\n    classes: 4\n    {lines['target']}\n"
        f"    images: {{held: 1k, limit: 50k, price: 0.3}}\n    value: 80k\n"
        f"    architectures: [ResNet-50]\n{lines['rules']}\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_itself_and_shows_an_example(command: str) -> None:
    """Each command's help ends with a line that can be pasted."""
    result = RUNNER.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"Example: planner {command}" in result.stdout


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_json_is_one_object_with_a_schema_version_and_nothing_else(arguments: list[str]) -> None:
    """With --json stdout parses as one object and stderr stays empty."""
    result = RUNNER.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["schema_version"] == 1
    assert result.stderr == ""


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_a_page_fits_eighty_columns(arguments: list[str]) -> None:
    """No line of the text output is wider than 80 characters."""
    result = RUNNER.invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_every_mistake_is_named_with_place_and_fix_and_exit_3(tmp_path: Path) -> None:
    """Several mistakes come out in one pass, each with file:line:column, without a traceback."""
    path = write(tmp_path, portfolio(target="target_accuracy: 940%", id="id: 3"))
    result = RUNNER.invoke(app, ["plan", path])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert f"{path}:6:" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Nothing was computed" in result.stderr


def test_mistakes_come_as_json_where_json_was_asked_for(tmp_path: Path) -> None:
    """With --json a bad file still answers with one object, which carries the problems."""
    path = write(tmp_path, portfolio(target="target_accuracy: 1"))
    result = RUNNER.invoke(app, ["check", path, "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 3
    assert {"place", "field", "message", "fix"} <= set(answer["problems"][0])


def test_an_unknown_flag_is_a_usage_error() -> None:
    """A flag that does not exist ends with exit code 2."""
    assert RUNNER.invoke(app, ["plan", RETAIL, "--bugdet", "1"]).exit_code == 2


def test_no_plan_fits_is_exit_4_with_the_conflict_and_a_fix_that_works(tmp_path: Path) -> None:
    """An infeasible file names the rules in conflict; its first fix makes it feasible."""
    path = write(tmp_path, portfolio(budget="budget: 0.01", rules="rules: [{fund: [shelf]}]"))
    result = RUNNER.invoke(app, ["plan", path, "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == 4
    assert answer["status"] == "infeasible"
    assert answer["objective"] is None
    assert answer["decisions"] == []
    assert any("shelf" in name for name in answer["conflict"])
    budget = next(fix["value"] for fix in answer["fixes"] if fix.get("flag") == "--budget")
    again = RUNNER.invoke(app, ["plan", path, "--json", "--budget", str(budget)])
    assert again.exit_code == 0


def test_flags_win_over_environment_and_that_over_the_file(tmp_path: Path) -> None:
    """Precedence: flag, PLANNER_* variable, file."""
    path = write(tmp_path, portfolio())

    def budget(*arguments: str, **env: str) -> float:
        result = RUNNER.invoke(app, ["plan", path, "--json", *arguments], env=env)
        assert result.exit_code == 0, result.output
        return float(json.loads(result.stdout)["budget"]["limit"])

    assert budget() == 20_000
    assert budget(PLANNER_BUDGET="30k") == 30_000
    assert budget("--budget", "40k", PLANNER_BUDGET="30k") == 40_000


@pytest.mark.parametrize(
    "name",
    ["'[red]x[/red]'", "'=cmd()'", '"\\e[31mred"', '"' + "é" * 300 + '"', "'<b>x</b>'", "'🙂 ‮x'"],
)
def test_hostile_names_are_shown_as_text(name: str, tmp_path: Path) -> None:
    """Markup, control characters, formulas and very long names neither break nor style a page."""
    path = write(tmp_path, portfolio(id=f"id: {name}"))
    result = RUNNER.invoke(app, ["plan", path], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_init_never_overwrites_and_its_file_is_a_plan(tmp_path: Path) -> None:
    """The starter file plans as it stands; a second init refuses unless forced."""
    path = str(tmp_path / "new.yaml")
    assert RUNNER.invoke(app, ["init", "-o", path]).exit_code == 0
    assert RUNNER.invoke(app, ["check", path]).exit_code == 0
    assert RUNNER.invoke(app, ["plan", path]).exit_code == 0
    Path(path).write_text("mine", encoding="utf-8")
    refused = RUNNER.invoke(app, ["init", "-o", path])
    assert refused.exit_code == 3
    assert "--force" in refused.stderr
    assert Path(path).read_text(encoding="utf-8") == "mine"
    assert RUNNER.invoke(app, ["init", "-o", path, "--force"]).exit_code == 0


@pytest.mark.parametrize(
    "command", ["plan", *(pytest.param(c, marks=pytest.mark.slow) for c in ("estimate", "options"))]
)
def test_the_same_seed_gives_the_same_bytes_whatever_hash_seed_and_threads(command: str) -> None:
    """Output does not depend on PYTHONHASHSEED or the number of threads."""

    def output(hash_seed: str, threads: str) -> bytes:
        environment = {
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
        }
        command_line = [sys.executable, "-m", "planner", command, RETAIL, "--json"]
        return subprocess.run(
            command_line, capture_output=True, check=True, env=environment, cwd=ROOT
        ).stdout

    assert output("1", "1") == output("2", "2")


def test_a_bug_is_confessed_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen exception becomes exit code 1 and one sentence."""

    def broken(*_args: object, **_kwargs: object) -> None:
        message = "unforeseen"
        raise RuntimeError(message)

    monkeypatch.setattr("planner._api.read_portfolio", broken)
    result = RUNNER.invoke(app, ["plan", RETAIL])
    assert result.exit_code == 1
    assert "This is a bug in planner" in result.stderr
    assert "Traceback" not in result.stderr


def test_catalogue_filters_and_exports() -> None:
    """A filter keeps matching rows; --csv is CSV with a header."""
    result = RUNNER.invoke(app, ["catalogue", "architectures", "--filter", "EfficientNet", "--csv"])
    lines = result.stdout.splitlines()
    assert lines[0].startswith("name,")
    assert len(lines) > 2
    assert all("fficient" in line for line in lines[1:])
    both = RUNNER.invoke(app, ["catalogue", "prices", "--csv", "--json"])
    assert both.exit_code == 2


def test_catalogue_without_a_table_lists_the_tables() -> None:
    """What can be asked for is the answer, with the columns of each."""
    result = RUNNER.invoke(app, ["catalogue"])
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines()[1:-1]]
    assert names == [table.value for table in CatalogueTable]
    listed = json.loads(RUNNER.invoke(app, ["catalogue", "--json"]).stdout)
    assert [row["table"] for row in listed["rows"]] == names
    assert RUNNER.invoke(app, ["catalogue", "--filter", "x"]).exit_code == 2


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("prices", ["usd_per_accelerator_hour", "provider", "price_date", "price_kind"]),
        ("accelerators", ["peak_fp16_tensor_flop_per_s", "memory_gb"]),
        ("architectures", ["forward_gmacs", "params", "imagenet_top1"]),
        ("labelling", ["usd_low", "usd_high"]),
        ("carbon", ["country", "gco2e_per_kwh"]),
        ("datasets", ["n_classes", "n_train", "relative_complexity"]),
    ],
)
def test_catalogue_shows_first_what_a_table_is_opened_for(table: str, columns: list[str]) -> None:
    """On eighty columns, a table of prices shows prices."""
    result = RUNNER.invoke(app, ["catalogue", table], env={"COLUMNS": "80"})
    header = result.stdout.splitlines()[0].split()
    assert set(columns) <= set(header)


def test_risk_takes_what_its_help_says(tmp_path: Path) -> None:
    """Expectation, CVaR and the entropic measure are planned; other words are refused."""
    path = write(tmp_path, portfolio())

    def risk(text: str) -> tuple[int, str]:
        result = RUNNER.invoke(app, ["plan", path, "--risk", text])
        return result.exit_code, result.stderr

    for text in ("expected", "cvar", "cvar:0.9", "cvar:90%:0.5", "entropic:1e-6"):
        assert risk(text)[0] == 0, text
    assert "fix  cvar" in risk("cvra")[1]
    assert "--risk  portfolio.risk.level" in risk("cvar:9000%")[1]
    assert "expected one of expected, cvar:level:weight" in risk("cvar:0.9:0.5:3")[1]


def test_a_mistake_names_the_variable_it_came_from(tmp_path: Path) -> None:
    """A wrong PLANNER_BUDGET is not blamed on --budget, nor a wrong flag on the variable."""
    path = write(tmp_path, portfolio())
    env = {"PLANNER_BUDGET": "-5"}
    assert "PLANNER_BUDGET  portfolio.budget" in RUNNER.invoke(app, ["plan", path], env=env).stderr
    both = RUNNER.invoke(app, ["plan", path, "--budget", "-6"], env=env)
    assert "--budget  portfolio.budget" in both.stderr


def test_a_mistake_found_after_reading_has_its_place(tmp_path: Path) -> None:
    """A price too large to count to the cent is shown where it stands in the file."""
    path = write(tmp_path, portfolio().replace("price: 0.3", "price: 9e12"))
    result = RUNNER.invoke(app, ["plan", path])
    assert result.exit_code == 3
    assert f"{path}:7:" in result.stderr
    assert "projects[shelf].images.price" in result.stderr
    without = write(tmp_path, portfolio(budget="name: x"))
    assert f"{without}:2:" in RUNNER.invoke(app, ["plan", without]).stderr


def test_check_says_that_a_plan_will_need_a_budget(tmp_path: Path) -> None:
    """A file without budget is no mistake, but planning it would be."""
    path = write(tmp_path, portfolio(budget="name: x"))
    result = RUNNER.invoke(app, ["check", path])
    assert result.exit_code == 0
    assert "BUDGET_MISSING" in result.stdout
    assert "BUDGET_MISSING" not in RUNNER.invoke(app, ["check", RETAIL]).stdout


def test_init_writes_the_format_its_file_is_named_for(tmp_path: Path) -> None:
    """A .toml file holds TOML; an ending that is not read is refused, and nothing written."""
    path = tmp_path / "new.toml"
    assert RUNNER.invoke(app, ["init", "-o", str(path)]).exit_code == 0
    assert "[portfolio]" in path.read_text(encoding="utf-8")
    assert RUNNER.invoke(app, ["check", str(path)]).exit_code == 0
    refused = RUNNER.invoke(app, ["init", "-o", str(tmp_path / "new.json")])
    assert refused.exit_code == 3
    assert "new.yaml" in refused.stderr
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("folder", ["taken", "taken/below", "/proc/nowhere"])
def test_plots_that_cannot_be_written_are_the_users_to_mend(folder: str, tmp_path: Path) -> None:
    """A file where a folder should be is bad input, not a bug; nothing is printed or written."""
    (tmp_path / "taken").write_text("mine")
    result = RUNNER.invoke(app, ["reproduce", "--plots", str(tmp_path / folder)])
    assert result.exit_code == 3
    assert folder in result.stderr
    assert "bug" not in result.stderr
    assert result.stdout == ""
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_full_disk_is_no_bug(flags: list[str]) -> None:
    """Output that cannot be written ends with exit code 3 and one sentence."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "planner", "catalogue", "labelling", *flags]
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT
        )
    assert result.returncode == 3
    assert result.stderr == "The output cannot be written: No space left on device.\n"


def test_options_may_be_asked_quietly() -> None:
    """-q means the same everywhere."""
    assert RUNNER.invoke(app, ["options", RETAIL, "-q"]).exit_code == 0


def test_bugs_are_still_called_bugs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the operating system refuses is the user's to mend."""

    def broken(*_args: object, **_kwargs: object) -> None:
        raise KeyError

    monkeypatch.setattr("planner._api.read_portfolio", broken)
    assert RUNNER.invoke(app, ["options", RETAIL]).exit_code == 1


def test_flags_that_describe_a_project_do_not_mix_with_a_file() -> None:
    """With a FILE, --classes and its like would be ignored: a usage error instead."""
    result = RUNNER.invoke(app, ["estimate", RETAIL, "--classes", "400"])
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("large", "small", "accuracy"), [(900, 100, 90), (99, 1, 99), (98, 2, 98), (97, 3, 97)]
)
def test_a_target_exactly_at_the_majority_guess_is_trivial(
    large: int, small: int, accuracy: int, tmp_path: Path
) -> None:
    """ "At or above the majority guess" does not hang on binary rounding."""
    path = tmp_path / "portfolio.yaml"
    path.write_text(
        f"version: 1\nportfolio: {{budget: 1k}}\nprojects:\n"
        f"  - {{id: a, class_counts: {{x: {large}, y: {small}}}, target_accuracy: {accuracy}%,\n"
        f"     images: {{held: 100, limit: 1000, price: 0.1}}, value: 5k}}\n",
        encoding="utf-8",
    )
    result = RUNNER.invoke(app, ["plan", str(path), "--json"])
    plan = json.loads(result.stdout)
    assert plan["decisions"][0]["verdict"] == "NO-GO"
    assert "TARGET_TRIVIAL" in {warning["code"] for warning in plan["warnings"]}


@pytest.mark.slow
def test_a_wide_gap_is_not_called_proven_optimal(tmp_path: Path) -> None:
    """The status is as was asked, the words are as was proven."""
    lines = "".join(
        f"  - {{id: p{n}, classes: {2 + n % 7}, target_error: {4 + n % 9}%, value: {20 + 7 * n}k,\n"
        f"     images: {{held: {100 * n + 50}, limit: 90k, price: 0.{n % 8 + 1}}},\n"
        f"     architectures: [ResNet-50, VGG-16]}}\n"
        for n in range(12)
    )
    path = write(tmp_path, f"version: 1\nportfolio: {{budget: 43k}}\nprojects:\n{lines}")
    for gap in ("1", "0"):
        result = RUNNER.invoke(app, ["plan", path, "--gap", gap, "--json"])
        plan = json.loads(result.stdout)
        asked = plan["assumptions"]["gap_asked"]
        assert asked == float(gap)
        assert (plan["status"] == "optimal") == (plan["objective"]["gap"] <= max(asked, 1e-6))
        words = RUNNER.invoke(app, ["plan", path, "-v", "--gap", gap]).stdout
        assert ("Proven optimal" in words) == (plan["objective"]["gap"] <= 1e-6)
