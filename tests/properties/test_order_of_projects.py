"""Luck is keyed by a project's id: the order of the file changes no number."""

from itertools import permutations

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.planning.plan import build_plan
from planner.questions.estimate.estimate import build_estimate
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_hierarchy

POSTERIOR = synthetic_hierarchy(400)
PILOTS = (Pilot(images=500, error=0.2), Pilot(images=500, error=0.21))


def _project(name: str, classes: int, price: float, pilots: tuple[Pilot, ...] = ()) -> Project:
    return Project(
        id=name,
        classes=classes,
        target_error=0.1,
        images={"held": 500, "limit": 20_000, "price": price},  # type: ignore[arg-type]
        value=20_000.0,
        architectures=("ResNet-18", "ResNet-50"),
        pilots=pilots,
    )


PROJECTS = (
    _project("a", 4, 0.2),
    _project("b", 10, 0.4, PILOTS),
    _project("c", 20, 0.3),
)


def _portfolio(projects: tuple[Project, ...]) -> Portfolio:
    return Portfolio(budget=9_000.0, projects=projects)


def test_the_order_of_projects_changes_no_estimate() -> None:
    """Every number of every project is the same, bit for bit, in all six orders."""
    found = [
        {
            item.id: item
            for item in build_estimate(_portfolio(order), POSTERIOR, load_catalogue()).projects
        }
        for order in permutations(PROJECTS)
    ]
    assert all(each == found[0] for each in found)


def test_the_order_of_projects_changes_no_plan() -> None:
    """Decisions and totals are those of the first order; only their order is the file's."""
    plans = [
        build_plan(_portfolio(order), POSTERIOR, load_catalogue())
        for order in permutations(PROJECTS)
    ]
    for plan in plans:
        assert {item.project: item for item in plan.decisions} == {
            item.project: item for item in plans[0].decisions
        }
        assert (plan.budget, plan.objective, plan.audit) == (
            plans[0].budget,
            plans[0].objective,
            plans[0].audit,
        )
