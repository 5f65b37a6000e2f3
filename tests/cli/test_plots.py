"""``--plots DIR``: one option for every command that draws, the same files each run."""

from pathlib import Path

import pytest
import typer
from matplotlib.figure import Figure
from typer.testing import CliRunner

from planner.cli.app import app
from planner.reporting.figures.frame import framed

PORTFOLIO = """\
version: 1
portfolio: {name: "Two $ plants", budget: 4k}
projects:
  - {id: weld/1, classes: 4, target_accuracy: 90%, value: 30k, architectures: [EfficientNet-B0],
     images: {held: 2k, limit: 20k, price: 0.1..0.2}}
  - {id: paint, classes: 8, target_accuracy: 88%, value: 20k, architectures: [EfficientNet-B0],
     images: {held: 1k, limit: 20k, price: 0.1}}
@"""
NO_PLAN = "rules: [{fund: [paint]}, {skip: [paint]}]"
DRAWN = {
    "plan": ["plan", "worth"],
    "report": [
        *("change", "cost", "curve_01_weld_1", "curve_02_paint", "frontier"),
        *("net_value", "plan", "tornado", "worth"),
    ],
    "estimate": ["01_weld_1", "02_paint"],
    "frontier": ["frontier"],
    "explain": ["tornado_plan"],
    "pilots": ["pilots"],
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(PORTFOLIO.replace("@", ""), encoding="utf-8")
    return tmp_path


def drawn(command: str, flag: str, folder: str, *, code: int = 0) -> dict[str, bytes]:
    """Run a command and return the pictures it wrote."""
    more = {"report": ["-o", f"{folder}.html"], "frontier": ["--points", "5"]}.get(command, [])
    arguments = [command, "p.yaml", *more, flag, folder]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    found = Path(folder)
    return {path.name: path.read_bytes() for path in found.iterdir()} if found.exists() else {}


LONGER = ("report", "estimate", "pilots", "explain")


@pytest.mark.parametrize(
    "command",
    [pytest.param(name, marks=pytest.mark.slow if name in LONGER else ()) for name in DRAWN],
)
def test_every_picture_is_there_as_svg_and_as_png_and_the_same_each_run(command: str) -> None:
    """Names are those of the question and of the projects; the older name of the flag holds."""
    files = drawn(command, "--plots", "one")
    stems = sorted({name.rsplit(".", 1)[0] for name in files})
    assert stems == DRAWN[command]
    assert sorted(files) == sorted(f"{stem}.{kind}" for stem in stems for kind in ("svg", "png"))
    for name, content in files.items():
        assert content.startswith(b"\x89PNG" if name.endswith("png") else b"<?xml")
        if name.endswith("png"):
            assert int.from_bytes(content[16:20]) >= 1000, f"{name} is wide enough for a slide"
    assert drawn(command, "--plot", "two") == files


def test_commands_that_draw_share_one_option() -> None:
    """Whoever knows it of one command knows it of all."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    declared = {
        name: (option.opts, option.help)
        for name, command in commands.items()
        for option in command.params
        if option.name == "plots" and name != "fit"  # which draws for --sbc alone, and says so
    }
    assert set(declared) == {*DRAWN, "reproduce"}
    assert len({str(told) for told in declared.values()}) == 1


@pytest.mark.parametrize("command", ["plan", pytest.param("report", marks=pytest.mark.slow)])
def test_where_no_plan_fits_there_is_nothing_to_draw(here: Path, command: str) -> None:
    """The folder is not even made."""
    (here / "p.yaml").write_text(PORTFOLIO.replace("@", NO_PLAN), encoding="utf-8")
    assert drawn(command, "--plots", "one", code=4) == {}
    assert not (here / "one").exists()


def test_a_saved_plan_that_is_audited_draws_nothing() -> None:
    """Said with exit code 2."""
    arguments = ["plan", "p.yaml", "--audit", "plan.json", "--plots", "one"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "nothing to write" in " ".join(result.output.split())


@pytest.mark.parametrize("layout", ["constrained", None])
def test_a_framed_figure_keeps_its_own_height_between_title_and_source(layout: str | None) -> None:
    """It grows by what stands above and below; signs of markup are printed as they stand."""
    figure = Figure(figsize=(4.0, 3.0), layout=layout)  # type: ignore[arg-type]
    axes = figure.add_axes((0.1, 0.2, 0.8, 0.7)) if layout is None else figure.add_subplot()
    figure.draw_without_rendering()
    before = axes.get_window_extent().height
    framed(figure, "a long $title$ " * 8, "source")
    figure.draw_without_rendering()
    title, source = figure.texts
    assert title.get_text().count("\n") >= 1
    assert "$title$" in title.get_text()
    assert axes.get_window_extent().height == pytest.approx(before, rel=0.02)
    top = axes.get_tightbbox().y1  # type: ignore[union-attr]
    assert title.get_window_extent().y0 > top
    assert source.get_window_extent().y1 < axes.get_tightbbox().y0  # type: ignore[union-attr]
    assert title.get_window_extent().x1 <= figure.bbox.x1
