r"""The extensive form of a decision: CVaR and bounds on random spend with every draw as a row.

With :math:`W_s` the worth of a choice in draw :math:`s` of :math:`S` (Rockafellar & Uryasev 2000),

.. math::

    \mathrm{CVaR}_\alpha(W) = \max_t \; t - \frac{1}{(1 - \alpha) S} \sum_s \max(0, t - W_s),

so a column ``tail`` for :math:`t`, a column ``short`` for each shortfall and a row for each draw
say it exactly. What an option is worth in most draws stands once, in the column ``sure``; a draw's
row has only what differs, so success that is rare, or failure, costs no entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.problem import DecisionProblem, Outcomes
from planner.solving.extensive.linear_model import LinearModel, ModelBuilder, power_of_ten

__all__ = ["ExtensiveForm", "SpendChance", "extensive_form"]

DIGITS = 10
"""Decimals that differences between draws are rounded to, in the units of the model."""


@dataclass(frozen=True, eq=False)
class SpendChance:
    """Spend is within ``limit_cents`` in at least a share of the draws of ``outcomes``."""

    outcomes: Outcomes
    chance: float
    limit_cents: float


@dataclass(frozen=True, eq=False)
class ExtensiveForm:
    """A model and what its columns and rows stand for.

    Attributes
    ----------
    model : LinearModel
        Maximised.
    worth_unit : float
        Worth, in units of the objective, of 1 of the model's objective.
    cents_unit : float
        Cents of 1 in the rows about the budget and random spend.
    options, assets : ndarray of int64
        Columns of the options and elementary assets.
    auxiliary : tuple of (str, str)
        Other columns, families as ``short*``, and what they mean.
    rows : tuple of (str, str, str, float)
        Name, what it says, name of the user's rule (empty for none), and the amount that the
        problem's coefficients were divided by.
    """

    model: LinearModel
    worth_unit: float
    cents_unit: float
    options: Rows
    assets: Rows
    auxiliary: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, str, float], ...]


def extensive_form(
    problem: DecisionProblem,
    *,
    chance: SpendChance | None = None,
    most_bytes: float = float("inf"),
) -> ExtensiveForm:
    """Return a decision as one linear model.

    Parameters
    ----------
    problem : DecisionProblem
        Maximising an expectation or a CVaR.
    chance : SpendChance, optional
        What binds random spend in place of ``problem.spend``.
    most_bytes : float
        That both files may take together.

    Raises
    ------
    ModelTooLargeError
        They would take more; found before the model is complete.
    ValueError
        The measure of risk is not piecewise linear.
    """
    if problem.risk.kind not in {"expected", "cvar"}:
        message = f"{problem.risk.kind} has no linear form"
        raise ValueError(message)
    form = _Form(problem, ModelBuilder(most_bytes))
    form.choices()
    form.plain_rows()
    if form.share > 0:
        form.worth_tail()
    if chance is not None:
        form.spend_chance(chance)
    elif problem.spend is not None:
        form.spend_tail()
    return form.done()


@dataclass(frozen=True, eq=False)
class _DrawRows:
    """Rows ``sure + Σ difference · x ≥ …`` for each draw; what else stands in them is added."""

    rows: Rows
    least: Floats
    most: Floats


class _Form:
    """The parts of the model, each added once."""

    def __init__(self, problem: DecisionProblem, builder: ModelBuilder) -> None:
        self.problem, self.builder = problem, builder
        self.share = problem.risk.weight if problem.risk.kind == "cvar" else 0.0
        money = [*problem.cents.tolist(), *problem.asset_cents.tolist()]
        self.cents_unit = power_of_ten(max((abs(x) for x in money), default=0.0), least=100.0)
        worth = np.concatenate([problem.worth, problem.asset_worth])
        self.worth_unit = power_of_ten(float(np.abs(worth).max(initial=0.0)))
        self.auxiliary: list[tuple[str, str]] = []
        self.rows: list[tuple[str, str, str, float]] = []

    def choices(self) -> None:
        """Add what is chosen, with its expectation in the objective."""
        problem, unit = self.problem, self.worth_unit
        names = [f"x{number}" for number in range(len(problem))]
        mean = (1 - self.share) * problem.worth / unit
        self.options = self.builder.add_columns(names, mean, 0.0, 1.0, whole=True)
        names = [f"y{number}" for number in range(len(problem.assets))]
        worth = problem.asset_worth / unit
        self.assets = self.builder.add_columns(names, worth, 0.0, 1.0, whole=True)

    def plain_rows(self) -> None:
        """Add at most one option of each project, the budget, and every named row."""
        problem = self.problem
        for project, name in enumerate(problem.projects):
            own = np.flatnonzero(problem.owner == project)
            if len(own):
                row = self._row(f"one{project}", f"at most one option of {name}", "", 1.0, 1.0)
                self.builder.add_entries(row, self.options[own], 1.0)
        if problem.budget_cents is not None:
            unit = self.cents_unit
            row = self._row("budget", "committed spend", "budget", unit, problem.budget_cents)
            self.builder.add_entries(row, self.options, problem.cents / unit)
            self.builder.add_entries(row, self.assets, problem.asset_cents / unit)
        for number, rule in enumerate(problem.rows):
            size = np.abs([*rule.option_coefficients, *rule.asset_coefficients]).max(initial=0.0)
            unit = power_of_ten(float(size))
            row = self._row(f"r{number}", rule.name, rule.rule, unit, rule.limit)
            coefficients = rule.option_coefficients / unit
            self.builder.add_entries(row, self.options[rule.options], coefficients)
            coefficients = rule.asset_coefficients / unit
            self.builder.add_entries(row, self.assets[rule.assets], coefficients)

    def worth_tail(self) -> None:
        """Add the mean of the worst outcomes to the objective."""
        outcomes, unit = self._outcomes(), self.worth_unit
        blocks = ((own, outcomes.worth_draws(own) / unit) for own in self._owned())
        draws = self._draws("d", "sure", "worth", blocks, np.zeros(len(self.assets)), 0.0)
        self._shortfalls(draws, self.problem.risk.level, "tail", "short", self.share)

    def spend_tail(self) -> None:
        """Add that the mean of the dearest outcomes is within the budget."""
        spend = self.problem.spend
        assert spend is not None  # noqa: S101 - asked before
        draws = self._draws("b", "paid", "minus spend", *self._spent(self._outcomes()), 0.0)
        tail, short, part = self._shortfalls(draws, spend.level, "dear", "over", 0.0)
        limit = -spend.limit_cents / self.cents_unit
        text = f"mean spend of the dearest {1 - spend.level:.4g} of the draws"
        row = self._row("hold", text, "hold", self.cents_unit, lower=limit)
        self.builder.add_entries(row, tail, 1.0)
        self.builder.add_entries(row, short, -part)

    def spend_chance(self, chance: SpendChance) -> None:
        """Add that spend is within a limit in enough draws of those that judge the plan."""
        limit = -chance.limit_cents / self.cents_unit
        draws = self._draws("b", "paid", "minus spend", *self._spent(chance.outcomes), limit)
        count = len(draws.rows)
        if not count:  # nothing that could be chosen
            return
        names = [f"over{draw}" for draw in range(count)]
        over = self.builder.add_columns(names, 0.0, 0.0, 1.0, whole=True)
        self.builder.add_entries(draws.rows, over, np.maximum(limit - draws.least, 0.0))
        within = (count - np.arange(count + 1)) / count >= chance.chance
        most = float(np.flatnonzero(within)[-1])
        row = self._row("hold", "draws in which spend may be over the budget", "hold", 1.0, most)
        self.builder.add_entries(row, over, 1.0)
        self.auxiliary.append(("over*", "1 where spend may be over the budget in that draw"))

    def done(self) -> ExtensiveForm:
        """Return the model."""
        return ExtensiveForm(
            self.builder.model(),
            self.worth_unit,
            self.cents_unit,
            self.options,
            self.assets,
            tuple(self.auxiliary),
            tuple(self.rows),
        )

    def _outcomes(self) -> Outcomes:
        if self.problem.outcomes is None:
            message = "a measure of risk needs draws"
            raise ValueError(message)
        return self.problem.outcomes

    def _owned(self) -> Iterator[Rows]:
        """Yield the options of each project that has any."""
        ends = np.searchsorted(self.problem.owner, np.arange(len(self.problem.projects) + 1))
        for first, stop in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            if stop > first:
                yield np.arange(first, stop, dtype=np.int64)

    def _spent(self, outcomes: Outcomes) -> tuple[Iterator[tuple[Rows, Floats]], Floats]:
        unit = self.cents_unit
        blocks = ((own, -outcomes.spend_draws(own) / unit) for own in self._owned())
        return blocks, -self.problem.asset_cents / unit

    def _draws(
        self,
        letter: str,
        sure: str,
        what: str,
        blocks: Iterator[tuple[Rows, Floats]],
        assets: Floats,
        limit: float,
    ) -> _DrawRows:
        """Add ``sure + Σ difference · x ≥ limit`` for each draw.

        ``sure`` is what the choice amounts to where every option has its most common amount.
        """
        add = self.builder
        column = add.add_columns([sure], 0.0, -np.inf, np.inf)
        self.auxiliary.append((sure, f"{what} of the choice, each option at its commonest amount"))
        shared = self._row(f"is_{sure}", f"what {sure} is", "", 1.0, 0.0, lower=0.0)
        add.add_entries(shared, column, 1.0)
        add.add_entries(shared, self.assets, -assets)
        rows, least, most = np.zeros(0, dtype=np.int64), np.zeros(1), np.zeros(1)
        for own, amounts in blocks:
            if not len(rows):
                names = (f"{letter}{draw}" for draw in range(amounts.shape[1]))
                rows = np.array([add.add_row(name, lower=limit) for name in names])
                add.add_entries(rows, column, 1.0)
            base = _commonest(amounts)
            add.add_entries(shared, self.options[own], -base)
            differs = np.round(amounts - base[:, None], DIGITS)
            add.add_entries(rows[None, :], self.options[own][:, None], differs)
            least = least + np.minimum(amounts.min(axis=0), 0.0)
            most = most + np.maximum(amounts.max(axis=0), 0.0)
        if len(rows):
            self.rows.append((f"{letter}*", f"{what} in a draw", "", 1.0))
        least = least + np.minimum(assets, 0.0).sum()
        return _DrawRows(rows, least, most + np.maximum(assets, 0.0).sum())

    def _shortfalls(
        self, draws: _DrawRows, level: float, tail: str, short: str, weight: float
    ) -> tuple[Rows, Rows, float]:
        """Add ``tail − short ≤ amount`` for each draw; return the columns and a draw's part.

        ``weight`` is that of the mean of the worst draws in the objective.
        """
        add, count = self.builder, len(draws.rows)
        part = 1.0 / ((1 - level) * max(1, count))
        top = float(draws.most.max())
        name = add.add_columns([tail], weight, float(draws.least.min()), top)
        room = np.broadcast_to(top - draws.least, count) if count else np.zeros(0)
        names = [f"{short}{draw}" for draw in range(count)]
        each = add.add_columns(names, -weight * part, 0.0, room)
        add.add_entries(draws.rows, name, -1.0)
        add.add_entries(draws.rows, each, 1.0)
        self.auxiliary.append((tail, "where the worst outcomes begin"))
        self.auxiliary.append((f"{short}*", f"how far a draw is below {tail}"))
        return name, each, part

    def _row(
        self,
        name: str,
        text: str,
        rule: str,
        unit: float,
        upper: float = np.inf,
        *,
        lower: float = -np.inf,
    ) -> int:
        self.rows.append((name, text, rule, unit))
        return self.builder.add_row(name, lower=lower, upper=upper / unit)


def _commonest(amounts: Floats) -> Floats:
    """Return what each option amounts to in most draws: the least or the most it ever does."""
    least, most = amounts.min(axis=1), amounts.max(axis=1)
    low = (amounts == least[:, None]).sum(axis=1) >= (amounts == most[:, None]).sum(axis=1)
    return np.where(low, least, most)
