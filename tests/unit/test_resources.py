"""Where models and data are found."""

from pathlib import Path

import pytest

from planner._resources import candidate_folders, resource_root
from planner.errors import ResourceError


def test_the_first_folder_that_exists_wins(tmp_path: Path) -> None:
    """Candidates are tried in order."""
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    tried = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    assert resource_root("models", tried) == tmp_path / "b"


def test_a_missing_folder_names_every_place_that_was_tried(tmp_path: Path) -> None:
    """The error says where it looked and what to do."""
    with pytest.raises(ResourceError, match=r"not found at .*a or .*b.*PLANNER_MODELS_DIR"):
        resource_root("models", [tmp_path / "a", tmp_path / "b"])


def test_the_environment_overrides_checkout_and_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PLANNER_DATA_DIR comes first, the bundled copy last."""
    monkeypatch.setenv("PLANNER_DATA_DIR", str(tmp_path))
    folders = candidate_folders("data")
    assert folders[0] == tmp_path
    assert folders[-1].parts[-2:] == ("_bundled", "data")
