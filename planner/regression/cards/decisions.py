"""The part of a model's card that says what decisions on data sets left out of the fit earn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_INTRODUCTION = """\
## What decisions earn

Random portfolios of {projects} projects, drawn from {curves} measured curves: data sets are split
into {groups} groups, balanced by kind, and each portfolio comes from one group and is planned by
the refit that lacks it. Held is the largest size within .26 of the curve's end; the target is the
measured error (straight in logarithms between sizes) at an image count drawn log-uniformly between
.5 x held and 1.3 x the last size, beyond the end .9 x the last error. Buying everything costs
10^U(3.7, 4.7) a project, the value is that x 10^U(-.5, .7), the budget 20 to 50 % of the sum.
`planner validate --decisions` computes this again."""


def decisions_text(entry: Mapping[str, Any]) -> str:
    """Return what decisions earn, as Markdown.

    Parameters
    ----------
    entry : mapping of str to object
        A model's ``decisions.json``.
    """
    introduction = _INTRODUCTION.format(
        projects=entry["projects"], curves=entry["curves"], groups=len(entry["groups"])
    )
    lines = [
        introduction,
        "",
        " ".join(entry["notes"]),
        "",
        (
            f"{entry['portfolios']} portfolios, seed {entry['seed']}; refits: worst R-hat "
            f"{entry['max_rhat']:.3f}, {entry['divergences']} divergences."
        ),
        "",
        "| portfolios | planned on | realised (SE) | promised | excess (SE) | spent | met/funded |",
        "|---|---|---|---|---|---|---|",
        *_rows("all", entry["scores"]),
    ]
    for group in entry["groups"]:
        lines += _rows(f"{group['name']} ({group['portfolios']})", group["scores"])
    for kind, scores in entry["kinds"].items():
        lines += _rows(f"projects: {kind}", scores)
    lines.append("")
    lines += [f"- {group['name']}: {', '.join(group['datasets'])}" for group in entry["groups"]]
    return "\n".join([*lines, "", *_off(entry["off"])]) + "\n"


def _rows(label: str, scores: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for score in scores:
        excess = score["promised"] - score["realised"]
        cells = (
            label,
            score["plan"],
            f"{score['realised']:.2f} ({score['realised_se']:.2f})",
            f"{score['promised']:.2f}",
            f"{excess:+.2f} ({score['excess_se']:.2f})",
            f"{score['committed']:.2f}",
            f"{score['met']}/{score['funded']}",
        )
        yield f"| {' | '.join(cells)} |"


def _off(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Name the groups on which a promise is off by more than .10, and the data sets behind it."""
    if not found:
        yield "No group's promise is off by more than .10."
        return
    yield (
        "Groups whose promise is off by more than .10, with the data sets that contribute most "
        "(their part of promised less realised): the likely cause is that curves of these sets "
        "fall otherwise than the sets fitted."
    )
    yield ""
    for off in found:
        parts = ", ".join(f"{name} {part:+.2f}" for name, part in off["by_dataset"].items())
        yield (
            f"- {off['group']}, {off['plan']}: promised {off['promised']:.2f}, realised "
            f"{off['realised']:.2f}; {parts}"
        )
