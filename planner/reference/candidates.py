"""Which architectures may a project choose from, and which of them deserve a warning?"""

from planner.domain.catalogue import Catalogue
from planner.domain.model.architecture import ANY_TASK, Architecture
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import Basis, Task
from planner.domain.words.warnings import files as words
from planner.errors import InputError, Problem

__all__ = ["candidate_warnings", "candidates", "fits_task", "is_priced", "offered_by_default"]

SMALLEST_USUAL_INPUT_PX = 64
"""Networks with smaller images (ResNet-32, 32 px) were drawn for CIFAR, not for photographs."""

_FITTING_TASKS = {
    Task.CLASSIFICATION: ("classification",),
    Task.SEGMENTATION: ("segmentation",),
}
"""Task in the table that each project task takes by default.

The target of a segmentation project is a mean IoU over classes, so the default is semantic
segmentation; instance segmentation (mask AP) and promptable masks are taken when named.
"""


def fits_task(architecture: Architecture, task: Task) -> bool:
    """Tell whether an architecture fits a task; a bare backbone takes a head for either."""
    return architecture.task in (*_FITTING_TASKS[task], ANY_TASK)


def is_priced(architecture: Architecture, compute: Compute) -> bool:
    """Tell whether it can be priced: Eq. 4 needs parameters, the measured basis forward MACs."""
    if compute.basis == Basis.PAPER:
        return architecture.parameters is not None
    return architecture.forward_gmacs is not None


def offered_by_default(architecture: Architecture, task: Task) -> bool:
    """Tell whether a project that names no architecture is offered this one."""
    px = architecture.input_px
    return architecture.task in _FITTING_TASKS[task] and (
        px is None or px >= SMALLEST_USUAL_INPUT_PX
    )


def candidates(
    project: Project, catalogue: Catalogue, compute: Compute
) -> tuple[Architecture, ...]:
    """Return the architectures a project chooses from.

    Those it names, else all of the catalogue that fit its task and can be priced.

    Parameters
    ----------
    project : Project
        Named architectures are taken for any task, in the order given, each once.
    catalogue : Catalogue
        The default list is ordered by ImageNet top-1, best first, so that of architectures that
        cost the same to the cent (input-bound networks do) the more accurate one is taken.
    compute : Compute
        Its basis decides what can be priced.

    Returns
    -------
    tuple of Architecture
        At least one.

    Raises
    ------
    InputError
        A named architecture is unknown or cannot be priced, or nothing of the catalogue fits; all
        in one error.
    """
    if project.architectures:
        return _named(project, catalogue, compute)
    fitting = (
        item
        for item in catalogue.architectures
        if offered_by_default(item, project.task) and is_priced(item, compute)
    )
    found = tuple(sorted(fitting, key=lambda item: -(item.imagenet_top1 or 0.0)))
    if not found:
        message = f"no architecture of the catalogue fits {project.task} and can be priced."
        raise InputError([Problem(_field(project), message, "name one", code="NO_ARCHITECTURE")])
    return found


def candidate_warnings(
    project: Project, catalogue: Catalogue, compute: Compute
) -> tuple[Warning_, ...]:
    """Return what the reader should know about a project's candidates.

    Codes are ``ARCHITECTURE_TASK`` (named, but built for another task), ``ARCHITECTURE_DETECTOR``
    (the same, and a detector) and ``ARCHITECTURES_LEFT_OUT`` (fitting the task, but without
    sourced forward operations).
    """
    if project.architectures:
        named = candidates(project, catalogue, compute)
        return tuple(
            _task_warning(project, item) for item in named if not _is_usual(item, project.task)
        )
    missing = [
        item.name
        for item in catalogue.architectures
        if offered_by_default(item, project.task) and not is_priced(item, compute)
    ]
    if not missing:
        return ()
    message = words.left_out_without_operations(missing)
    # About the catalogue, not the project: said once however many projects leave the choice open.
    return (Warning_("ARCHITECTURES_LEFT_OUT", None, "projects.architectures", message),)


def _is_usual(architecture: Architecture, task: Task) -> bool:
    """Tell whether naming it needs no warning."""
    return architecture.task == ANY_TASK or offered_by_default(architecture, task)


def _task_warning(project: Project, architecture: Architecture) -> Warning_:
    """Return the warning for an architecture that was built for something else."""
    name, task = architecture.name, architecture.task.replace("_", " ")
    if architecture.task == "detection":
        code = "ARCHITECTURE_DETECTOR"
        message = words.is_detector(name)
    elif fits_task(architecture, project.task):
        code = "ARCHITECTURE_TASK"
        message = words.small_images(name, architecture.input_px)
    else:
        code = "ARCHITECTURE_TASK"
        message = words.built_for_another_task(name, task, project.task)
    return Warning_(code, project.id, _field(project), message)


def _named(project: Project, catalogue: Catalogue, compute: Compute) -> tuple[Architecture, ...]:
    """Return the named architectures, or every problem with them at once."""
    found: dict[str, Architecture] = {}
    problems: list[Problem] = []
    for index, name in enumerate(project.architectures):
        field = f"{_field(project)}[{index}]"
        try:
            item = catalogue.architecture(name, field)
        except InputError as error:
            problems.extend(error.problems)
            continue
        if not is_priced(item, compute):
            problems.append(_unpriced(item, field, compute.basis))
        found.setdefault(item.name, item)
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def _unpriced(architecture: Architecture, field: str, basis: Basis) -> Problem:
    """Return the problem of a named architecture that the basis cannot price."""
    code = "ARCHITECTURE_NOT_PRICED"
    if architecture.stated:
        return Problem(field, *words.states_no_size(architecture.name, basis), code=code)
    return Problem(
        field=field,
        message=f"no source gives the forward operations of {architecture.name}, so the measured "
        "basis cannot price it; leave it out or use compute.basis: paper.",
        fix="basis: paper",
        code=code,
    )


def _field(project: Project) -> str:
    return f"projects[{project.id}].architectures"
