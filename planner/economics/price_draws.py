"""Amounts of the ledger's lines in every draw, joint with the model's."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.portfolio import Compute
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import Basis
from planner.economics.draws import compute_factor_draws, price_draws
from planner.economics.ledger import HOURS, Entry, Timing, Total

__all__ = ["PriceDraws"]


@dataclass(frozen=True)
class PriceDraws:
    """Draws of the amounts of lines, joint with the model's.

    Attributes
    ----------
    compute : Compute
        What every training is priced at.
    seed : int
        The same one gives the same draws.
    n_draws : int
        Of the model, or as many as are wanted: the first ones stay the same when more are asked
        for.
    """

    compute: Compute
    seed: int
    n_draws: int

    def varies(self, entry: Entry) -> bool:
        """Whether the amount of one unit differs between draws."""
        if entry.line.timing is Timing.PER_TRAINING:
            return self.training_varies or isinstance(entry.hours, Range)
        if isinstance(entry.amount, Total):
            return entry.amount.varies
        return isinstance(entry.amount, Range)

    @cached_property
    def training_varies(self) -> bool:
        """Whether a price or the number of trainings is a range, on the chosen basis."""
        compute = self.compute
        prices: tuple[Amount | None, ...] = (compute.usd_per_hour, compute.utilisation)
        if compute.basis is Basis.PAPER:
            prices = (compute.usd_per_flop,)
        return any(isinstance(price, Range) for price in (*prices, compute.trials))

    @cached_property
    def _training(self) -> Floats:
        return compute_factor_draws(self.compute, self.n_draws, self.seed)

    def amount(self, entry: Entry, owner: str) -> float | Floats:
        """Return the amount of one unit in each draw; the number where it does not vary.

        ``owner`` is the id under which a range is drawn; prices of compute all owners share.
        """
        if not self.varies(entry):
            return entry.mean
        if isinstance(entry.amount, Range):
            return price_draws(entry.amount, self.n_draws, self.seed, owner, entry.line.field)
        if isinstance(entry.amount, Total):
            return self._summed(entry.amount, owner, entry.line.field)
        return entry.mean * self._trained(entry, owner)

    def _trained(self, entry: Entry, owner: str) -> Floats:
        """Return what a training costs over its mean: its price, and hours that are a range."""
        if not isinstance(entry.hours, Range):
            return self._training
        hours = price_draws(entry.hours, self.n_draws, self.seed, owner, HOURS)
        return self._training * (hours / entry.hours.lognormal_mean)

    def _summed(self, total: Total, owner: str, field: str) -> Floats:
        """Return the sum of several amounts in each draw; a part is keyed by its place."""
        sums = np.zeros(self.n_draws)
        for at, part in enumerate(total.parts):
            key = f"{field}[{at}]"
            sums += (
                price_draws(part, self.n_draws, self.seed, owner, key)
                if isinstance(part, Range)
                else part
            )
        return sums

    def scaled(self, entry: Entry, owner: str, rows: slice) -> float | Floats:
        """Return the amount of one unit in some of the draws, its mean times its factor."""
        if not self.varies(entry):
            return entry.mean
        return entry.mean * self.factor(entry, owner, rows)

    def factor(self, entry: Entry, owner: str, rows: slice) -> Floats:
        """Return what the mean amount is multiplied by in some of the draws.

        The audit reads the first draws, as its own risk report does; the solve the others, scaled
        to the mean of 1 that they have in the long run, so that means over the solve's draws are
        what is committed.

        Parameters
        ----------
        entry : Entry
            Which varies.
        owner : str
            As for :meth:`amount`.
        rows : slice
            Draws of the solve or of the audit.
        """
        if not isinstance(entry.amount, Range | Total):
            return self._half(self._trained(entry, owner), rows)
        return self._half(np.asarray(self.amount(entry, owner) / entry.mean), rows)

    def of_range(self, price: Range, owner: str, name: str, rows: slice) -> Floats:
        """Return draws of a range over its mean, for some of the draws, as :meth:`factor` does."""
        drawn = price_draws(price, self.n_draws, self.seed, owner, name)
        return self._half(drawn / price.lognormal_mean, rows)

    def training_factor(self, rows: slice) -> Floats:
        """Return the factor of training, which all owners share; 1 where nothing of it varies."""
        return self._half(self._training, rows)

    def _half(self, draws: Floats, rows: slice) -> Floats:
        if rows.start:
            return draws[: len(range(*rows.indices(self.n_draws)))]
        solve = draws[self.n_draws - self.n_draws // 2 :]
        return np.asarray(solve / solve.mean())
