"""A damaged portfolio file yields a portfolio or a list of problems, never anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.portfolio.portfolio import Portfolio
from planner.errors import InputError
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.starter import starter_portfolio
from tests.strategies import (
    Data,
    as_block_yaml,
    as_flow_yaml,
    as_toml,
    mutated_bytes,
    mutated_data,
    portfolio_data,
)

WRITERS = {"p.yaml": (as_block_yaml, as_flow_yaml), "p.toml": (as_toml,)}


def read(content: bytes, name: str) -> Portfolio | InputError:
    """Read a file and check that what comes back is one of the two answers allowed."""
    found = answer(content, name)
    if isinstance(found, Portfolio):
        assert found.projects
        portfolio_warnings(found)
        return found
    assert found.problems
    for problem in found.problems:
        assert problem.message.strip()
        assert problem.place.startswith(name)
    assert str(found)
    return found


def answer(content: bytes, name: str) -> Portfolio | InputError:
    """Return what reading a file gives; any other exception is a failure."""
    try:
        return parse_portfolio(content, name)
    except InputError as error:
        return error


@settings(max_examples=100)
@given(data=portfolio_data(), name=st.sampled_from(["p.yaml", "p.toml"]), pick=st.booleans())
def test_valid_data_reads_alike_in_every_format(data: Data, name: str, pick: bool) -> None:
    """What is valid is read, whichever way it is written."""
    writer = WRITERS[name][pick % len(WRITERS[name])]
    found = read(writer(data).encode(), name)
    reference = read(as_flow_yaml(data).encode(), "p.yaml")
    assert isinstance(found, Portfolio), found
    assert isinstance(reference, Portfolio)
    assert found.projects == reference.projects
    assert found.rules == reference.rules
    assert found.given == reference.given
    assert found.compute == reference.compute
    assert (found.budget, found.objective) == (reference.budget, reference.objective)
    assert (found.shared, found.periods, found.hold) == (
        reference.shared,
        reference.periods,
        reference.hold,
    )
    assert (found.risk, found.mode, found.discount_rate) == (
        reference.risk,
        reference.mode,
        reference.discount_rate,
    )


@pytest.mark.parametrize(("name", "examples"), [("p.yaml", 100), ("p.toml", 60)])
def test_structural_damage_is_answered(name: str, examples: int) -> None:
    """Deleted, duplicated, retyped, renamed and inserted fields give problems with places."""

    @settings(max_examples=examples)
    @given(data=mutated_data(portfolio_data()), pick=st.booleans())
    def damage(data: Data, pick: bool) -> None:
        read(WRITERS[name][pick % len(WRITERS[name])](data).encode(errors="replace"), name)

    damage()


@pytest.mark.parametrize(("name", "examples"), [("p.yaml", 100), ("p.toml", 60)])
def test_textual_damage_is_answered(name: str, examples: int) -> None:
    """Flipped, cut, repeated and inserted bytes give problems with places."""
    drawn = portfolio_data().map(lambda data: WRITERS[name][0](data).encode())
    texts = st.one_of(st.just(starter_portfolio().encode()), drawn) if "yaml" in name else drawn

    @settings(max_examples=examples)
    @given(content=mutated_bytes(texts))
    def damage(content: bytes) -> None:
        read(content, name)

    damage()
