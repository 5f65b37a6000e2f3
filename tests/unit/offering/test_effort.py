"""Work that is counted, and the deadline that somebody asked for."""

import math
from types import SimpleNamespace

import pytest

from planner.offering import deadline
from planner.offering.deadline import NEVER, Deadline, deadline_in
from planner.offering.effort import SECOND, Allowance, Effort


def _clock(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    """Let the clock say these seconds, one after the other, then the last for ever."""
    told = list(seconds)

    def now() -> float:
        return told.pop(0) if len(told) > 1 else told[0]

    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=now))


def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def now() -> float:
        raise AssertionError

    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=now))


@pytest.mark.parametrize("asked", [None, math.inf])
def test_no_limit_looks_at_no_clock(monkeypatch: pytest.MonkeyPatch, asked: float | None) -> None:
    """Where no time was asked for, nothing that a deadline is asked reads the time."""
    _no_clock(monkeypatch)
    never = deadline_in(asked)
    assert never == NEVER
    assert not never.is_set
    assert not never.has_passed()
    assert never.seconds_left == math.inf
    assert never.after_share(0.5) == never
    effort = Effort(Allowance(deadline=never, least=1.0))
    assert not effort.is_over()
    assert effort.seconds_left() == math.inf
    assert effort.stop == ""


def test_a_deadline_passes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds from 100 on: not at 109.9, but at 110; never less than no second is left."""
    _clock(monkeypatch, 100.0, 109.9, 109.0, 110.0, 120.0)
    ten = deadline_in(10.0)
    assert (ten.at, ten.asked_s) == (110.0, 10.0)
    assert not ten.has_passed()
    assert ten.seconds_left == pytest.approx(1.0)
    assert ten.has_passed()
    assert ten.seconds_left == 0.0


def test_a_share_of_the_time_left_ends_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the eight seconds left ends in two; what was asked for is remembered."""
    _clock(monkeypatch, 102.0)
    assert Deadline(110.0, 10.0).after_share(0.25) == Deadline(104.0, 10.0)


def test_an_earlier_deadline_leaves_time_for_something_else() -> None:
    """Three seconds before 110; before no deadline there is none either."""
    assert Deadline(110.0, 10.0).earlier(3.0) == Deadline(107.0, 10.0)
    assert not NEVER.earlier(3.0).is_set


def test_work_counts_in_the_part_and_in_the_whole() -> None:
    """A part ends with its own work or with that of the whole, and tells which limit it was."""
    whole = Effort(Allowance(100.0))
    part = whole.part(30.0)
    part.spend(29.0)
    assert not part.is_over()
    part.spend(1.0)
    assert part.is_over()
    assert part.stop == "work"
    assert not whole.is_over()
    assert whole.left == 70.0
    assert whole.part().left == whole.part(1000.0).left == 70.0


def test_what_must_be_done_is_not_ended_but_counted() -> None:
    """Without an end the work goes on beyond the whole's, which then is over."""
    whole = Effort(Allowance(5.0))
    must = whole.unending()
    must.spend(7.0)
    assert not must.is_over()
    assert whole.is_over()
    assert whole.left == -2.0


def test_the_least_work_is_done_although_it_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline that has passed ends a search only after the work that is due in any case."""
    _clock(monkeypatch, 50.0)
    effort = Effort(Allowance(10 * SECOND, Deadline(40.0, 1.0), least=2 * SECOND))
    part = effort.part()
    assert not effort.is_over()
    assert effort.seconds_left() == 4.0
    part.spend(2 * SECOND)
    assert effort.is_over()
    assert part.is_over()
    assert effort.seconds_left() == 0.0
    stops = [effort.stop]
    effort.spend(8 * SECOND)
    assert [*stops, effort.stop] == ["time", "work"]
