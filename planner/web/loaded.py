"""What a worker needs, imported once: processes forked from one that has it begin at once."""

import planner.planning.plan
import planner.questions.frontier.frontier
import planner.questions.why.holdings
import planner.solving.run
import planner.web.engine  # noqa: F401 - all for their being loaded
