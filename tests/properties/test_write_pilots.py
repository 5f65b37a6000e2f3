"""Whatever the file looks like, runs are added to it and nothing else changes."""

from dataclasses import replace
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Pilot
from planner.domain.vocabulary import Backbone
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.runs.write_yaml import add_pilots, pilot_row
from tests.strategies import Data, as_block_yaml, as_flow_yaml, as_toml, portfolio_data

PILOTS = st.builds(
    Pilot,
    images=st.integers(1, 10**9),
    error=st.floats(0, 1),
    test_images=st.none() | st.integers(1, 10**6),
    architecture=st.none() | st.sampled_from(["ResNet-50", "DINOv3 ViT-B/16", "ViT-B/16 (in21k)"]),
    pretrained=st.none() | st.booleans(),
    backbone=st.none() | st.just(Backbone.FINETUNED),
    seed=st.none() | st.integers(0, 10**6),
).filter(lambda pilot: pilot.error > 0 or pilot.test_images is not None)
COMMENTS = st.sampled_from(["", "", "  # a note, {with} [signs]: and more", "   "])
LINES = st.sampled_from(["", "", "", "# a line: of its own\n", "      # - indented\n", "\n"])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """Draw the name and text of a portfolio file, some projects with pilots, with comments."""
    data: Data = draw(portfolio_data())
    data.get("portfolio", {}).pop("currency", None)  # dollar signs are for dollars alone
    for project in data["projects"]:
        if draw(st.booleans()):
            rows = draw(st.lists(PILOTS, max_size=2))
            project["pilots"] = [pilot_row(pilot) for pilot in rows]
    kind = draw(st.sampled_from(["block", "flow", "toml"]))
    match kind:
        case "flow":
            return "p.yaml", as_flow_yaml(data)
        case "block":
            text = as_block_yaml(data)
        case _:
            text = as_toml(data)
    commented = "".join(
        f"{draw(LINES)}{line}{draw(COMMENTS)}\n" for line in text.split("\n") if line
    )
    name = "p.toml" if kind == "toml" else "p.yml"
    return name, commented.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(file=files(), data=st.data())
def test_a_written_file_reads_as_the_same_portfolio_with_the_runs(
    file: tuple[str, str], data: st.DataObject
) -> None:
    """The file reads back as before, each project's runs appended; no character is lost."""
    name, text = file
    before = parse_portfolio(text.encode(), name)
    ids = [project.id for project in before.projects]
    added = data.draw(st.dictionaries(st.sampled_from(ids), st.lists(PILOTS, max_size=3)))
    written = add_pilots(text.encode(), name, added).decode()
    after = parse_portfolio(written.encode(), name)
    expected = tuple(
        replace(project, pilots=(*project.pilots, *added.get(project.id, ())))
        for project in before.projects
    )
    assert _content(after) == replace(_content(before), projects=expected)
    rest = iter(written)
    assert all(character in rest for character in text)


def _content(portfolio: Portfolio) -> Portfolio:
    """Return a portfolio without where it was read."""
    return replace(portfolio, inputs_sha256="", places=MappingProxyType({}), given=frozenset())
