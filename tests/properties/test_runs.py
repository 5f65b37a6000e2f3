"""Files of runs: what is written is read, and no damage leads to anything but an answer."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.errors import InputError
from planner.inputs.runs.runs import OPTIONAL, read_runs
from planner.reference.tables import load_catalogue
from tests.strategies import NAMES, mutated_bytes

CATALOGUE = load_catalogue()
SAMPLE = (
    b"project,images,error,test_images,architecture,seed,note\n"
    b'shelf,20k,8.1%,500,resnet50,1,"a, b"\n'
    b'"sh ""x""",1e3,0.2,,,,\n\nshelf,"1,200",14%,500,,2,\nshelf,1200,14%,500,,2,\n'
)


def portfolio(*ids: str) -> Portfolio:
    images = Images(held=100, limit=1_000)
    return Portfolio(
        projects=tuple(Project(id=i, classes=4, target_error=0.05, images=images) for i in ids)
    )


PILOTS = st.builds(
    Pilot,
    images=st.integers(1, 10**9),
    error=st.floats(0.001, 0.999),
    test_images=st.none() | st.integers(1, 10**6),
    architecture=st.none() | st.sampled_from(["ResNet-50", "ViT-B/16 (in21k)"]),
    pretrained=st.none() | st.booleans(),
    seed=st.none() | st.integers(0, 10**6),
)


@given(
    rows=st.lists(st.tuples(NAMES, PILOTS), min_size=1, max_size=5, unique=True),
    dialect=st.tuples(st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"])),
    columns=st.permutations(["project", "images", "error", *OPTIONAL, "note"]),
)
def test_what_a_program_writes_is_read(
    rows: list[tuple[str, Pilot]], dialect: tuple[str, str], columns: list[str]
) -> None:
    """Any ids, any order of columns, any dialect of Python's own writer."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, delimiter=dialect[0], lineterminator=dialect[1])
    writer.writeheader()
    for project, pilot in rows:
        fields = {name: getattr(pilot, name) for name in ("images", *OPTIONAL)}
        writer.writerow({**fields, "project": project, "error": f"{pilot.error!r}", "note": "x"})
    ids = dict.fromkeys(project for project, _ in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.csv"
        path.write_bytes(stream.getvalue().encode())
        read = read_runs(path, portfolio(*ids), CATALOGUE)
    assert [(run.project, run.pilot) for run in read.runs] == rows


@given(content=mutated_bytes(st.just(SAMPLE)))
def test_damage_is_answered_with_its_place(content: bytes) -> None:
    """Runs, or problems that each say where and what; never another error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.csv"
        path.write_bytes(content)
        for known in (portfolio("shelf", 'sh "x"'), None):
            assert all(answers(path, known))


def answers(path: Path, known: Portfolio | None) -> list[bool]:
    """Return whether each run, or each problem, is as it should be."""
    try:
        return [run.pilot.images >= 1 for run in read_runs(path, known, CATALOGUE).runs]
    except InputError as error:
        return [bool(problem.message and problem.place) for problem in error.problems]
