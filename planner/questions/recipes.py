"""Ways to train one project side by side: what each costs, how long it takes, and its chance."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.words.answers.recipes import recipe_notes
from planner.economics.hardware import gpu_hours, wall_hours
from planner.economics.stated_hours import project_rates
from planner.forecasting.forecast import build_forecast
from planner.inputs.recipes import Recipe, read_recipe
from planner.questions.estimate.estimate import Asked, Spread, estimate_project, spread
from planner.questions.estimate.ranges import cost_ranges

__all__ = ["ComparedRecipe", "Comparison", "compare_recipes"]


@dataclass(frozen=True)
class ComparedRecipe:
    """One way to train.

    Attributes
    ----------
    recipe : str
        As it was given; empty for the file's own.
    architecture : str
        Trained.
    images : int
        Trained on.
    epochs, trainings : float
        Passes in one training, and how many trainings are paid, folds included, in the mean.
    accelerator_hours, wall_hours : float or None
        Of all trainings; the first None on the basis ``paper``, the second where the file does not
        say on how many accelerators at once.
    training, total : Spread
        Cost of training, and with data and set-up.
    chance_of_target : float
        On so many images.
    error : Spread
        Measured then.
    """

    recipe: str
    architecture: str
    images: int
    epochs: float
    trainings: float
    accelerator_hours: float | None
    wall_hours: float | None
    training: Spread
    total: Spread
    chance_of_target: float
    error: Spread


@dataclass(frozen=True)
class Comparison:
    """Ways to train one project; the first is the file's own.

    Attributes
    ----------
    notes : tuple of str
        What the forecast does not know of.
    """

    model: Mapping[str, str]
    seed: int
    currency: str
    project: str
    target_error: float
    recipes: tuple[ComparedRecipe, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as plain data, as in ``planner compare --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


@dataclass(frozen=True, eq=False)
class _Usual:
    """What a recipe trains that names neither network nor images."""

    architecture: str
    images: int


def compare_recipes(
    portfolio: Portfolio,
    project: Project,
    recipes: Sequence[str],
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    images: int | None = None,
    seed: int = 0,
) -> Comparison:
    """Return ways to train a project side by side.

    Parameters
    ----------
    portfolio, project : Portfolio, Project
        Whose.
    recipes : sequence of str
        As ``--recipe`` says them.
    posterior, catalogue, seed : optional
        As for an estimate.
    images : int, optional
        Trained on where a recipe names none; those of the estimate's first recommendation unless
        given.

    Raises
    ------
    InputError
        A recipe cannot be read, or the model cannot forecast it.
    """
    ways = [Recipe("", project, portfolio.compute)]
    ways += [read_recipe(text, portfolio, project, catalogue) for text in recipes]
    known = catalogue.architectures
    forecast = build_forecast(project, posterior, architectures=known, seed=seed)
    lead = estimate_project(project, forecast, portfolio.compute, catalogue, Asked(seed))
    first = lead.recommendations[0]
    usual = _Usual(first.architecture, images or first.images_total)
    rows = tuple(_compared(way, usual, posterior, catalogue, seed) for way in ways)
    return Comparison(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        currency=portfolio.currency,
        project=project.id,
        target_error=project.error_target,
        recipes=rows,
        notes=recipe_notes({(row.epochs, row.trainings) for row in rows}),
    )


def _compared(
    way: Recipe, usual: _Usual, posterior: Posterior, catalogue: Catalogue, seed: int
) -> ComparedRecipe:
    project, compute = way.project, way.compute
    name, images = way.architecture or usual.architecture, way.images or usual.images
    known = catalogue.architectures
    forecast = build_forecast(project, posterior, architectures=known, seed=seed)
    (rate,) = project_rates(project, [catalogue.architecture(name)], compute, catalogue)
    cost = cost_ranges(project, forecast, rate, compute, images=images, seed=seed).commit
    hours = gpu_hours(rate, images, compute)
    return ComparedRecipe(
        recipe=way.text,
        architecture=name,
        images=images,
        epochs=compute.epochs,
        trainings=amount_mean(compute.trials) * compute.folds,
        accelerator_hours=hours,
        wall_hours=None if hours is None or compute.gpus is None else wall_hours(hours, compute),
        training=Spread(cost.training.p10, cost.training.p50, cost.training.p90),
        total=Spread(cost.total.p10, cost.total.p50, cost.total.p90),
        chance_of_target=cost.chance_met,
        error=spread(forecast.error_draws([float(images)], name)[:, 0]),
    )
