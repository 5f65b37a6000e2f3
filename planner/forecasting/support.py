"""Can a fitted model speak about a project at all? If not: why, and what to do."""

from collections.abc import Iterator

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import VISION, Project
from planner.domain.vocabulary import Backbone
from planner.errors import Problem, UnsupportedError


def require_support(project: Project, posterior: Posterior) -> None:
    """Raise :class:`UnsupportedError` with every reason why the model cannot speak."""
    problems = list(_problems(project, posterior))
    if problems:
        raise UnsupportedError(problems)


def _problems(project: Project, posterior: Posterior) -> Iterator[Problem]:
    here = f"projects[{project.id}]"
    if posterior.spec is None and posterior.family != "log_linear":
        message = f"model {posterior.name!r} does not declare its predictors: fit it again."
        yield Problem("model", message, "planner fit", code="UNSUPPORTED")
    if project.domain != VISION:
        message = (
            f"model {posterior.name!r} rests on images alone and knows nothing of the domain "
            f"{project.domain!r}; fit a model on results of that domain with planner fit."
        )
        yield Problem(f"{here}.domain", message, f"domain: {VISION}", code="UNSUPPORTED")
    if project.backbone is Backbone.FROZEN and not _knows_frozen(posterior):
        message = (
            f"model {posterior.name!r} rests on fully trained networks and knows nothing of frozen "
            "backbones; model 'transfer' does."
        )
        yield Problem(f"{here}.backbone", message, "backbone: finetuned", code="UNSUPPORTED")
    if project.pilots and posterior.family != "saturating":
        message = (
            f"model {posterior.name!r} has one residual for data sets and repeats together, so it "
            f"cannot tell how much a pilot says; model 'transfer' can."
        )
        yield Problem(f"{here}.pilots", message, "--model transfer", code="UNSUPPORTED")
    has_frozen = any(pilot.backbone is Backbone.FROZEN for pilot in project.pilots)
    if has_frozen and not _knows_frozen(posterior):
        message = f"model {posterior.name!r} knows nothing of frozen backbones."
        yield Problem(f"{here}.pilots", message, "remove the run", code="UNSUPPORTED")


def _knows_frozen(posterior: Posterior) -> bool:
    """Tell whether any predictor has a column or an effect for frozen backbones."""
    if posterior.spec is None:
        return False
    columns = [column for term in posterior.spec.terms for column in term.columns]
    labels = [label for group in posterior.spec.groups for label in (*group.by, *group.times)]
    return "frozen" in (*columns, *labels)
