"""What Windows lacks is taken away: every command that writes, solves or reads does without it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GRANT = str(ROOT / "examples" / "03_small_grant" / "portfolio.yaml")

WINDOWS = """
import importlib, json, os, pathlib, signal, shutil, subprocess, sys, tempfile
from typer.testing import CliRunner
for name in ("numpy", "scipy.stats", "matplotlib.figure", "openpyxl", "rich.console", "pulp",
             "highspy", "pydantic", "ruamel.yaml", "jinja2"):
    importlib.import_module(name)  # what other people's packages need is theirs

LACKING = {
    os: ("fchmod", "fchown", "chown", "lchown", "fork", "forkpty", "register_at_fork", "getuid",
         "geteuid", "getgid", "getegid", "getpgid", "setsid", "mkfifo", "mknod", "nice", "statvfs",
         "fstatvfs", "sync", "uname", "pread", "pwrite", "sched_getaffinity", "sched_yield",
         "getloadavg", "killpg", "wait3", "wait4", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC",
         "O_DIRECTORY", "O_SYNC", "O_DSYNC", "O_NOCTTY", "O_TMPFILE", "ctermid", "openpty"),
    signal: ("SIGPIPE", "SIGHUP", "SIGALRM", "SIGKILL", "SIGUSR1", "SIGUSR2", "alarm", "setitimer",
             "sigwait", "pthread_kill", "pthread_sigmask", "siginterrupt"),
}
for module, names in LACKING.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline"):
    sys.modules[name] = None

def busy(path):
    held = (os.path.join("/proc/self/fd", fd) for fd in os.listdir("/proc/self/fd"))
    return os.path.realpath(path) in {os.path.realpath(fd) for fd in held if os.path.lexists(fd)}

def on_closed_files(call):
    def checked(source, target, **options):
        if os.path.isfile(source) and busy(source) or os.path.isfile(target) and busy(target):
            raise PermissionError(13, "The process cannot access the file", source, 32, target)
        return call(source, target, **options)
    return checked

def on_files(call):
    def checked(path, *flags, **options):
        if not isinstance(path, int) and os.path.isdir(path):
            raise PermissionError(13, "Permission denied", path)
        return call(path, *flags, **options)
    return checked

os.replace, os.rename = on_closed_files(os.replace), on_closed_files(os.rename)
os.open = on_files(os.open)

from planner.cli.app import app
outcome = []
for words in json.loads(sys.argv[1]):
    done = CliRunner().invoke(app, words)
    outcome.append([done.exit_code, done.output[-2000:], repr(done.exception)])
json.dump(outcome, sys.stderr)
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Return what every command answered, all run in one process that lacks so much."""
    folder = tmp_path_factory.mktemp("windows")
    (folder / "mine.yaml").write_text(Path(GRANT).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "runs.csv").write_text("project,images,error\nspecies,4000,0.2\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS, json.dumps(COMMANDS)],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    answers = json.loads(done.stderr)
    assert done.stdout == b""
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    return {
        " ".join(words): (code, f"{output} {error}")
        for words, (code, output, error) in zip(COMMANDS, answers, strict=True)
    }


COMMANDS = [
    ["plan", "mine.yaml", "--json"],
    ["plan", "mine.yaml", "--xlsx", "plan.xlsx"],
    ["frontier", "mine.yaml", "--points", "3"],
    ["estimate", "mine.yaml", "--plot", "curves"],
    ["report", "mine.yaml", "-o", "report.html"],
    ["report", "mine.yaml", "-o", "report.html", "--force"],
    ["observe", "mine.yaml", "runs.csv", "-o", "observed.yaml"],
    ["observe", "mine.yaml", "runs.csv", "--in-place"],
    ["init", "-o", "starter.yaml"],
    ["init", "--xlsx", "-o", "form.xlsx"],
    ["doctor"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_needs_nothing_that_windows_lacks(
    words: list[str], outcome: dict[str, tuple[int, str]]
) -> None:
    """Exit 0, without the calls, flags, signals and modules of POSIX and on its rules for files."""
    code, said = outcome[" ".join(words)]
    assert code == 0, said
