"""The pictures of the README, made from an example.

``python .ci/gallery.py PORTFOLIO FOLDER`` draws ``plan.svg`` (what is funded),
``curve.svg`` (the learning curve of the project that spends most) and ``frontier.svg`` (what other
budgets would buy). Each carries a fingerprint of the numbers it shows, so that a test can tell
whether it is still what the example says, whatever the version of the drawing library.
"""

import hashlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import planner
from planner._drawing import plain_style
from planner.files import write_files
from planner.reporting.figures.fan import draw_fan
from planner.reporting.figures.pictures import picture_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

DIGITS = 5
"""Significant digits of the fingerprint: fewer than an eye can see, more than processors differ."""

_MARK = re.compile(r"data-sha256=([0-9a-f]{64})")


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure and the numbers it shows.

    Attributes
    ----------
    name : str
        Of the file, without its ending.
    figure : Figure
        What is drawn.
    frame : DataFrame
        Its numbers.
    """

    name: str
    figure: "Figure"
    frame: "pd.DataFrame"

    @property
    def fingerprint(self) -> str:
        """sha256 of the numbers that are drawn, rounded, and of the names beside them."""
        kept = self.frame.drop(columns=["why", "shadow_price"], errors="ignore")  # not drawn
        text = kept.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def make_pictures(portfolio_file: Path, *, seed: int = 0) -> tuple[Picture, ...]:
    """Return the pictures of one portfolio with the default model."""
    portfolio, model = planner.read_portfolio(portfolio_file), planner.load_model()
    plan = planner.plan(portfolio, model, seed=seed)
    dearest = max(plan.decisions, key=lambda decision: decision.cost.total)
    project = next(item for item in portfolio.projects if item.id == dearest.project)
    forecast = planner.forecast(project, model, seed=seed)
    frontier = planner.frontier(portfolio, model, seed=seed)
    curve = draw_fan(project, forecast, dearest.architecture)
    return (
        Picture("plan", picture_of(plan), plan.to_frame()),
        Picture("curve", curve, forecast.to_frame(dearest.architecture)),
        Picture("frontier", picture_of(frontier), frontier.to_frame()),
    )


def write_pictures(pictures: tuple[Picture, ...], folder: Path) -> tuple[Path, ...]:
    """Write each picture as SVG; the same numbers give the same bytes."""
    return write_files(folder, ((f"{picture.name}.svg", _marked(picture)) for picture in pictures))


def _marked(picture: Picture) -> bytes:
    """Return a picture as SVG that carries its fingerprint."""
    file = io.BytesIO()
    mark = {"Date": None, "Description": f"data-sha256={picture.fingerprint}"}
    with plain_style({"svg.hashsalt": "planner", "svg.fonttype": "path"}):
        picture.figure.savefig(file, format="svg", metadata=mark)
    return file.getvalue()


def fingerprint_of(path: Path) -> str:
    """Return the fingerprint that a picture carries; empty if it carries none."""
    found = _MARK.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found[1] if found else ""


if __name__ == "__main__":
    for file in write_pictures(make_pictures(Path(sys.argv[1])), Path(sys.argv[2])):
        sys.stdout.write(f"Wrote {file}\n")
