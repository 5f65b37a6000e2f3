"""A program that runs sixteen small tasks on a backend, to be killed, resumed and compared.

``python -m tests.unit.tasks.workload BACKEND FOLDER [--resume DIR] [--kill]`` prints the results.
Each run of a task leaves a file in FOLDER/ran; an item named in FOLDER/poison kills its process.
"""

import argparse
import json
import multiprocessing
import os
import signal
import sys
import time
import uuid
from pathlib import Path

from planner.errors import PlannerError
from planner.forecasting.luck import keyed_generator
from planner.tasks import Tasks, open_tasks

N_ITEMS = 16
SECONDS = 0.15


def work(folder: str, item: int) -> list[float]:
    """Return numbers keyed by the item, and say that it ran."""
    (Path(folder) / "ran" / f"{item}-{uuid.uuid4()}").touch()
    poison = Path(folder) / "poison"
    if poison.exists() and int(poison.read_text("utf-8")) == item:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(SECONDS)
    return [float(x) for x in keyed_generator(0, "workload", str(item)).normal(size=3)]


class KillAtThird:
    """Kills one worker when the third result is there."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks

    def __call__(self, done: int, total: int) -> None:
        if done != 3:
            return
        client = getattr(self.tasks, "client", None)
        if client is None:
            pids = [child.pid for child in multiprocessing.active_children() if child.pid]
        else:
            pids = list(client.run(os.getpid).values())
        os.kill(pids[0], signal.SIGKILL)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("backend")
    parser.add_argument("folder")
    parser.add_argument("--resume")
    parser.add_argument("--kill", action="store_true")
    asked = parser.parse_args()
    (Path(asked.folder) / "ran").mkdir(parents=True, exist_ok=True)
    try:
        with open_tasks(asked.backend, asked.resume) as tasks:
            on_step = KillAtThird(tasks) if asked.kill else None
            items = list(range(N_ITEMS))
            found = tasks.map(work, items, shared=asked.folder, key="workload", on_step=on_step)
    except PlannerError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a program
        return error.exit_code
    print(json.dumps(found))  # noqa: T201 - a program
    return 0


if __name__ == "__main__":
    sys.exit(main())
