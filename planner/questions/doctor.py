"""Is the installation sound? Versions, solver, models, data, checksums and a tiny plan."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata

from planner._extras import EXTRAS, Extra
from planner._resources import resource_root
from planner._version import __version__
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.words.answers import examination as words
from planner.errors import PlannerError
from planner.planning.plan import build_plan
from planner.reference.store import load_model
from planner.reference.tables import load_catalogue

SELF_TEST_MODEL = "published"
"""Quick to load, and in every installation."""
_PACKAGES = ("numpy", "scipy", "pulp", "highspy", "openpyxl", "matplotlib")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: PASS or FAIL, what was seen, and what to do."""

    name: str
    verdict: str
    seen: str
    advice: str = ""


@dataclass(frozen=True)
class ExtraFound:
    """What is installed only on request: whether it is, what it adds and how to add it.

    Attributes
    ----------
    name : str
        As in ``vision-planner[name]``.
    installed : bool
        Whether all of it is there.
    adds : str
        What one can do with it.
    commands : tuple of str
        What needs it.
    packages : dict
        Version of each of its packages; None where it is missing.
    how : str
        The command that installs it.
    """

    name: str
    installed: bool
    adds: str
    commands: tuple[str, ...]
    packages: dict[str, str | None]
    how: str


@dataclass(frozen=True)
class Examination:
    """Everything that was looked at; an extra that is not installed is no fault."""

    findings: tuple[Finding, ...]
    extras: tuple[ExtraFound, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing failed."""
        return all(finding.verdict == "PASS" for finding in self.findings)

    def to_dict(self) -> dict[str, object]:
        """Return the examination as plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "sound": self.sound,
            "findings": [asdict(finding) for finding in self.findings],
            "extras": [
                {**asdict(extra), "commands": list(extra.commands)} for extra in self.extras
            ],
        }


def examine() -> Examination:
    """Look at the installation; takes about a second and writes nothing."""
    checks: tuple[tuple[str, Callable[[], str], str], ...] = (
        ("python", _python, words.INSTALL_PYTHON),
        *((name, _version_of(name), words.install(name)) for name in _PACKAGES),
        ("models", _models, words.REINSTALL),
        ("data", _data, words.REINSTALL),
        ("self-test", _self_test, words.REINSTALL_OR_REPORT),
    )
    findings = tuple(_look(name, check, advice) for name, check, advice in checks)
    return Examination(findings, tuple(_found(extra) for extra in EXTRAS))


def _found(extra: Extra) -> ExtraFound:
    missing = extra.missing
    return ExtraFound(
        name=extra.name,
        installed=not missing,
        adds=extra.adds,
        commands=extra.commands,
        packages={
            name: None if name in missing else metadata.version(name) for name in extra.packages
        },
        how=extra.how,
    )


def _look(name: str, check: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(name, "PASS", check())
    except (PlannerError, metadata.PackageNotFoundError, OSError, ImportError, ValueError) as error:
        return Finding(name, "FAIL", f"{type(error).__name__}: {error}", advice)


def _python() -> str:
    return words.python_seen(platform.python_version(), __version__)


def _version_of(package: str) -> Callable[[], str]:
    return lambda: metadata.version(package)


def _models() -> str:
    """Load every shipped model; loading verifies its checksum."""
    names = sorted(folder.name for folder in resource_root("models").iterdir() if folder.is_dir())
    models = [load_model(name) for name in names]
    return ", ".join(words.model_seen(model.name, model.n_draws, model.sha256) for model in models)


def _data() -> str:
    """Compare every reference table with its recorded checksum."""
    root = resource_root("data")
    recorded = [
        line.split() for line in (root / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    ]
    damaged = [
        name
        for digest, name in recorded
        if hashlib.sha256((root / name).read_bytes()).hexdigest() != digest
    ]
    if damaged:
        raise ValueError(words.changed_tables(damaged))
    return words.tables_seen(len(recorded))


def _self_test() -> str:
    """Plan two projects under a budget that holds one, and check that the better one is funded."""

    def project(name: str, value: float) -> Project:
        return Project(
            id=name,
            classes=2,
            target_error=0.1,
            images=Images(held=100, limit=10_000, price=1.0),
            value=value,
            architectures=("ResNet-50",),
        )

    portfolio = Portfolio(
        budget=9_000.0, pilot_chance=0.0, projects=(project("small", 1e5), project("large", 2e5))
    )
    plan = build_plan(portfolio, load_model(SELF_TEST_MODEL), load_catalogue())
    verdicts = {decision.project: decision.architecture for decision in plan.decisions}
    if plan.status != "optimal" or verdicts["large"] is None:
        raise ValueError(words.unexpected_plan(plan.status, verdicts))
    return words.SELF_TEST
