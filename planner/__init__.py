"""Plan computer-vision investments: data needed, cost, certainty, and what to fund together.

Names load on first use, so ``import planner`` costs nothing and the command line starts fast.

Examples
--------
>>> import planner
>>> project = planner.Project(id="x", classes=10, target_error=0.05, images={"limit": 1e6})
>>> round(project.relative_complexity, 4)
0.3333
"""

from importlib import import_module
from typing import TYPE_CHECKING

from planner import _display
from planner._version import __version__ as __version__
from planner.domain.results.shown import draw_with

if TYPE_CHECKING:
    from planner._api import audit_plan as audit_plan
    from planner._api import check as check
    from planner._api import collect as collect
    from planner._api import diff as diff
    from planner._api import estimate as estimate
    from planner._api import explain as explain
    from planner._api import export as export
    from planner._api import forecast as forecast
    from planner._api import frontier as frontier
    from planner._api import load_model as load_model
    from planner._api import plan as plan
    from planner._api import read_plan as read_plan
    from planner._api import read_portfolio as read_portfolio
    from planner._api import report as report
    from planner._api import write_xlsx as write_xlsx
    from planner._api_evidence import distance as distance
    from planner._api_evidence import fit as fit
    from planner._api_evidence import observe as observe
    from planner._api_evidence import pilots as pilots
    from planner._api_evidence import probe as probe
    from planner._api_evidence import validate as validate
    from planner._api_life import actuals as actuals
    from planner._api_life import break_evens as break_evens
    from planner._api_life import compare as compare
    from planner._api_life import options as options
    from planner._api_life import rank as rank
    from planner._api_life import training_curve as training_curve
    from planner.domain.model.architecture import Architecture as Architecture
    from planner.domain.portfolio.compute import Compute as Compute
    from planner.domain.portfolio.pilot import Pilot as Pilot
    from planner.domain.portfolio.portfolio import Portfolio as Portfolio
    from planner.domain.portfolio.project import Images as Images
    from planner.domain.portfolio.project import Project as Project
    from planner.domain.quantities import Range as Range
    from planner.errors import InputError as InputError
    from planner.errors import PlannerError as PlannerError

draw_with(_display)

_HOMES = {
    "Architecture": "planner.domain.model.architecture",
    "Compute": "planner.domain.portfolio.compute",
    "Images": "planner.domain.portfolio.project",
    "InputError": "planner.errors",
    "Pilot": "planner.domain.portfolio.pilot",
    "PlannerError": "planner.errors",
    "Portfolio": "planner.domain.portfolio.portfolio",
    "Project": "planner.domain.portfolio.project",
    "Range": "planner.domain.quantities",
    "actuals": "planner._api_life",
    "audit_plan": "planner._api",
    "check": "planner._api",
    "collect": "planner._api",
    "break_evens": "planner._api_life",
    "compare": "planner._api_life",
    "diff": "planner._api",
    "distance": "planner._api_evidence",
    "estimate": "planner._api",
    "explain": "planner._api",
    "export": "planner._api",
    "fit": "planner._api_evidence",
    "forecast": "planner._api",
    "frontier": "planner._api",
    "load_model": "planner._api",
    "observe": "planner._api_evidence",
    "options": "planner._api_life",
    "pilots": "planner._api_evidence",
    "plan": "planner._api",
    "probe": "planner._api_evidence",
    "rank": "planner._api_life",
    "read_plan": "planner._api",
    "read_portfolio": "planner._api",
    "report": "planner._api",
    "training_curve": "planner._api_life",
    "validate": "planner._api_evidence",
    "write_xlsx": "planner._api",
}

__all__ = [
    "Architecture",
    "Compute",
    "Images",
    "InputError",
    "Pilot",
    "PlannerError",
    "Portfolio",
    "Project",
    "Range",
    "__version__",
    "actuals",
    "audit_plan",
    "break_evens",
    "check",
    "collect",
    "compare",
    "diff",
    "distance",
    "estimate",
    "explain",
    "export",
    "fit",
    "forecast",
    "frontier",
    "load_model",
    "observe",
    "options",
    "pilots",
    "plan",
    "probe",
    "rank",
    "read_plan",
    "read_portfolio",
    "report",
    "training_curve",
    "validate",
    "write_xlsx",
]


def __getattr__(name: str) -> object:
    """Load a public name from the module that defines it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'planner' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
