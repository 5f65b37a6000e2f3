"""Which columns does the table of runs on offer have? Each is declared here once."""

from planner.domain.results.pilots import RunValue
from planner.reporting.columns import Column, Columns, Look, Surface

__all__ = ["RUNS"]

RUNS = Columns[RunValue](
    place="pilots",
    declared=(
        Column(key="project", header="Project", kind=Look.NAME, widths=(18, 14),
               note="Name in the portfolio."),
        Column(key="architecture", header="Train", kind=Look.NAME, widths=(16, 14),
               note="Network that the run trains."),
        Column(key="backbone", header="Layers", kind=Look.WORD,
               note="finetuned: all layers; frozen: a probe, only a head is trained."),
        Column(key="images", header="Images", kind=Look.COUNT, note="Trained on."),
        Column(key="to_buy", header="To buy", kind=Look.COUNT,
               note="Of these, labelled images not held yet; they are kept."),
        Column(key="test_images", header="Test images", kind=Look.COUNT,
               note="On which the error is measured."),
        Column(key="price", header="Price", kind=Look.MONEY, unit="money",
               said={Surface.NOTEBOOK: "Price, {currency}"},
               note="Training, labels and all else."),
        Column(key="weeks", header="Weeks", kind=Look.FIGURE, optional=True,
               note="That the run takes."),
        Column(key="evsi", header="Worth", kind=Look.WORTH, unit="objective",
               note="What deciding after this run alone adds to the plan; 0 below its error."),
        Column(key="evsi_se", header="±", kind=Look.WORTH,
               note="Monte Carlo standard error of the worth."),
        Column(key="own", header="Own", kind=Look.WORTH,
               note="Part of the worth earned in the run's own project."),
        Column(key="others", header="Others", kind=Look.WORTH,
               note="Part earned in other projects, through money and rules."),
        Column(key="net_gain", header="Net", kind=Look.WORTH, note="Worth less price."),
        Column(key="chosen", header="Make", kind=Look.WORD,
               of=lambda run: "yes" if run.chosen else "", note="In the set to make."),
    ),
    views={
        Surface.TERMINAL: ("project", "architecture", "backbone", "images", "price", "weeks",
                           "evsi", "net_gain", "chosen"),
        Surface.NOTEBOOK: ("project", "architecture", "backbone", "images", "to_buy", "price",
                           "weeks", "evsi", "evsi_se", "net_gain", "chosen"),
    },
    tone=lambda run: "here" if run.chosen else "",
)  # fmt: skip
