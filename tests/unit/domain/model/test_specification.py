"""Reading model specifications, and what is said of those that cannot be built."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner._resources import resource_root
from planner.domain.model.specification import WRITTEN_BELOW, ModelSpec
from planner.domain.model.specification_file import parse_spec
from planner.errors import InputError

TRANSFER = (resource_root("models") / "transfer" / "model.toml").read_text(encoding="utf-8")
PUBLISHED = (
    Path(__file__).parents[4] / "planner" / "regression" / "fitting" / "published_refit.toml"
).read_text(encoding="utf-8")

SMALL = """\
name = "small"
family = "saturating"

[noise]
prior = {family = "lognormal", location = -3.9, scale = 0.5}

[[level.terms]]
name = "a0"
prior = {family = "normal", location = -0.4, scale = 0.5}

[[level.groups]]
name = "A"
by = ["dataset"]
sd = "tau_a"
prior = {family = "half_normal", scale = 0.4}

[[slope.terms]]
name = "l0"
prior = {family = "normal", location = -1.0, scale = 0.5}
"""


def mistakes(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_spec(text, "mine.toml")
    return str(caught.value)


@pytest.mark.parametrize("text", [TRANSFER, PUBLISHED, SMALL], ids=["transfer", "published", "own"])
def test_text_of_a_specification_gives_it_again(text: str) -> None:
    """Parsing the kept text gives an equal specification, and the text is a fixed point."""
    spec = parse_spec(text)
    again = parse_spec(spec.text)
    assert again == spec
    assert again.text == spec.text


def test_what_fitting_wrote_is_no_part_of_the_declaration() -> None:
    """A stored model can be fitted again: evidence and provenance are left out of its text."""
    spec = parse_spec(TRANSFER)
    assert WRITTEN_BELOW in TRANSFER
    assert WRITTEN_BELOW not in spec.text
    assert "[evidence]" not in spec.text


def test_published_and_hierarchical_models_are_both_expressible() -> None:
    """One language declares the regression of the paper and the hierarchical power law."""
    published, transfer = parse_spec(PUBLISHED), parse_spec(TRANSFER)
    assert (published.family, transfer.family) == ("log_linear", "saturating")
    assert published.hyper_names[:3] == ("intercept", "log10_images", "pretrained_log10_images")
    assert published.groups == ()
    assert transfer.stored_names == ("R",)
    assert transfer.discrepancy.scale == 0.08
    assert {"decay", "ceiling"} <= set(transfer.predictors)


def test_every_parameter_of_the_shipped_models_has_a_reason() -> None:
    """No prior ships without its why."""
    for spec in (parse_spec(PUBLISHED), parse_spec(TRANSFER)):
        assert all(term.why for term in spec.terms)
        assert all(group.why for group in spec.groups)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('family = "saturating"', 'family = "saturate"', r"mine\.toml:2  family\n.*'saturate'"),
        ('name = "small"', "", "missing, or no text"),
        ('prior = {family = "normal", location = -0.4, scale = 0.5}', "", "needs a prior"),
        ("scale = 0.4}", "scale = -0.4}", r"mine\.toml:15  level\.groups\[0\]\.prior\.scale"),
        ("scale = 0.4}", 'scale = "wide"}', "'wide' is no number"),
        ("location = -0.4, ", "location = nan, ", "out of range"),
        ("location = -0.4, ", f"location = {10**400}, ", "out of range"),
        ('by = ["dataset"]', 'by = ["datset"]', "'datset' is unknown"),
        ('by = ["dataset"]', 'by = "dataset"', "no list of names"),
        ('by = ["dataset"]', "", "name one or more of"),
        ('sd = "tau_a"', 'sd = "a0"', "'a0' is used twice"),
        ('sd = "tau_a"', 'sd = "tau a"', "is no name"),
        ('sd = "tau_a"', 'sd = "tau_a"\ncentre_on = ["b"]', "'b' is no term of level"),
        ('sd = "tau_a"', 'sd = "tau_a"\nstored = true', "architecture alone"),
        ('sd = "tau_a"', 'sd = "tau_a"\nstored = 1', "neither true nor false"),
        ('sd = "tau_a"', 'sd = "tau_a"\ntimes = ["frozen"]\ncentre_on = ["a0"]', "0 instead of 1"),
        ('sd = "tau_a"', 'sd = "tau_a"\ntimes = ["log10_images"]', "multiplied by log10_images"),
        ('sd = "tau_a"', 'sd = "tau_a"\ncentered = true', "unknown entry"),
        ('name = "a0"', 'name = "a0"\ncolumns = ["log10_images"]', "enter through the slope"),
        ('name = "a0"', 'name = "a0"\ncolumns = ["pretrain"]', "fix  pretrained"),
        ("[[slope.terms]]", "[[rate.terms]]", "needs a .slope. predictor"),
        ("[[level.terms]]", "[level.terms]", "no list of tables"),
        ('"half_normal", scale', '"normal", location = 0, scale', "standard deviation cannot"),
        ('"lognormal", location = -3.9, scale = 0.5', '"fixed", location = 1.0', "noise cannot"),
        ('sd = "tau_a"', 'sd = "draw"', "is reserved"),
        ('sd = "tau_a"', 'sd = "A_z"', "'A_z' is used twice"),
        ("[noise]", "[noise", r"mine\.toml:\d+:\d+"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(old: str, new: str, said: str) -> None:
    """Each mistake is answered with its place and what to write."""
    assert old in SMALL
    assert re.search(said, mistakes(SMALL.replace(old, new, 1)))


def test_all_mistakes_come_in_one_pass() -> None:
    """Three unrelated mistakes are three problems."""
    text = SMALL.replace("scale = 0.4}", "scale = 0}").replace('["dataset"]', '["set"]')
    text = text.replace('name = "l0"', 'name = "0l"')
    assert "3 problems" in mistakes(text)


def test_a_log_linear_curve_has_no_slope_predictor() -> None:
    """The slope of a regression is a column of its level."""
    said = mistakes(SMALL.replace("saturating", "log_linear"))
    assert "log_linear curve has no [slope]" in said


@given(data=st.data())
def test_no_damaged_file_brings_a_traceback(data: st.DataObject) -> None:
    """Whatever is done to a line of a specification, it is read or its mistakes are named."""
    lines = parse_spec(TRANSFER).text.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    damage = st.sampled_from(
        ["", "[[level.groups]]", "name = 3", "prior = 1", "x = {}", 'by = ["curve", "study"]',
         "columns = [1]", "[level]", "slope = 2", "times = []", "degrees = -1", "\x00", '"""',
         'prior = {family = "normal", location = 1e400, scale = 1}', "level.terms = []"]
    )  # fmt: skip
    lines[at] = data.draw(damage | st.text(max_size=20))
    try:
        spec: ModelSpec | None = parse_spec("\n".join(lines))
    except InputError as error:
        spec, problems = None, error.problems
    else:
        problems = ()
    assert (spec is None) == bool(problems)
