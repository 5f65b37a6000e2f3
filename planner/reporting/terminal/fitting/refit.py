"""The published regression by every way of fitting it, as a terminal table."""

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.domain.format import count
from planner.domain.results.refit import PublishedRefit

_NAMES = {
    "pretrained_log10_images": "pretrain × log10(img)",
    "log10_images": "log10(images)",
    "relative_complexity": "rel. complexity",
}


def render_refit(refit: PublishedRefit) -> tuple[RenderableType, ...]:
    """Return the table and its notes, for 80 columns.

    Parameters
    ----------
    refit : PublishedRefit
        From ``planner.regression.published.refit.refit_published``.
    """
    return (Text(), _table(refit), *_notes(refit))


def _table(refit: PublishedRefit) -> Table:
    title = f"Table 1 sampled anew: the {refit.n_rows} reconstructed rows by PyMC"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("term", no_wrap=True)
    headings = ("printed", "closed\nform", "OLS", "GLM", "PyMC\nmedian", "PyMC\nSD", "off by\n(SE)")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, term in refit.terms.items():
        values = (term.printed, term.closed_form, term.ols, term.glm, term.median, term.sd)
        cells = [f"{value:.3f}" for value in values]
        table.add_row(_NAMES.get(name, name), *cells, f"{term.difference_in_se:+.2f}")
    sigma = f"{refit.sigma_closed_form:.3f}"
    sampled = (f"{refit.sigma_median:.3f}", f"{refit.sigma_sd:.3f}")
    table.add_row("residual sd", "", sigma, sigma, sigma, *sampled, "")
    return table


def _notes(refit: PublishedRefit) -> tuple[Text, ...]:
    verdict = "agree with" if refit.agrees else "DIFFER from"
    return (
        Text(
            f"The medians {verdict} Table 1: at most {refit.largest_difference_in_se:.2f} of its "
            f"standard errors off; {refit.limit_in_se:g} are allowed."
        ),
        Text(
            f"R-hat at most {refit.max_rhat:.3f} (1.01 allowed), ESS at least "
            f"{count(refit.min_ess)} (400 needed), {refit.divergences} divergences; "
            f"{refit.sampling['sampler']}, seed {refit.sampling['seed']}."
        ),
        Text(refit.priors),
    )
