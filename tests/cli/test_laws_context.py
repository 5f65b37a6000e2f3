"""planner laws --context: numbers to place one's own beside."""

import json

import pytest
from typer.testing import CliRunner

from planner.cli.app import app


def test_each_number_is_the_one_its_arithmetic_gives_and_has_a_source() -> None:
    """Known answers, worked apart from the product."""
    done = CliRunner().invoke(app, ["laws", "--context", "--json"])
    found = {row["what"]: row for row in json.loads(done.stdout)["context"]}
    assert found["the same"]["value"] == pytest.approx(1.139323, abs=5e-7)
    assert found["parameters for each training image"]["value"] == 400
    assert found["training GPT-3, more than"]["value"] == 4e6
    assert found["a system that plays Go"]["value"] == 35e6
    assert found["compute of the largest runs, growth"]["value"] == 300_000
    assert found["price of a FLOP in it"]["value"] == 1e-17
    assert found["AlexNet, two GPUs for 5 days"]["value"] == 240
    assert found["the same, for 6 days"]["value"] == 288
    hours = 1e28 / (3.12e14 * 0.3) / 3_600
    kilograms = hours * 0.4 * 1.58 * 0.369
    assert found["carbon of it, order of magnitude"]["value"] == 1e10
    assert 10**9.5 < kilograms < 10**10.5
    assert all(row["source"] for row in found.values())


def test_the_card_fits_a_terminal_and_says_that_it_is_context() -> None:
    """Without the laws."""
    shown = CliRunner().invoke(app, ["laws", "--context"], env={"COLUMNS": "80"}).stdout
    assert "Context alone" in shown
    assert "divide the error by k" not in shown
    assert max(map(len, shown.splitlines())) <= 80
