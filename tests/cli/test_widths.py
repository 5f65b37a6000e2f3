"""Every page fits eighty columns, whatever people call their projects, units and currency."""

import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

RUNNER = CliRunner()
NAMES = {
    "wide": "棚の空きを数える" * 20,
    "mixed": "=H(1)[red]x[/red]<b>\u202ey\u200f</b>🙂🚀" * 4,
}
COMMANDS = {
    "check": ["check", "FILE"],
    "estimate": ["estimate", "FILE"],
    "options": ["options", "FILE"],
    "plan": ["plan", "FILE", "-v"],
    "plan quiet": ["plan", "FILE", "-q"],
    "infeasible": ["plan", "FILE", "--budget", "0.01"],
    "collect": ["collect", "FILE", "NAME"],
    "frontier": ["frontier", "FILE", "--points", "3"],
    "observe": ["observe", "FILE", "RUNS", "--dry-run"],
}


def width(line: str) -> int:
    """Return the columns a terminal gives a line: wide signs take two, marks none."""
    return sum(
        0
        if unicodedata.category(sign) in ("Mn", "Cf", "Me")
        else 2
        if unicodedata.east_asian_width(sign) in ("W", "F")
        else 1
        for sign in line
    )


def write(folder: Path, name: str) -> Path:
    path = folder / "portfolio.yaml"
    path.write_text(
        "version: 1\n"
        f"portfolio: {{name: '{name}', budget: 20k, currency: '{name[:300]}'}}\n"
        "projects:\n"
        f"  - {{id: '{name}', unit: '{name}', classes: 4, target_accuracy: 90%, value: 80k,\n"
        "     architectures: [EfficientNet-B0], images: {held: 0, limit: 50k, price: 0.1..0.4}}\n"
        f"  - {{id: '2{name[:299]}', classes: 40, target_accuracy: 80%, value: 1G,\n"
        "     architectures: [ResNet-50], images: {limit: 900M, price: 9.99}}\n"
        f"rules: [{{fund: ['{name}']}}]\n".replace("1G", "1000M"),
        encoding="utf-8",
    )
    (folder / "runs.csv").write_text(f'project,images,error\n"{name}",100,0.3\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_fits_eighty_columns(command: str, kind: str, tmp_path: Path) -> None:
    """No line of stdout is wider than 80 columns, steers the terminal, or changes its colour."""
    path = write(tmp_path, NAMES[kind])
    names = {"FILE": str(path), "NAME": NAMES[kind], "RUNS": str(tmp_path / "runs.csv")}
    arguments = [names.get(word, word) for word in COMMANDS[command]]
    result = RUNNER.invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == (4 if command == "infeasible" else 0), result.output
    own = [line for line in result.stdout.splitlines() if str(tmp_path) not in line]
    assert max(width(line) for line in own) <= 80
    assert not {"\x1b", "\u202e", "\u200f"} & set(result.stdout)
