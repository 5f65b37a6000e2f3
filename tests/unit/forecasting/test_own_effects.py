"""What an architecture owns is drawn once for all projects, and is what each project would draw."""

from dataclasses import replace

import numpy as np
import pytest

import planner
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Project
from planner.forecasting.architectures import read_book
from planner.forecasting.curves.own_effects import own_draws
from planner.forecasting.hierarchy import Option, prior_part
from planner.forecasting.luck import Luck
from planner.reference.tables import load_catalogue

CATALOGUE = load_catalogue().architectures
NAMES = ("ResNet-50", "EfficientNet-B0", "DINOv2 ViT-S/14", "DINOv3 ViT-S/16")


def models() -> dict[str, Posterior]:
    """Return the shipped model, and one whose architectures differ more on hard tasks."""
    shipped = planner.load_model()
    assert shipped.spec is not None
    level = shipped.spec.predictors["level"]
    harder = replace(
        next(t for t in level.terms if t.name == "g_top1"), columns=("top1", "complexity")
    )
    terms = tuple(harder if t.name == "g_top1" else t for t in level.terms)
    spec = replace(shipped.spec, level=replace(level, terms=terms))
    return {"shipped": shipped, "harder": replace(shipped, spec=spec)}


@pytest.mark.parametrize("name", ["shipped", "harder"])
@pytest.mark.parametrize("pretrained", [True, False])
def test_what_is_kept_is_what_a_project_draws(name: str, pretrained: bool) -> None:
    """For either half of the draws, one project after another, asked for together or before."""
    model = models()[name]
    book = read_book(model, CATALOGUE)
    options = [Option(book.find(item), pretrained) for item in NAMES] + [Option(None, pretrained)]
    for number, classes in enumerate((3, 40)):
        project = Project(
            id=f"p{number}", classes=classes, target_error=0.1, images=Images(limit=9)
        )
        luck = Luck(5, project.id, model.n_draws)
        for rows in (model.solve_rows, model.audit_rows, slice(None)):
            found = own_draws(model, project, options, luck, rows)
            for option, own in zip(options, found, strict=True):
                parts = prior_part(model, project, [option], luck, own=True)
                assert own.keys() == parts.keys()
                for key, part in parts.items():
                    np.testing.assert_array_equal(own[key], part.draw(luck)[rows, 0])
