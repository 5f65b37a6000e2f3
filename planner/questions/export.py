"""The whole decision for another solver: every option, rule and draw as MPS and LP, with names.

Files: ``model.mps`` and ``model.lp``, the same model twice, and ``model.json``: what each column
and row is, which draws of the fitted model the rows of draws are, and the plan found here, so that
another solver can check it or go on from it.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from planner._version import __version__
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import SCHEMA_VERSION, Plan
from planner.errors import InputError, Problem, UnsupportedError, bad_value
from planner.files import new_folder, require_folder
from planner.files.target import already_there
from planner.offering.objective import require_search_limits
from planner.offering.problem import Solution
from planner.planning.hold import HALF_A_CENT
from planner.planning.pilots.first import with_first_runs
from planner.planning.plan import plan_prepared
from planner.planning.prepare import Prepared, prepare
from planner.questions.options_report import option_rows
from planner.solving.extensive.files import write_model
from planner.solving.extensive.form import ExtensiveForm, SpendChance, extensive_form
from planner.solving.extensive.linear_model import ModelTooLargeError
from planner.tasks import SERIAL, Tasks

__all__ = ["MOST_BYTES", "plan_and_export"]

MOST_BYTES = 2e9
"""Of both files together."""
FIELD = "--export"
MODEL_FILES = ("model.mps", "model.lp")
NAMES_FILE = "model.json"


def plan_and_export(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    folder: Path,
    *,
    seed: int = 0,
    gap: float | None = None,
    time_limit_s: float | None = None,
    replications: int = 0,
    tasks: Tasks = SERIAL,
    force: bool = False,
    sources: Sequence[Path] = (),
    most_bytes: float = MOST_BYTES,
) -> Plan:
    """Plan a portfolio and write its whole model to a folder.

    Parameters
    ----------
    portfolio, posterior, catalogue, seed, gap, time_limit_s, replications, tasks : optional
        As for :func:`planner.planning.plan.build_plan`; the plan is the same.
    folder : Path
        Made whole or not at all.
    force : bool, default=False
        Replace what stands there.
    sources : sequence of Path
        Nobody may read the files who could not read these.
    most_bytes : float, default=2e9
        That the models may take together.

    Raises
    ------
    InputError
        They would take more, the measure of risk has no linear form, or the folder is there.
    """
    require_search_limits(gap, time_limit_s)
    stands_empty = _require_place(folder, force=force)
    prepared = prepare(portfolio, posterior, catalogue, seed=seed)
    form = form_of(prepared, most_bytes)
    solution, plan = plan_prepared(
        prepared, gap=gap, time_limit_s=time_limit_s, replications=replications, tasks=tasks
    )
    names = names_of(prepared, form, solution, plan)
    with new_folder(folder, force=force or stands_empty, sources=sources) as made:
        write_model(form.model, tuple(made / name for name in MODEL_FILES))
        text = json.dumps(names, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        (made / NAMES_FILE).write_text(text, encoding="utf-8")
    return with_first_runs(plan, prepared, solution, timed=time_limit_s is not None)


def _require_place(folder: Path, *, force: bool) -> bool:
    """Refuse a folder that may not be written; return whether an empty one stands there."""
    require_folder(folder, field=FIELD)
    if not folder.exists():
        return False
    empty = not any(folder.iterdir())
    if not (empty or force):
        raise already_there(folder, FIELD)
    return empty


def form_of(prepared: Prepared, most_bytes: float = MOST_BYTES) -> ExtensiveForm:
    """Return the extensive form of a prepared portfolio, or refuse it.

    Raises
    ------
    InputError
        Its files would be too large, or its measure of risk has no linear form.
    """
    kind = prepared.problem.risk.kind
    if kind not in ("expected", "cvar"):
        message = f"the measure {kind} is no linear function of draws, which MPS and LP hold."
        raise UnsupportedError([Problem(FIELD, message, "--risk cvar:0.9:0.5")])
    hold = prepared.portfolio.hold
    chance = None
    if hold is not None and hold.chance is not None:
        limit = prepared.budget_cents + HALF_A_CENT
        chance = SpendChance(prepared.audit_outcomes, float(hold.chance), limit)
    try:
        return extensive_form(prepared.problem, chance=chance, most_bytes=most_bytes)
    except ModelTooLargeError:
        raise _too_large(prepared, most_bytes) from None


def _too_large(prepared: Prepared, most_bytes: float) -> InputError:
    outcomes = prepared.problem.outcomes
    draws = 0 if outcomes is None else outcomes.n_draws
    message = (
        f"the model of {len(prepared.problem):,} options and {draws:,} draws would take more than "
        f"{most_bytes / 1e9:g} GB as files: every option stands in every draw whose worth or spend "
        "differs from its usual one."
    )
    fix = "name fewer architectures or projects, or --risk expected, which needs no draws"
    return bad_value(FIELD, message, fix, "TOO_LARGE")


def names_of(
    prepared: Prepared, form: ExtensiveForm, solution: Solution, plan: Plan
) -> dict[str, object]:
    """Return what stands in ``model.json``."""
    portfolio, posterior = prepared.portfolio, prepared.posterior
    return {
        "schema_version": SCHEMA_VERSION,
        "release": __version__,
        "model": {"name": posterior.name, "sha256": posterior.sha256},
        "seed": prepared.seed,
        "inputs_sha256": portfolio.inputs_sha256,
        "files": list(MODEL_FILES),
        "sense": "maximise",
        "objective": {"kind": str(prepared.objective), "unit": form.worth_unit},
        "risk": {"measure": portfolio.risk.measure, **_risk_numbers(prepared)},
        "currency": portfolio.currency,
        "columns": {
            "options": list(_options(prepared, form)),
            "assets": list(_assets(prepared, form)),
            "auxiliary": [{"column": name, "is": text} for name, text in form.auxiliary],
        },
        "rows": [
            {"row": name, "is": text, "rule": rule or None, "divided_by": unit}
            for name, text, rule, unit in form.rows
        ],
        "draws": _draws(prepared),
        "plan": _plan(form, solution, plan),
    }


def _risk_numbers(prepared: Prepared) -> dict[str, float]:
    risk = prepared.problem.risk
    return {"level": risk.level, "weight": risk.weight} if risk.kind == "cvar" else {}


def _options(prepared: Prepared, form: ExtensiveForm) -> Iterator[dict[str, object]]:
    """Yield each option in the order of its column, as ``planner options --json`` has it."""
    names, number = form.model.columns, 0
    for index in prepared.layout.order:
        for row in option_rows(prepared.options[index], prepared.portfolio):
            yield {"column": names[int(form.options[number])], **row}
            number += 1


def _assets(prepared: Prepared, form: ExtensiveForm) -> Iterator[dict[str, object]]:
    problem = prepared.problem
    for number, asset in enumerate(problem.assets):
        yield {
            "column": form.model.columns[int(form.assets[number])],
            "asset": asset,
            "cost": int(problem.asset_cents[number]) / 100,
            "worth": float(problem.asset_worth[number]),
        }


def _draws(prepared: Prepared) -> list[dict[str, object]]:
    """Return which joint draws of the fitted model the rows of draws are, first and last."""
    posterior, hold = prepared.posterior, prepared.portfolio.hold
    found: list[tuple[str, slice]] = []
    if prepared.problem.risk.kind == "cvar":
        found.append(("d*", posterior.solve_rows))
    if hold is not None:
        by_chance = hold.chance is not None
        found.append(("b*", posterior.audit_rows if by_chance else posterior.solve_rows))
    numbered = [(name, range(*rows.indices(posterior.n_draws))) for name, rows in found]
    return [
        {"rows": name, "first": rows[0], "last": rows[-1], "weight": 1 / len(rows)}
        for name, rows in numbered
        if len(rows)
    ]


def _plan(form: ExtensiveForm, solution: Solution, plan: Plan) -> dict[str, object] | None:
    """Return the plan found here in terms of the model; None where there is none."""
    if plan.objective is None:
        return None
    chosen = [*form.options[solution.options].tolist(), *form.assets[solution.assets].tolist()]
    return {
        "status": str(plan.status),
        "chosen": [form.model.columns[column] for column in chosen],
        "value": plan.objective.value,
        "bound": plan.objective.bound,
    }
