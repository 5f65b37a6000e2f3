"""JSON Schemas of what commands print with ``--json``, and of the portfolio file.

They are made from the records themselves and shipped as ``planner/schemas/*.json``; the tests keep
the files current (``pytest tests/contracts/test_schemas.py --update-golden`` rewrites them).
"""

import json
from collections.abc import Mapping

from planner.domain.json_shape import DIALECT, Schema, schema_of
from planner.domain.laws import Laws
from planner.domain.model.model_card import ModelCard, ModelComparison
from planner.domain.model.model_checks import CheckReport
from planner.domain.results.calibration import Calibration
from planner.domain.results.explanation import Explanation, PlanExplanation
from planner.domain.results.frontier import Frontier
from planner.domain.results.pilots import Pilots
from planner.domain.results.plan import SCHEMA_VERSION, Plan, Warning_
from planner.domain.results.plan_diff import PlanDiff
from planner.domain.results.reaudit import Reaudit
from planner.domain.results.refit import PublishedRefit
from planner.domain.results.reproduction import Reproduction
from planner.domain.results.selection import Selection
from planner.domain.results.validation import ValidationReport
from planner.inputs.fields.file_schema import portfolio_file_schema
from planner.questions.collect.collect import CollectionReport
from planner.questions.distance import Distance
from planner.questions.doctor import Examination
from planner.questions.estimate.estimate import Estimate
from planner.questions.observe.actuals import Actuals
from planner.questions.observe.observe import Observation
from planner.questions.observe.training_curve import TrainingOutlook
from planner.questions.rank import Ranking
from planner.questions.recipes import Comparison
from planner.reference.context_card import ContextCard
from planner.regression.probe import ProbeRun

PORTFOLIO_FILE = "portfolio"
"""Name of the schema of the portfolio file; all others are named after their command."""

_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
_VERSION: Schema = {"const": SCHEMA_VERSION}


def make_schemas() -> dict[str, Schema]:
    """Return every schema by name, made anew from the records."""
    made = {
        name: _versioned(schema_of(record), extra) for name, (record, extra) in _RECORDS.items()
    }
    _admit_refit(made["reproduce"])
    fit = _fit()
    _admit_refit(fit)
    return {
        **made,
        PORTFOLIO_FILE: portfolio_file_schema(),
        "laws": _laws(),
        "options": _options(),
        "check": _object({"status": {"const": "ok"}, "warnings": _warnings()}, "Mistakes: none."),
        "catalogue": _catalogue(),
        "fit": fit,
        "report": _report(),
        "error": _error(),
    }


def schema_text(schema: Schema) -> str:
    """Return a schema as it is shipped and printed."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _versioned(schema: Schema, extra: Mapping[str, Schema]) -> Schema:
    """Return a record's schema with the keys its JSON has besides its fields."""
    properties = {"schema_version": _VERSION, **schema["properties"], **extra}
    required = ["schema_version", *schema["required"]]
    return {**schema, "properties": properties, "required": required}


def _object(properties: Schema, description: str) -> Schema:
    named = {"schema_version": _VERSION, **properties}
    return {
        "$schema": DIALECT,
        "type": "object",
        "description": description,
        "properties": named,
        "required": list(named),
    }


def _admit_refit(schema: Schema) -> None:
    """Let a schema have the key that a refit of the published regression adds."""
    added = schema_of(PublishedRefit)
    parts = added.pop("$defs")
    del added["$schema"]
    schema["properties"]["refit"] = added
    schema.setdefault("$defs", {}).update(parts)


def _warnings() -> Schema:
    plain = schema_of(Warning_)
    del plain["$schema"]
    return {"type": "array", "items": plain}


def _map_of(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def _probe_run() -> Schema:
    """Return the schema of what a probe measured with one share of the rows."""
    plain = schema_of(ProbeRun)
    del plain["$schema"]
    error = {**_NUMBER, "description": "Share of rows answered wrongly."}
    properties = {**plain["properties"], "error": error}
    return {**plain, "properties": properties, "required": list(properties)}


_PLAN_EXTRA: dict[str, Schema] = {
    "fixes": {
        "type": "array",
        "description": "If infeasible: the smallest changes that help; a flag or a field.",
        "items": {
            "type": "object",
            "properties": {
                "flag": _TEXT,
                "field": _TEXT,
                "value": {"type": ["number", "string", "null"]},
                "text": _TEXT,
            },
            "required": ["value", "text"],
        },
    },
}
_OBSERVE_EXTRA: dict[str, Schema] = {
    "portfolio": _TEXT,
    "output": {"type": ["string", "null"], "description": "File written; null: none."},
    "runs": {
        "type": "object",
        "properties": {
            "file": _TEXT,
            "sha256": _TEXT,
            "rows": {"type": "array", "items": {"type": "object"}},
            "known_already": _WHOLE,
            "notes": {"type": "array", "items": _TEXT},
        },
        "required": ["file", "sha256", "rows", "known_already", "notes"],
    },
}
_ACTUALS_EXTRA: dict[str, Schema] = {
    "portfolio": _TEXT,
    "output": {"type": ["string", "null"], "description": "Log written; null: none."},
    "known_already": _WHOLE,
}
_PROBE_EXTRA: dict[str, Schema] = {
    "portfolio": _TEXT,
    "output": _OBSERVE_EXTRA["output"],
    "features": {
        "type": "object",
        "properties": {
            "file": _TEXT,
            "sha256": _TEXT,
            "rows": {**_WHOLE, "description": "Images."},
            "dimensions": {**_WHOLE, "description": "Features of an image."},
            "classes": _WHOLE,
            "groups": {"type": ["integer", "null"], "description": "null: none were given."},
        },
        "required": ["file", "sha256", "rows", "dimensions", "classes", "groups"],
    },
    "runs": {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": _probe_run()},
            "known_already": _WHOLE,
            "notes": {"type": "array", "items": _TEXT},
        },
        "required": ["rows", "known_already", "notes"],
    },
}

_RECORDS: dict[str, tuple[type, dict[str, Schema]]] = {
    "plan": (Plan, _PLAN_EXTRA),
    "plan-audit": (Reaudit, {"stands": {"type": "boolean"}}),
    "plan-rank": (Ranking, {}),
    "estimate": (Estimate, {}),
    "pilots": (Pilots, {}),
    "frontier": (Frontier, {}),
    "explain": (Explanation, {}),
    "explain-plan": (PlanExplanation, {}),
    "diff": (PlanDiff, {"same": {"type": "boolean"}}),
    "observe": (Observation, _OBSERVE_EXTRA),
    "observe-training-curve": (TrainingOutlook, {}),
    "probe": (Observation, _PROBE_EXTRA),
    "actuals": (Actuals, _ACTUALS_EXTRA),
    "compare": (Comparison, {}),
    "laws-context": (ContextCard, {}),
    "distance": (Distance, {}),
    "collect": (CollectionReport, {"images_now": {**_WHOLE, "description": "To buy now."}}),
    "validate": (ValidationReport, {}),
    "reproduce": (Reproduction, {}),
    "fit-candidates": (Selection, {}),
    "fit-sbc": (Calibration, {}),
    "doctor": (Examination, {"sound": {"type": "boolean"}}),
    "model-show": (ModelCard, {}),
    "model-compare": (ModelComparison, {}),
    "model-check": (CheckReport, {"verdict": _TEXT}),
}


def _laws() -> Schema:
    """Return the schema of the laws, whose rows carry what is computed from them."""
    schema = _versioned(schema_of(Laws), {})
    rows = schema["$defs"]
    rows["Law"]["properties"]["multipliers"] = {
        **_map_of({"type": ["number", "null"]}),
        "description": "Data or compute for an improvement by the factor that is the key.",
    }
    rows["SlopeReading"]["properties"]["halving"] = {
        "type": ["number", "null"],
        "description": "Images needed to halve the error, as a multiple.",
    }
    del schema["properties"]["factors"]
    required = [name for name in schema["properties"] if name != "growth"]
    return {**schema, "required": required}


def _options() -> Schema:
    row: dict[str, Schema] = {
        "project": _TEXT,
        "architecture": {"type": ["string", "null"], "description": "Null for an alternative."},
        "images_total": {**_WHOLE, "description": "Labelled images trained on."},
        "cost_total": {**_NUMBER, "description": "Committed, shared assets not included."},
        "chance_of_target": {**_NUMBER, "description": "On the solve's draws, in [0, 1]."},
        "expected_value": {**_NUMBER, "description": "Gross."},
        "expected_net_value": {**_NUMBER, "description": "Gross minus mean spend."},
        "images_to_buy": {**_WHOLE, "description": "Labelled for the project itself."},
        "start": {"type": ["string", "null"], "description": "Period; null without periods."},
        "uses": {"type": "array", "items": _TEXT, "description": "Ids of shared assets."},
        "pool_images": {**_map_of(_WHOLE), "description": "Taken from each shared data set."},
    }
    always = list(row)
    three = dict.fromkeys(("p10", "p50", "p90"), _NUMBER)
    spread: Schema = {"type": "object", "properties": three, "required": list(three)}
    both: dict[str, Schema] = {"cost": spread, "net_value": spread}
    row["ranges"] = {"type": "object", "properties": both, "description": "With --ranges."}
    rows = {"type": "object", "properties": row, "required": always}
    step = {"images": _WHOLE, "cost": {**_NUMBER, "description": "In all, for so many images."}}
    steps = {"type": "object", "properties": step, "required": list(step)}
    asset = {"id": _TEXT, "kind": _TEXT, "costs": {"type": "array", "items": steps}}
    assets = {"type": "object", "properties": asset, "required": list(asset)}
    return _object(
        {
            "model": _map_of(_TEXT),
            "seed": _WHOLE,
            "inputs_sha256": _TEXT,
            "objective": _TEXT,
            "options": {"type": "array", "items": rows},
            "assets": {"type": "array", "items": assets},
        },
        "Every option the plan may choose, priced.",
    )


def _catalogue() -> Schema:
    cell = {"type": ["string", "number", "boolean", "null"]}
    rows = {"type": "array", "items": _map_of(cell)}
    return _object({"table": _TEXT, "rows": rows}, "A reference table.")


def _report() -> Schema:
    return _object(
        {
            "written": {"type": "array", "items": _TEXT, "description": "Paths of the files."},
            "style": _TEXT,
            "status": _TEXT,
            "plan": {"type": "object", "description": "As plan.json describes it."},
        },
        "A report written, and the plan in it.",
    )


def _fit() -> Schema:
    return _object(
        {
            "status": {"const": "fitted"},
            "model": _map_of(_TEXT),
            "draws_sha256": _TEXT,
            "n_draws": _WHOLE,
            "n_rows": _WHOLE,
            "n_datasets": _WHOLE,
            "n_curves": _WHOLE,
            "files": {"type": "array", "items": _TEXT},
        },
        "A model fitted and written.",
    )


def _error() -> Schema:
    names = ("code", "place", "field", "message", "fix")
    problem = {
        "type": "object",
        "properties": dict.fromkeys(names, _TEXT),
        "required": list(names),
    }
    return _object(
        {
            "status": {"const": "error"},
            "exit_code": {"enum": [1, 2, 3, 5]},
            "problems": {"type": "array", "items": problem, "minItems": 1},
        },
        "What any command prints with --json when it cannot answer; see also its exit code.",
    )
