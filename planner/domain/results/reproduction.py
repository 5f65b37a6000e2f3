"""The published study recomputed: what `planner reproduce` shows beside the paper's own numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class TermEstimate:
    """One row of Table 1.

    Attributes
    ----------
    coefficient, std_err, t, p : float
        Estimate, standard error, t statistic and two-sided p value.
    ci_low, ci_high : float
        95 % interval.
    """

    coefficient: float
    std_err: float
    t: float
    p: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class RegressionTable:
    """Table 1: a fitted regression of log10 error.

    Attributes
    ----------
    terms : mapping of str to TermEstimate
        In the paper's order.
    r_squared : float
        Share of the variance of log10 error explained in sample.
    n_obs, df_resid : int
        Rows, and rows minus terms.
    """

    terms: Mapping[str, TermEstimate]
    r_squared: float
    n_obs: int
    df_resid: int


@dataclass(frozen=True)
class TestCase:
    """One row of Table 2: a client's project the regression had not seen.

    Attributes
    ----------
    case : str
        Client, as printed.
    images : int
        Training images.
    relative_complexity : float
        As printed.
    observed_error, printed_error, predicted_error : float
        Measured; predicted as the paper prints it; predicted by Eq. 1 with the printed
        coefficients.
    """

    __test__ = False  # pytest would take the name for a class of tests

    case: str
    images: int
    relative_complexity: float
    observed_error: float
    printed_error: float
    predicted_error: float

    @property
    def misses_print(self) -> bool:
        """Whether Eq. 1, in whole per cents, differs from what the paper prints."""
        return round(100 * self.predicted_error) != round(100 * self.printed_error)


@dataclass(frozen=True)
class Figure2Row:
    """One recommendation of Figure 2.

    Attributes
    ----------
    architecture : str
        As printed.
    size : int
        Parameters of the best-supported reading.
    training_cost, total_cost : float
        In US dollars, to the cent: Eq. 4 with ``size``, and Eq. 3.
    """

    architecture: str
    size: int
    training_cost: float
    total_cost: float


@dataclass(frozen=True)
class PrintedFigure2Row:
    """What the paper prints for one architecture.

    Attributes
    ----------
    architecture : str
        As printed.
    training_cost, data_cost, total_cost : float
        In US dollars.
    accuracy : float
        "Max achievable accuracy", as a share.
    images_to_buy : int
        "Data needed": additional images.
    """

    architecture: str
    training_cost: float
    data_cost: float
    total_cost: float
    accuracy: float
    images_to_buy: int


@dataclass(frozen=True)
class SizeReading:
    """A number of parameters tried for one architecture, and the training cost that Eq. 4 gives.

    Attributes
    ----------
    name : str
        Architecture or release.
    size : int
        Parameters.
    usd_per_flop : float
        Price used.
    training_cost : float
        In US dollars, to the cent.
    ratio_to_printed : float
        That cost over the paper's; 1 is agreement.
    """

    name: str
    size: int
    usd_per_flop: float
    training_cost: float
    ratio_to_printed: float


@dataclass(frozen=True)
class Figure2:
    """Figure 2 decoded.

    Attributes
    ----------
    relative_complexity : float
        Of the class counts 50,000 and 1,000.
    data_needed_eq2 : int
        Total images that Eq. 2 asks for with the printed coefficients, rounded up.
    accuracy_at_limit : float
        Eq. 1 at the limit, as a share.
    data_cost : float
        Eq. 5 in US dollars.
    rows : tuple of Figure2Row
        In the paper's order.
    images_held, images_limit, images_to_buy, epochs : int
        Inputs and their difference.
    price_per_image, usd_per_flop, target_accuracy : float
        Inputs; the price per FLOP is that of the best-supported reading.
    accuracy_at_held, majority_guess_accuracy : float
        Eq. 1 at the images held; always answering the frequent class.
    printed : tuple of PrintedFigure2Row
        The paper's numbers.
    at_printed_price : tuple of SizeReading
        The same sizes at exactly $3e-11 per FLOP.
    implied_sizes_at_printed_price : mapping of str to float
        Parameters that would give the printed costs at exactly $3e-11.
    yolov5_released : tuple of SizeReading
        Every released YOLOv5 size at the price of the reading.
    """

    relative_complexity: float
    data_needed_eq2: int
    accuracy_at_limit: float
    data_cost: float
    rows: tuple[Figure2Row, ...]
    images_held: int
    images_limit: int
    images_to_buy: int
    epochs: int
    price_per_image: float
    usd_per_flop: float
    target_accuracy: float
    accuracy_at_held: float
    majority_guess_accuracy: float
    printed: tuple[PrintedFigure2Row, ...]
    at_printed_price: tuple[SizeReading, ...]
    implied_sizes_at_printed_price: Mapping[str, float]
    yolov5_released: tuple[SizeReading, ...]


@dataclass(frozen=True)
class Deviation:
    """One place where the paper and the recomputation differ, and why.

    Attributes
    ----------
    where : str
        Table or figure.
    printed, computed : str
        Both numbers, as text with units.
    why : str
        One or two sentences.
    """

    where: str
    printed: str
    computed: str
    why: str


@dataclass(frozen=True)
class FitChecks:
    """How far the fit can be trusted beyond its R².

    Attributes
    ----------
    residual_sd : float
        In log10 error, on the reconstructed rows.
    leave_one_out_rmse : float
        In log10 error: each row predicted from the others.
    table2_log10_rmse : float
        In log10 error: Table 2's six cases, which were not fitted.
    chance_slope_not_negative : mapping of str to float
        P(slope >= 0) under the reference prior, with and without pretraining.
    """

    residual_sd: float
    leave_one_out_rmse: float
    table2_log10_rmse: float
    chance_slope_not_negative: Mapping[str, float]


@dataclass(frozen=True)
class Reproduction:
    """The published study recomputed.

    Attributes
    ----------
    table1 : RegressionTable
        From the fit on the labelled reconstruction.
    printed_table1 : RegressionTable
        As printed.
    table2 : tuple of TestCase
        In the paper's order; predictions from the printed coefficients.
    figure2 : Figure2
        From the printed coefficients.
    round_trip_max_error : float
        Largest relative difference between n and Eq. 2 of Eq. 1 of n.
    checks : FitChecks
        Beside R².
    deviations : tuple of Deviation
        Every difference from the paper, explained.
    notice : str
        What the rows behind Table 1 are.
    """

    table1: RegressionTable
    printed_table1: RegressionTable
    table2: tuple[TestCase, ...]
    figure2: Figure2
    round_trip_max_error: float
    checks: FitChecks
    deviations: tuple[Deviation, ...]
    notice: str

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner reproduce --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
