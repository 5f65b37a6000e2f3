"""What decisions earn, as stored beside a model."""

import json
from dataclasses import asdict
from pathlib import Path

from planner.domain.results.decisions import DecisionTest
from planner.domain.results.validation import SCHEMA_VERSION
from planner.reference.store import write_model_file
from planner.regression.cards.file import DECISIONS_FILE


def write_decisions(folder: Path, test: DecisionTest) -> Path:
    """Store what decisions earn with a model, whole or not at all; return the file.

    Raises
    ------
    NotWrittenError
        The folder cannot be written to.
    """
    text = json.dumps({"schema_version": SCHEMA_VERSION, **asdict(test)}, indent=1) + "\n"
    return write_model_file(folder / DECISIONS_FILE, text)
