"""Words, tables and figures for people; numbers arrive as frozen records.

The folder is also a verb: ``planner.report(portfolio, model)`` returns the plan as one HTML page.
Importing any of its modules binds the folder to the name ``planner.report``, so the module itself
is made callable.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.domain.portfolio import Portfolio
    from planner.domain.posterior import Posterior
    from planner.report.html.assemble import HtmlReport


class _CallableFolder(ModuleType):
    """A package that answers a call with the public function of the same name."""

    def __call__(
        self,
        portfolio: "Portfolio",
        model: "Posterior",
        **asked: Any,  # noqa: ANN401 - of planner._api.report
    ) -> "HtmlReport":
        """Plan a portfolio and return the plan with its page; see :func:`planner._api.report`."""
        from planner._api import report

        return report(portfolio, model, **asked)


sys.modules[__name__].__class__ = _CallableFolder
