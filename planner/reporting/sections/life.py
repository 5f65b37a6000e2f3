"""The life of a plan: what it costs and earns over the years, line by line and year by year."""

from collections.abc import Iterator

from planner.domain.results.life import Life, YearCash
from planner.domain.results.plan import Decision, Plan
from planner.domain.words.life import left_out_words, line_words, payback
from planner.reporting import numbers
from planner.reporting.columns import Column, Columns, Look, Surface
from planner.reporting.document import Block, Head, Name, Paragraph, Row, Section, Table, Text, say
from planner.reporting.sections.material import Material
from planner.reporting.user_text import visible
from planner.reporting.words import report as words

__all__ = ["CASH", "life_section"]

CASH = Columns[YearCash](
    place="life.cash_by_year",
    declared=(
        Column(key="year", header="Year", kind=Look.FIGURE, note="0 is the start of the plan."),
        Column(key="amount", header="Cash", kind=Look.MONEY, unit="money",
               note="Expected, earned less paid, not discounted."),
    ),
)  # fmt: skip


def life_section(material: Material) -> Section | None:
    """Return what the plan costs and earns over its life; None where its file states no more."""
    life = material.plan.life
    if life is None:
        return None
    return Section("life", words.LIFE, tuple(_blocks(material.plan, life)), folded=True)


def _blocks(plan: Plan, life: Life) -> Iterator[Block]:
    if len(life.lines) > 1:
        yield Paragraph(_lead(plan, life))
        yield _lines(plan, life)
        caption = words.LIFE_CASH.format(currency=visible(plan.currency))
        yield CASH.table(Surface.PAGE, life.cash_by_year, plan.currency, caption=caption)
    yield Paragraph((left_out_words(plan.not_included),), "small")


def _lead(plan: Plan, life: Life) -> Text:
    npv = numbers.amount(life.npv, plan.currency, "life.npv", named=True)
    said, number = payback(life.payback_years)
    back = say(said, number=numbers.figure(number, "", "")) if "{" in said else (said,)
    return say(words.LIFE_LEAD, npv=npv, back=back)


def _lines(plan: Plan, life: Life) -> Table:
    """Return a row to each project, a column to each line, and their sums."""
    lived = [(at, one) for at, one in enumerate(plan.decisions) if one.life is not None]
    heads = [Head("Project"), *(Head(line_words(name), numeric=True) for name in life.lines)]
    rows = [_row(plan, at, one, tuple(life.lines)) for at, one in lived]
    foot = [numbers.amount(amount, plan.currency) for amount in life.lines.values()]
    total = numbers.amount(life.npv, plan.currency)
    caption = words.LIFE_LINES.format(currency=visible(plan.currency))
    return Table(
        caption,
        (*heads, Head(words.LIFE_NPV, numeric=True)),
        tuple(rows),
        Row((("Total",), *((number,) for number in foot), (total,))),
    )


def _row(plan: Plan, at: int, decision: Decision, names: tuple[str, ...]) -> Row:
    life = decision.life
    lines = {} if life is None else life.lines
    here = f"decisions[{at}].life"
    cells: list[Text] = [(Name(visible(decision.project)),)]
    for name in names:
        key = f"{here}.lines.{name}"
        known = name in lines
        cells.append((numbers.amount(lines[name], plan.currency, key) if known else "–",))
    npv = 0.0 if life is None else life.npv
    return Row((*cells, (numbers.amount(npv, plan.currency, f"{here}.npv"),)))
