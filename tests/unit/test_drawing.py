"""Pictures do not depend on what matplotlib was told for other pictures."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from planner import _api
from planner._drawing import plain_style
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Project
from planner.reporting.figures.fan import draw_fan
from planner.reporting.figures.files import figure_bytes

OTHER: dict[Any, Any] = {
    "font.size": 20,
    "axes.facecolor": "red",
    "savefig.transparent": True,
    "lines.color": "b",
}


def test_settings_of_a_session_change_no_picture(synthetic: Posterior) -> None:
    """Neither while it is drawn nor while it is written; they stand afterwards as before."""
    project = Project(id="x", classes=10, target_error=0.05, images=Images(limit=10_000))
    forecast = _api.forecast(project, synthetic)

    def drawn() -> list[bytes]:
        figure = draw_fan(project, forecast, None)
        return [figure_bytes(figure, suffix) for suffix in (".svg", ".png")]

    plain = drawn()
    with mpl.rc_context(OTHER):
        assert drawn() == plain
        assert mpl.rcParams["font.size"] == 20


def test_our_own_settings_are_those_of_the_block() -> None:
    """Matplotlib's defaults, and what is asked for."""
    with mpl.rc_context(OTHER), plain_style({"font.size": 7}):
        assert mpl.rcParams["font.size"] == 7
        assert mpl.rcParams["axes.facecolor"] == mpl.rcParamsDefault["axes.facecolor"]


@pytest.mark.parametrize(("content", "code"), [(b"\xff\xfe", 3), (b"font.size: 20\nno: such\n", 0)])
def test_a_settings_file_in_the_folder_is_no_bug(tmp_path: Path, content: bytes, code: int) -> None:
    """One that cannot be read is named; a bad line or a backend that is none does not matter."""
    (tmp_path / "matplotlibrc").write_bytes(content)
    planner = Path(sys.executable).with_name("planner")
    done = subprocess.run(
        [planner, "reproduce", "--plots", "pictures", "-q"],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "none.such"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert ("matplotlibrc" in done.stderr) == (code == 3)
    assert ("\n" in done.stderr.strip()) is False
