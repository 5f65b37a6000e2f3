"""Whatever is typed, pasted or taken out: the page answers, and every step can be undone."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.inputs.starter import STARTER
from planner.inputs.xlsx.fields import RULE_COLUMNS, SHEETS
from planner.web.actions import ACTIONS, Refused, state_view
from planner.web.opening import Opened
from planner.web.sessions import MOST_SESSIONS, MOST_WORKERS, Session, Sessions
from tests.unit.web.conftest import Here

RETAIL = Path(__file__).parents[3] / "examples" / "01_retail_shelves" / "portfolio.yaml"
TEXTS = [STARTER, RETAIL.read_text("utf-8")]
TYPED = st.one_of(
    st.sampled_from(["", "20k", "94%", "0.3..0.45", "true", "a, b", "a: 1, b: 2", "- x", "{", '"']),
    st.sampled_from(["shelf-gaps", "planogram", "nobody", "x # y", "|", "&a", "*a", "!t", "1e999"]),
    st.text(max_size=8),
)
COLUMNS = [(sheet.name, ".".join(item.path)) for sheet in SHEETS for item in sheet.fields]
TABLES = [sheet.name for sheet in SHEETS if sheet.is_table]


@st.composite
def acts(draw: st.DrawFn) -> dict[str, Any]:
    """Return something that a page may send, sensible or not."""
    sheet, column = draw(st.sampled_from(COLUMNS))
    row = draw(st.integers(0, 4))
    match draw(st.sampled_from(["edit", "edit", "add", "remove", "paste", "caution", "undo"])):
        case "edit":
            return {
                "action": "edit", "sheet": sheet, "row": row, "column": column, "text": draw(TYPED)
            }  # fmt: skip
        case "add":
            cells = {column: draw(TYPED), "rule": draw(st.sampled_from([*RULE_COLUMNS, "no"]))}
            cells["project"] = draw(st.sampled_from(["shelf-gaps", "nobody"]))
            return {"action": "add", "sheet": draw(st.sampled_from(TABLES)), "cells": cells}
        case "remove":
            return {"action": "remove", "sheet": draw(st.sampled_from(TABLES)), "row": row}
        case "paste":
            block = "\n".join("\t".join(draw(st.lists(TYPED, max_size=3))) for _ in range(2))
            return {"action": "paste", "sheet": sheet, "row": row, "column": column, "text": block}
        case "caution":
            return {"action": "caution", "weight": draw(st.integers(0, 100))}
        case _:
            return {"action": "undo"}


@settings(max_examples=25)
@given(st.sampled_from(TEXTS), st.lists(acts(), max_size=5))
def test_whatever_is_done_is_answered_and_can_be_undone(
    text: str, asked: list[dict[str, Any]]
) -> None:
    """No action ends in a bug; each leaves a file that reads; undone, it is the first again."""
    session = Session()
    session.open(Opened("portfolio.yaml", text))
    for one in asked:
        with suppress(Refused, InputError):
            ACTIONS[one["action"]](session, one)
        state: Any = state_view(session)
        assert state["tables"] is not None
        assert session.text.encode("utf-8").decode("utf-8") == session.text
    while session.undo:
        session.back()
    assert session.text == text


class Idle(Here):
    """A worker that finds nothing."""

    def ask(self, name: str, job: Any, **_: Any) -> dict[str, Any]:
        return {}


def test_browsers_that_were_not_here_for_longest_give_way() -> None:
    """Memory has an end: of portfolios, and of processes that plan."""
    sessions = Sessions(Opened("p.yaml", TEXTS[0]), Idle)  # type: ignore[arg-type]
    held = [sessions.of(f"{number:032d}") for number in range(MOST_SESSIONS + 1)]
    assert sessions.of(f"{0:032d}") is not held[0]
    assert sessions.of(f"{MOST_SESSIONS:032d}") is held[-1]
    for session in held[-MOST_WORKERS - 2 :]:
        sessions.ask(session, "fans")
    alive = [one for one in held if one.worker is not None and one.worker.is_alive]
    assert alive == held[-MOST_WORKERS:]


@pytest.mark.slow
def test_every_kind_of_cell_takes_what_its_example_says() -> None:
    """The example of each column of a project is no mistake when it is typed."""
    for sheet in SHEETS:
        for item in sheet.fields:
            if sheet.name != "Projects" or item.example is None or item.path == ("id",):
                continue
            session = Session()
            session.open(Opened("portfolio.yaml", TEXTS[1]))
            text = str(item.example)
            column = ".".join(item.path)
            where = {"sheet": "Projects", "row": 0, "column": column, "text": text}
            ACTIONS["edit"](session, where)
            problems: Any = state_view(session)["problems"]
            about = [p for p in problems if p["cell"] and p["cell"]["column"] == column]
            assert not [p for p in about if p["code"] == "BAD_VALUE"], (column, about)
