"""How well do the models forecast what they have not seen? The records of ``planner validate``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from planner.domain.results.decisions import DecisionTest

SCHEMA_VERSION = 1

PLUGIN_SD = 0.19
"""Noise in log10 error that goes with Eq. 1 where it is used as a plug-in: its in-sample size."""


@dataclass(frozen=True)
class CaseInterval:
    """What one model says of one case of Table 2.

    Attributes
    ----------
    model : str
        Its name.
    median, p10, p90, p2_5, p97_5 : float
        Quantiles of the predicted error, as shares.
    log10_residual : float
        log10(observed / median); below 0 the case went better than forecast.
    inside_80, inside_95 : bool
        Whether the observed error, rounded to whole per cents as printed, meets the interval.
    """

    model: str
    median: float
    p10: float
    p90: float
    p2_5: float
    p97_5: float
    log10_residual: float
    inside_80: bool
    inside_95: bool


@dataclass(frozen=True)
class Table2Case:
    """One client project of the paper's Table 2, which no model was fitted on.

    Attributes
    ----------
    row : int
        In the paper's order, from 1.
    case : str
        Client, as printed.
    images : int
        Training images.
    relative_complexity : float
        As printed.
    observed_error, equation_error : float
        Measured; by Eq. 1 with the printed coefficients.
    log10_residual : float
        log10(observed / Eq. 1).
    forecasts : tuple of CaseInterval
        One for each model.
    why : str
        Why Eq. 1 misses, where it misses fourfold; empty elsewhere.
    """

    row: int
    case: str
    images: int
    relative_complexity: float
    observed_error: float
    equation_error: float
    log10_residual: float
    forecasts: tuple[CaseInterval, ...]
    why: str


@dataclass(frozen=True)
class Table2Test:
    """The paper's own out-of-sample test.

    Attributes
    ----------
    cases : tuple of Table2Case
        Six.
    rmse : mapping of str to float
        Root mean square log10 residual, by model.
    chi_square, degrees_of_freedom, p_value : float
        Of Eq. 1's residuals if its noise were ``residual_sd``.
    residual_sd : float
        Largest noise that Table 1's SE of Type allows.
    notes : tuple of str
        How to read it.
    """

    cases: tuple[Table2Case, ...]
    rmse: Mapping[str, float]
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    residual_sd: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ScoreSummary:
    """Scores of one model on rows it was not fitted on.

    Attributes
    ----------
    rows, datasets : int
        Scored.
    log_density, crps : float
        Means over rows: natural log of the density of log10 error (larger is better), and CRPS in
        log10 error (smaller is better).
    log_density_by_set, crps_by_set : float
        Means over data sets of their row means.
    log_density_by_set_se, crps_by_set_se : float or None
        Standard errors of those, from the spread between data sets; None for a single one.
    bias : float
        Mean of predicted median less observed, in log10 error: above 0 is too pessimistic.
    coverage, coverage_by_set : mapping of str to float
        Share of rows inside the central 50, 80, 90 and 95 % intervals; the second with equal
        weight for each data set.
    """

    rows: int
    datasets: int
    log_density: float
    log_density_by_set: float
    log_density_by_set_se: float | None
    crps: float
    crps_by_set: float
    crps_by_set_se: float | None
    bias: float
    coverage: Mapping[str, float]
    coverage_by_set: Mapping[str, float]


@dataclass(frozen=True)
class LeftOutScores:
    """Leave-one-data-set-out scores, as stored with a model.

    Attributes
    ----------
    date : str
        When the folds were refitted, ISO.
    model : str
        Refitted.
    data_sha256, spec_sha256 : str
        Of the rows' file and of the declaration that was refitted.
    seed, folds : int
        Of the run; each fold leaves whole data sets out.
    sampler : mapping of str to object
        Chains, draws, worst R-hat, divergences, seconds.
    versions : mapping of str to str
        Libraries that computed them.
    slices : mapping of str to mapping of str to ScoreSummary
        By kind of rows, then by model.
    datasets : mapping of str to mapping of str to ScoreSummary
        By data set, then by model.
    joint_log_density : mapping of str to float
        Log density of all rows of a data set together under the refitted model.
    pilots : PilotEvidence or None
        What pilots add on the curves left out; None in scores of an older program.
    """

    date: str
    model: str
    data_sha256: str
    spec_sha256: str
    seed: int
    folds: int
    sampler: Mapping[str, object]
    versions: Mapping[str, str]
    slices: Mapping[str, Mapping[str, ScoreSummary]]
    datasets: Mapping[str, Mapping[str, ScoreSummary]]
    joint_log_density: Mapping[str, float]
    pilots: "PilotEvidence | None" = None


@dataclass(frozen=True)
class StoredScores:
    """Leave-one-data-set-out scores and whether they still belong to the model.

    Attributes
    ----------
    scores : LeftOutScores or None
        None if the model has none.
    stale : tuple of str
        What changed since; empty if nothing.
    refit_command : str
        What computes them anew.
    closed_form : bool
        Whether the model has no declaration, so that nothing can be refitted.
    """

    scores: LeftOutScores | None
    stale: tuple[str, ...]
    refit_command: str
    closed_form: bool = False

    @property
    def usable(self) -> LeftOutScores | None:
        """The scores if they still belong to the model."""
        return None if self.stale else self.scores


@dataclass(frozen=True)
class CurveScores:
    """How one model did on curves it never saw.

    Attributes
    ----------
    model : str
        Its name.
    curves, points : int
        Scored.
    coverage : mapping of str to float
        Share of points inside the central 50, 80, 90 and 95 % intervals of the error.
    crps, crps_by_curve : float
        Of log10 error, over points and over curves.
    crps_by_curve_se : float or None
        Standard error between curves; None for a single one.
    bias : float
        Mean of predicted median less observed, in log10 error.
    targets : int
        Errors that a curve was seen to reach: each new low after its first point.
    median_abs_log10_ratio : float or None
        Median over targets of |log10(predicted / true images)|, predicted being the median of data
        needed; None if it is infinite or there are no targets.
    need_coverage_80 : float or None
        Share of true needs inside the central 80 % interval.
    chance_never : float or None
        Mean predicted chance that a target which was in fact reached is never reached.
    """

    model: str
    curves: int
    points: int
    coverage: Mapping[str, float]
    crps: float
    crps_by_curve: float
    crps_by_curve_se: float | None
    bias: float
    targets: int
    median_abs_log10_ratio: float | None
    need_coverage_80: float | None
    chance_never: float | None


class PilotMode(StrEnum):
    """Which of a curve's first points are given as pilots.

    NONE: its description alone. SMALLEST: its smallest size. ONE: the largest size of at most a
    tenth of its largest, the smallest where there is none. ALL: every size up to that of ONE, where
    there are two or more.
    """

    NONE = "none"
    SMALLEST = "smallest"
    ONE = "one"
    ALL = "all"


@dataclass(frozen=True)
class PilotScores:
    """How one model forecast the later points of curves, given some first ones.

    Every data set counts alike, and within it every curve, and within that every point.

    Attributes
    ----------
    model : str
        Its name.
    curves, points, datasets : int
        Scored; a curve that names no data set is one of its own.
    coverage : mapping of str to float
        Share of later points inside the central 50, 80, 90 and 95 % intervals of the error.
    crps, crps_by_curve : float
        Of log10 error, over data sets and over curves.
    bias : float
        Mean of predicted median less observed, in log10 error.
    targets : int
        Errors first reached at 2, 4 and 10 times the last pilot's images.
    need_coverage : mapping of str to float, or None
        Share of true needs inside the central intervals of data needed; None without targets.
    median_abs_log10_ratio : float or None
        Median over targets of |log10(predicted / true images)|, predicted being the median of data
        needed; None if it is infinite or there are no targets.
    chance_never : float or None
        Mean predicted chance that a target which was in fact reached is never reached.
    unreliable : int
        Curves whose update with the pilots cannot be relied on; they count all the same.
    """

    model: str
    curves: int
    points: int
    coverage: Mapping[str, float]
    crps: float
    crps_by_curve: float
    bias: float
    targets: int
    need_coverage: Mapping[str, float] | None
    median_abs_log10_ratio: float | None
    chance_never: float | None
    unreliable: int
    datasets: int = 0


@dataclass(frozen=True)
class PilotTest:
    """Every model on the later points of a file's curves, given some first ones.

    Attributes
    ----------
    pilots : PilotMode
        Which points are given. With none, the same points and targets are scored as with the
        smallest.
    curves : int
        Long enough to be scored.
    too_short : int
        Not long enough.
    scores : tuple of PilotScores
        One for each model, on all curves it can forecast.
    where_power_law : tuple of PilotScores
        The same on the curves that a power law within the curve can be fitted to; empty if none.
    notes : tuple of str
        What was left out.
    smallest_instead : int
        Curves whose smallest size was given for want of one within a tenth.
    """

    pilots: PilotMode
    curves: int
    too_short: int
    scores: tuple[PilotScores, ...]
    where_power_law: tuple[PilotScores, ...]
    notes: tuple[str, ...]
    smallest_instead: int = 0


@dataclass(frozen=True)
class RoundsScore:
    """How collecting in rounds on a model's forecasts did where the images needed are known.

    Attributes
    ----------
    model : str
        Its name.
    rounds : int
        Most rounds allowed.
    targets : int
        Ten for each curve.
    failure_rate : float
        Share of targets not met within the rounds.
    mean_cost_ratio, median_cost_ratio : float or None
        Images bought over images truly to be bought, minus 1, where the target was met; None
        where none was.
    mean_cost : float
        Images bought, plus 10^8 for each target missed: what the rounds are planned to keep low.
    """

    model: str
    rounds: int
    targets: int
    failure_rate: float
    mean_cost_ratio: float | None
    median_cost_ratio: float | None
    mean_cost: float


@dataclass(frozen=True)
class RoundsTest:
    """Collecting for targets of measured curves, from a tenth of the images on.

    Attributes
    ----------
    curves : int
        Tried on.
    scores : tuple of RoundsScore
        With at most 1, 3 and 5 rounds.
    notes : tuple of str
        What was left out.
    """

    curves: int
    scores: tuple[RoundsScore, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CurveTest:
    """Every model on a file of measured curves.

    Attributes
    ----------
    file : str
        As given.
    sha256 : str
        Of its bytes.
    curves, points : int
        In the file.
    scores : mapping of str to tuple of CurveScores
        By kind of points: all of them, and those beyond the first tenth of curves that a power law
        can be fitted to.
    notes : tuple of str
        Assumptions made for columns that were not given, and what was left out.
    pilots : tuple of PilotTest
        The same curves with their first points given as pilots; empty if not asked for.
    rounds : RoundsTest or None
        Collecting for targets of these curves in rounds; None if not asked for.
    """

    file: str
    sha256: str
    curves: int
    points: int
    scores: Mapping[str, tuple[CurveScores, ...]]
    notes: tuple[str, ...]
    pilots: tuple[PilotTest, ...] = ()
    rounds: RoundsTest | None = None


@dataclass(frozen=True)
class PilotEvidence:
    """What pilots add, on curves whose data sets were left out of the fit.

    Attributes
    ----------
    tests : mapping of str to tuple of PilotTest
        By group of curves: a data set with more than a quarter of the curves stands apart, for its
        curves are not independent.
    rounds : mapping of str to RoundsTest
        Collecting in rounds, by the same groups.
    """

    tests: Mapping[str, tuple[PilotTest, ...]]
    rounds: Mapping[str, RoundsTest]


@dataclass(frozen=True)
class ValidationReport:
    """What ``planner validate`` prints.

    Attributes
    ----------
    model, model_sha256 : str
        Whose forecasts are judged.
    seed : int
        Of their luck.
    table2 : Table2Test
        The paper's test.
    left_out : StoredScores
        Data sets left out of the fit.
    curves : CurveTest or None
        The user's curves.
    decisions : DecisionTest or None
        Portfolios of curves left out of the fit; None unless asked for.
    """

    model: str
    model_sha256: str
    seed: int
    table2: Table2Test
    left_out: StoredScores
    curves: CurveTest | None = field(default=None)
    decisions: DecisionTest | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner validate --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
