"""The part of a model's card that says what a project's own first runs add."""

from collections.abc import Iterator, Mapping
from typing import Any

_GIVEN = {
    "none": "no pilot",
    "smallest": "one pilot, the smallest size",
    "one": "one pilot",
    "all": "several pilots",
}

_INTRODUCTION = """\
## What pilots add

Curves with at least two sizes among the fitted rows, each forecast by the refit without its data
set; every data set counts alike. *No pilot* is scored on the points after the smallest size, *one
pilot* is the largest size within a tenth of the last (the smallest where there is none), *several*
are all sizes up to there. D* are the images at which a curve first reached the error it has at 2, 4
and 10 times its last pilot; the ratio is the median of |log10(forecast / true)|; *never* is the
mean chance given to never reaching them. The anchored rule lets log10 error fall by .30 +- .15 a
decade from the last pilot (frozen backbone: .20 +- .10), the anchored slope by the published slope.
`planner validate --refit` computes this again, and `planner validate --curves FILE` the same for
curves of your own."""

_ROUNDS = """\
Collecting in rounds: a tenth of the images is held, runs up to there are known, and data for ten
targets of each curve are collected in at most T rounds, with a penalty of 10^8 images for missing
one. Cost ratio: images bought over images truly to be bought, minus 1."""

_FAR = """\
Pilots more than one and a half decades of images below the largest one count for less: .1 in log10
error is added for each further decade. No curve here spans enough decades to test that, so it rests
on judgement alone."""


def pilots_text(entry: Mapping[str, Any]) -> str:
    """Return what pilots add, as Markdown.

    Parameters
    ----------
    entry : mapping of str to object
        ``pilots`` of a model's ``validation.json``.
    """
    lines = [_INTRODUCTION, "", *_tests(entry["tests"]), "", _won(entry["tests"]), "", _ROUNDS, ""]
    return "\n".join([*lines, *_rounds(entry["rounds"]), "", _FAR]) + "\n"


def _tests(tests: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "| curves | given | forecast by | curves of data sets | points | cover 80 / 95 % | CRPS "
        "| D* | cover of D* 80 / 95 % | ratio | never |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for group, found in tests.items():
        for test in found:
            for score in test["scores"]:
                yield _line(group, _GIVEN[test["pilots"]], score)
            same = test["where_power_law"]
            if same and same[0]["curves"] < test["curves"]:
                for score in same:
                    yield _line(group, f"{_GIVEN[test['pilots']]}, three sizes or more", score)


def _won(tests: Mapping[str, Any]) -> str:
    """Say where a simpler forecast has the lower CRPS or the lower ratio by more than 5 %."""
    found = [
        f"{group}, {_GIVEN[test['pilots']]}: {rival['model']} ({what})"
        for group, modes in tests.items()
        for test in modes
        for rival in test["scores"][1:]
        if rival["curves"] == test["scores"][0]["curves"]
        and (what := _better(rival, test["scores"][0]))
    ]
    if not found:
        return "No simpler forecast beats the model by more than 5 % in any row."
    return "Simpler forecasts that beat the model by more than 5 %: " + "; ".join(found) + "."


def _better(rival: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """Return the scores in which a rival is better by more than 5 %."""
    words = {"crps": "CRPS", "median_abs_log10_ratio": "ratio"}
    return ", ".join(
        f"{word} {rival[key]:.3f} against {own[key]:.3f}"
        for key, word in words.items()
        if rival[key] is not None and own[key] is not None and rival[key] * 1.05 < own[key]
    )


def _line(group: str, given: str, score: Mapping[str, Any]) -> str:
    needs = score["need_coverage"]
    ratio, never = score["median_abs_log10_ratio"], score["chance_never"]
    cells = (
        group,
        given,
        score["model"],
        f"{score['curves']} of {score['datasets']}",
        str(score["points"]),
        _both(score["coverage"]),
        f"{score['crps']:.3f}",
        str(score["targets"]),
        "-" if needs is None else _both(needs),
        _number(ratio) if score["targets"] else "-",
        "-" if never is None else f"{never:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def _both(coverage: Mapping[str, float]) -> str:
    return f"{coverage['80%']:.2f} / {coverage['95%']:.2f}"


def _rounds(rounds: Mapping[str, Any]) -> Iterator[str]:
    yield "| curves | n | T | targets | missed | mean cost ratio | median |"
    yield "|---|---|---|---|---|---|---|"
    for group, found in rounds.items():
        for score in found["scores"]:
            cells = (
                group,
                str(found["curves"]),
                str(score["rounds"]),
                str(score["targets"]),
                f"{score['failure_rate']:.3f}",
                _number(score["mean_cost_ratio"]),
                _number(score["median_cost_ratio"]),
            )
            yield f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "infinite" if value is None else f"{value:.2f}"
