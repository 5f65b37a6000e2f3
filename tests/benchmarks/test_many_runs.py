"""Ten thousand measured runs of one project: time and memory of the commands that meet them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PORTFOLIO = """\
version: 1
portfolio: {budget: 40k}
projects:
  - id: weld-seams
    classes: 3
    target_accuracy: 95%
    images: {held: 1k, limit: 40k, price: 0.40}
    value: 60k
    architectures: [ResNet-50]
"""
N_RUNS, MOST_SECONDS, MOST_MB = 10_000, 5.0, 500


def _runs(sizes: list[int], tested: str) -> str:
    noise = np.random.default_rng(0).normal(0.0, 0.03, N_RUNS)
    lines = ["project,images,error,test_images,seed"]
    for at in range(N_RUNS):
        images = sizes[at % len(sizes)]
        error = 0.14 * (images / 500) ** -0.3 * 10 ** noise[at]
        lines.append(f"weld-seams,{images},{error:.5f},{tested},{at}")
    return "\n".join(lines) + "\n"


MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def _observed(folder: Path, kind: str, tested: str) -> tuple[float, float]:
    """Return processor seconds and megabytes of the whole command."""
    sizes = [500, 1_000, 2_000, 5_000] if kind == "few sizes" else list(range(100, 40_100, 4))
    (folder / "p.yaml").write_text(PORTFOLIO, encoding="utf-8")
    (folder / "runs.csv").write_text(_runs(sizes, tested), encoding="utf-8")
    files = [str(folder / "p.yaml"), str(folder / "runs.csv")]
    command = [sys.executable, "-m", "planner", "observe", *files, "--json"]
    # A process inherits its parent's peak of memory; one between them is small.
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], capture_output=True, check=True, text=True
    )
    seconds, kilobytes = map(float, done.stdout.split())
    return seconds, kilobytes / 1024


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "tested"), [("few sizes", "1000"), ("every size", "")])
def test_ten_thousand_runs_are_learned_from_in_little_memory(
    tmp_path: Path, kind: str, tested: str
) -> None:
    """All of them stand in the file that is written."""
    _, megabytes = _observed(tmp_path, kind, tested)
    assert megabytes <= MOST_MB
    assert (tmp_path / "p.observed.yaml").read_text(encoding="utf-8").count("images:") > N_RUNS


@pytest.mark.timed
@pytest.mark.parametrize("tested", ["", "1000"])
@pytest.mark.parametrize("kind", ["few sizes", "every size"])
def test_ten_thousand_runs_are_learned_from_in_seconds(
    tmp_path: Path, kind: str, tested: str
) -> None:
    """Processor time; what else runs on a machine lengthens even that, so it is asked for alone."""
    assert _observed(tmp_path, kind, tested)[0] <= MOST_SECONDS
