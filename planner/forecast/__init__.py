"""Posterior draws to error curves, data needed and chance of target; NumPy and SciPy only.

The folder is also the verb: ``planner.forecast(project, model, seed=0)``. Importing any of its
modules binds the folder to the name ``planner.forecast``, so the module itself is made callable;
otherwise the public function would vanish as soon as the library used its own room.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.domain.posterior import Posterior
    from planner.domain.project import Project
    from planner.forecast.forecast import Forecast


class _CallableFolder(ModuleType):
    """A package that answers a call with the public function of the same name."""

    def __call__(self, project: "Project", model: "Posterior", *, seed: int = 0) -> "Forecast":
        """Forecast one project; architectures may be any of the catalogue's."""
        from planner._api import forecast

        return forecast(project, model, seed=seed)


sys.modules[__name__].__class__ = _CallableFolder
