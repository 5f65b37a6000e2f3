"""What changed against the plan at the start: spend, chance and worth, by project and in all."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.domain.format import money, points

__all__ = ["compared_view"]


def compared_view(first: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, object] | None:
    """Return the differences between two plans as the page shows them; None if there are none.

    Parameters
    ----------
    first, now : mapping
        From :func:`planner.web.showing.plan_view`.
    """
    if "decisions" not in first or "decisions" not in now:
        return None
    before = {item["project"]: item for item in first["decisions"]}
    after = {item["project"]: item for item in now["decisions"]}
    rows = [
        _row(name, before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before))
    ]
    changed = [row for row in rows if row["sign"]]
    if not changed:
        return None
    return {"rows": changed, "total": _total(first["decisions"], now["decisions"], now)}


def _row(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, object]:
    """Return one project's differences; the sign is empty where there are none."""
    if before is None or after is None:
        there = after or before or {}
        side = 1 if before is None else -1
        words = "new" if before is None else "gone"
        return {
            "project": name,
            "sign": "+" if before is None else "−",
            "verdict": f"{words}: {there['verdict']}",
            **_deltas(side * there["spend"], None, side * there["worth"]),
        }
    chance = None
    if before["chance"] is not None and after["chance"] is not None:
        chance = after["chance"] - before["chance"]
    spend, worth = after["spend"] - before["spend"], after["worth"] - before["worth"]
    same = before["verdict"] == after["verdict"]
    differs = not same or abs(spend) >= 0.005 or abs(worth) >= 0.005 or abs(chance or 0) > 5e-5
    verdict = after["verdict"] if same else f"{before['verdict']} → {after['verdict']}"
    return {
        "project": name,
        "sign": "~" if differs else "",
        "verdict": verdict,
        **_deltas(spend, chance, worth),
    }


def _total(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], now: Mapping[str, Any]
) -> dict[str, object]:
    def sums(name: str) -> float:
        later = sum(float(item[name]) for item in after)
        return later - sum(float(item[name]) for item in before)

    return {"currency": now["currency"], **_deltas(sums("spend"), None, sums("worth"))}


def _deltas(spend: float, chance: float | None, worth: float) -> dict[str, str]:
    return {
        "spend": _signed(spend),
        "chance": "" if chance is None else _sign(chance) + points(chance),
        "worth": _signed(worth),
    }


def _signed(amount: float) -> str:
    return _sign(amount) + money(abs(amount))


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"
