"""How large can a number be before it is a slip of the pen, whatever field it stands in?

Beyond these limits nothing sensible is computed and arithmetic overflows; within them a text such
as ``1.250`` is asked about only where 1250 would make sense, too.
"""

MAX_COUNT = 10**15
"""Largest number of images or classes; every whole number up to it is exact as a float."""

MAX_MONEY = 1e13
"""Largest amount of money; sums over thousands of projects stay exact to the cent."""

MAX_REPEATS = 1e6
"""Most epochs, or trainings, of one model."""

MAX_PUE = 3.0
"""Largest power usage effectiveness of a data centre."""

MAX_YEARS = 1_000.0
"""Longest horizon."""

MAX_ENTROPY_NATS = 100.0
"""Largest entropy of a task; that of the largest number of classes is 35 nats."""

MAX_COMPLEXITY = 1e18
"""Largest relative complexity: of the most classes over a baseline of nearly one class."""

MAX_AVERSION = 1e6
"""Largest aversion to risk, per unit of the objective: far beyond it only the worst counts."""

MAX_GMACS = 1e6
"""Most billions of multiply-accumulates of one image; the largest networks take thousands."""

MAX_WEEKS = 520.0
"""Longest work before a system is live, of one person, and of a run: ten years."""

MAX_PEOPLE = 100_000
"""Most people of one kind on a project, and most accelerators of one training."""

MAX_GROWTH = 10.0
"""Fastest growth of use a year: elevenfold."""

LEAST_GROWTH = -0.9
"""Fastest decline of use a year."""

MAX_FOLDS = 1_000
"""Most parts that a model is trained without, one after the other."""

MAX_DECLINE = 0.9
"""Fastest fall of the price of compute a year."""
