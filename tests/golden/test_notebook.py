"""The example notebook runs, and its last lines show tables and pictures."""

from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

READ: Any = nbformat.read  # ships without types
FOLDER = Path(__file__).parents[2] / "examples" / "05_notebook"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the notebook's own machinery
def test_the_notebook_runs_from_top_to_bottom() -> None:
    """Each cell runs in a fresh kernel; records are shown as HTML, figures as PNG."""
    notebook = READ(FOLDER / "plan.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    shown = {cell.source.splitlines()[-1]: kinds(cell) for cell in code_cells(notebook)}
    assert "text/html" in shown["portfolio"]
    assert "text/html" in shown["plan"]
    pictures = [kind for line, kind in shown.items() if ".plot(" in line]
    assert len(pictures) == 4
    assert all("image/png" in kind for kind in pictures)
    last = code_cells(notebook)[-1]
    assert last.outputs[-1].data["text/plain"] == "True"


def test_the_notebook_is_kept_without_output() -> None:
    """What a reader would see stale is not stored; running it takes seconds."""
    notebook = READ(FOLDER / "plan.ipynb", as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(cell: Any) -> set[str]:
    """Return the kinds of output a cell gave."""
    return {kind for output in cell.outputs for kind in output.get("data", {})}
