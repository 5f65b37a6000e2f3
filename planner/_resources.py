"""Where do the fitted models, the reference tables and the schemas lie?

In a checkout and in an editable install they stand beside ``pyproject.toml``; in a wheel they
are bundled inside the package. An environment variable overrides both.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from planner.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent


def candidate_folders(name: str) -> tuple[Path, ...]:
    """Return the folders where ``models`` or ``data`` may lie, in order of preference."""
    override = os.environ.get(f"PLANNER_{name.upper()}_DIR")
    checkout = _PACKAGE.parent
    in_checkout = (checkout / name,) if (checkout / "pyproject.toml").is_file() else ()
    return (*((Path(override),) if override else ()), *in_checkout, _PACKAGE / "_bundled" / name)


def resource_root(name: str, candidates: Sequence[Path] | None = None) -> Path:
    """Return the folder that holds ``models`` or ``data``.

    Parameters
    ----------
    name : {"models", "data"}
        Which resource.
    candidates : sequence of Path, optional
        Folders to try instead of the usual ones.

    Returns
    -------
    Path
        The first candidate that is a folder.

    Raises
    ------
    ResourceError
        None of the candidates exists.
    """
    tried = tuple(candidates) if candidates is not None else candidate_folders(name)
    for folder in tried:
        if folder.is_dir():
            return folder
    places = " or ".join(str(folder) for folder in tried)
    message = (
        f"The {name} folder was not found at {places}. Reinstall vision-planner, or point "
        f"PLANNER_{name.upper()}_DIR at a folder that holds it."
    )
    raise ResourceError(message, str(tried[-1]) if tried else name)


def shipped_schema(name: str) -> str:
    """Return the text of a JSON Schema that ships with the package, such as ``plan``."""
    return (_PACKAGE / "schemas" / f"{name}.json").read_text(encoding="utf-8")
