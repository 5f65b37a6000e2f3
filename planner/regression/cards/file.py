"""The card of a stored model, rendered anew from what its folder records."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.domain.model.specification_file import parse_spec
from planner.errors import InputError
from planner.reference.store import CARD_FILE, DIAGNOSTICS_FILE, SPEC_FILE, write_model_file
from planner.regression.cards.card import card_text
from planner.regression.cards.decisions import decisions_text
from planner.regression.cards.pilots import pilots_text

VALIDATION_FILE = "validation.json"
DECISIONS_FILE = "decisions.json"
CHOICE_FILE = "choice.md"

_SLICES = (
    "all rows",
    "fine-tuned or from scratch",
    "frozen backbone",
    "classification of photographs",
    "remote sensing and medical",
    "counting, distance, pose",
    "segmentation",
)


def render_card(folder: Path) -> str | None:
    """Return the card of a model that was fitted by sampling; None for any other.

    The declaration, ``diagnostics.json``, the scores on left-out data sets (``validation.json``),
    what decisions earn (``decisions.json``) and a note on how the model was chosen
    (``choice.md``), where there are any, make up the card.
    """
    try:
        facts = json.loads((folder / DIAGNOSTICS_FILE).read_text(encoding="utf-8"))
        spec = parse_spec((folder / SPEC_FILE).read_text(encoding="utf-8"))
    except InputError:
        return None  # a model in closed form declares no terms
    if "data_card" not in facts:
        return None
    text = card_text(spec, facts)
    scores = folder / VALIDATION_FILE
    if scores.is_file():
        found = json.loads(scores.read_text(encoding="utf-8"))
        text += "\n" + _left_out(found)
        if found.get("pilots"):
            text += "\n" + pilots_text(found["pilots"])
    decided = folder / DECISIONS_FILE
    if decided.is_file():
        entry = json.loads(decided.read_text(encoding="utf-8"))
        if entry["model_sha256"] == facts["draws_sha256"]:  # else they are of an earlier fit
            text += "\n" + decisions_text(entry)
    choice = folder / CHOICE_FILE
    if choice.is_file():
        text += "\n" + choice.read_text(encoding="utf-8")
    return text


def write_card(folder: Path) -> None:
    """Write the card of a model anew, if it was fitted by sampling."""
    text = render_card(folder)
    if text is not None:
        write_model_file(folder / CARD_FILE, text)


def _left_out(scores: Mapping[str, Any]) -> str:
    """Return the scores on data sets left out of the fit, as Markdown."""
    sampler = scores["sampler"]
    lines = [
        "## Data sets left out of the fit",
        "",
        (
            f"Fitted {scores['folds']} times without whole data sets ({sampler['chains']} chains "
            f"of {sampler['tune']:,} + {sampler['draws']:,} steps each, worst R-hat "
            f"{sampler['max_rhat']:.3f}, {sampler['divergences']} divergences), on "
            f"{scores['date']}. Each left-out row is forecast as one of a new project. `planner "
            "validate --refit` computes this again."
        ),
        "",
        (
            "| rows | forecast by | n | data sets | log density | CRPS | cover 50 / 80 / 90 / 95 % "
            "| by data set: log density (SE) | cover 80 / 95 % |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for rows in _SLICES:
        for model, entry in scores["slices"].get(rows, {}).items():
            lines.append(_left_out_line(rows, model, entry))
    return "\n".join(lines) + "\n"


def _left_out_line(rows: str, model: str, entry: Mapping[str, Any]) -> str:
    cover, by_set = entry["coverage"], entry["coverage_by_set"]
    cells = (
        rows,
        model,
        str(entry["rows"]),
        str(entry["datasets"]),
        f"{entry['log_density']:.3f}",
        f"{entry['crps']:.3f}",
        " / ".join(f"{cover[level]:.2f}" for level in ("50%", "80%", "90%", "95%")),
        f"{entry['log_density_by_set']:.3f} ({_se(entry['log_density_by_set_se'])})",
        " / ".join(f"{by_set[level]:.2f}" for level in ("80%", "95%")),
    )
    return f"| {' | '.join(cells)} |"


def _se(value: float | None) -> str:
    return "one set" if value is None else f"{value:.3f}"
