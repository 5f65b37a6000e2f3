"""What an architecture owns of every predictor: most is the same for all projects of a run."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Group
from planner.domain.portfolio.project import Images, Project
from planner.forecasting.hierarchy import PROJECT_COLUMNS, Option, own_parts, prior_part
from planner.forecasting.luck import Luck

type Own = dict[str, Floats]
"""Draws by predictor, each of shape (n_rows,)."""

_ANY_PROJECT = Project(id="any", classes=2, target_error=0.1, images=Images(limit=1))
_KEPT = 512  # of 16 kB each: the default list for both halves of the draws, and as much again


def own_draws(
    posterior: Posterior, project: Project, options: Sequence[Option], luck: Luck, rows: slice
) -> list[Own]:
    """Return what some options own of every predictor, in some draws.

    Parameters
    ----------
    posterior : Posterior
        With a declaration.
    project : Project
        Before any pilot.
    options : sequence of Option
        Each has the same numbers, whichever others are asked for.
    luck : Luck
        Of the project.
    rows : slice
        Draws wanted.
    """
    common = [_is_common(posterior, option) for option in options]
    others = [option for option, is_common in zip(options, common, strict=True) if not is_common]
    mine = _drawn(posterior, project, others, luck, rows)
    return [
        _kept(posterior, option, luck.seed, luck.n_draws, *rows.indices(luck.n_draws))
        if is_common
        else next(mine)
        for option, is_common in zip(options, common, strict=True)
    ]


def _drawn(
    posterior: Posterior, project: Project, options: Sequence[Option], luck: Luck, rows: slice
) -> Iterator[Own]:
    if options:
        parts = prior_part(posterior, project, options, luck, own=True, rows=rows)
        drawn = {name: part.draw(luck).T for name, part in parts.items()}
        for place in range(len(options)):
            yield {name: values[place] for name, values in drawn.items()}


@lru_cache(maxsize=_KEPT)
def _kept(
    posterior: Posterior, option: Option, seed: int, n_draws: int, start: int, stop: int, step: int
) -> Own:
    rows, luck = slice(start, stop, step), Luck(seed, "", n_draws)
    (found,) = _drawn(posterior, _ANY_PROJECT, [option], luck, rows)
    for values in found.values():
        values.setflags(write=False)
    return found


@lru_cache(maxsize=_KEPT)
def _is_common(posterior: Posterior, option: Option) -> bool:
    """Return whether nothing that an option owns depends on the project."""
    if option.architecture is None:
        return False
    parts = own_parts(posterior)
    columns = {name for part in parts for term in part.terms for name in term.columns}
    columns |= {name for part in parts for group in part.groups for name in group.times}
    groups = [group for part in parts for group in part.groups]
    return not columns & PROJECT_COLUMNS and not any(_is_drawn_anew(x, option) for x in groups)


def _is_drawn_anew(group: Group, option: Option) -> bool:
    """Return whether each project has an effect of its own of a group, for an option."""
    if not {"curve", "dataset", "study"} & set(group.by):
        return False
    held = {"pretrained": option.pretrained, "frozen": option.frozen}
    return all(held[name] if name in held else option.covariate(name).value for name in group.times)
