"""Reference tables: lookups, prices per hour and the rows to print."""

import time
from pathlib import Path

import pytest

from planner.domain.catalogue import Catalogue
from planner.errors import InputError, ResourceError
from planner.reference import tables
from planner.reference.tables import TABLES, catalogue_table, load_catalogue

PRINTED_PRICES = {
    "K80": (0.90, 0.91, 0.92),
    "P100": (1.46, 1.77, 2.07),
    "V100": (0.19, 1.00, 3.06),
    "T4": (0.35, 0.53, 0.53),
    "A100 40GB": (1.10, 2.99, 4.10),
    "A100 80GB": (1.39, 2.90, 5.12),
    "L4": (0.43, 0.50, 0.56),
    "H100 PCIe": (1.98, 2.45, 4.29),
    "H100 SXM": (2.45, 4.40, 12.29),
    "H200": (9.31, 9.96, 10.60),
    "B200": (6.99, 7.52, 8.06),
    "TPU v3": (2.00, 2.00, 2.00),
    "TPU v4": (3.22, 3.22, 3.22),
    "TPU v5e": (1.20, 1.20, 1.20),
}
"""Min, median, max of the latest on-demand price by vendor, collected independently."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize(("name", "expected"), PRINTED_PRICES.items(), ids=str)
def test_hourly_prices_are_min_median_max_of_the_latest_by_vendor(
    catalogue: Catalogue, name: str, expected: tuple[float, float, float]
) -> None:
    """The price rule gives the published span for every accelerator, to the printed cent."""
    price = catalogue.hourly_price(name)
    assert price is not None
    assert (price.low, price.median, price.high) == pytest.approx(expected, abs=0.00501)


def test_a_price_says_how_many_vendors_and_of_when(catalogue: Catalogue) -> None:
    """A printed price carries vendors, span and date, and says so where it has none."""
    assert str(catalogue.hourly_price("a100_40gb")) == (
        "$2.99/h (median of 8 vendors, 1.10 to 4.10, latest 2025-03-17)"
    )
    assert str(catalogue.hourly_price("GH200")) == "$2.29/h (median of 1 vendor, undated)"
    assert catalogue.hourly_price("A30") is None


def test_each_vendor_counts_once_with_its_latest_row(catalogue: Catalogue) -> None:
    """Of a vendor's many dates only the last one enters the median."""
    price = catalogue.hourly_price("A100 40GB")
    assert price is not None
    by_vendor = {row.provider: row for row in price.prices}
    assert len(by_vendor) == len(price.prices)
    assert by_vendor["Lambda"].usd_per_hour == 1.29
    assert by_vendor["Microsoft Azure"].price_date == "2024-01-29"
    assert {row.kind for row in price.prices} == {"on_demand"}


def test_figures_of_boards_and_doubtful_peaks_are_per_gpu_with_fp32_sums(
    catalogue: Catalogue,
) -> None:
    """The K80 board counts as two GPUs, and the RTX 4090's peak is that with FP32 accumulation."""
    k80 = catalogue.accelerator("K80")
    assert k80.training_peak_flop_per_s == pytest.approx(4.063e12)
    assert (k80.power_w, k80.training_precision) == (150, "FP32")
    assert catalogue.accelerator("RTX 4090").training_peak_flop_per_s == pytest.approx(1.65e14)
    assert catalogue.accelerator("V100").training_peak_flop_per_s == pytest.approx(1.25e14)
    nvl = catalogue.accelerator("H100 NVL")
    assert nvl.training_peak_flop_per_s is None
    assert catalogue.accelerator("TPU v5p").power_w is None


@pytest.mark.parametrize(
    "spelling", ["efficientnet b0", "EFFICIENTNET_B0", "Efficient-Net-B0", " EfficientNetB0 "]
)
def test_names_are_matched_ignoring_case_spaces_hyphens_and_underscores(
    catalogue: Catalogue, spelling: str
) -> None:
    """However it is spelt, a name finds its architecture."""
    assert catalogue.architecture(spelling).parameters == 5_288_548


def test_aliases_find_their_architecture(catalogue: Catalogue) -> None:
    """Every alias of the table is accepted, and no spelling stands for two architectures."""
    assert catalogue.architecture("mask r-cnn r50 fpn").name == "Mask R-CNN"
    keys = [key for item in catalogue.architectures for key in item.keys]
    assert len({*keys}) == len(
        {(key, item.name) for item in catalogue.architectures for key in item.keys}
    )


def test_an_unknown_name_suggests_up_to_three(catalogue: Catalogue) -> None:
    """A misspelt name is bad input that says which ones were likely meant."""
    with pytest.raises(InputError, match="did you mean") as caught:
        catalogue.architecture("EficientNet-B0", "projects[a].architectures[0]")
    (problem,) = caught.value.problems
    assert problem.fix == "EfficientNet-B0"
    assert problem.field == "projects[a].architectures[0]"
    assert 1 <= len(problem.message.partition("mean ")[2].split(", ")) <= 3
    with pytest.raises(InputError, match="planner catalogue architectures"):
        catalogue.architecture("§" * 1_000_000)
    with pytest.raises(InputError, match="A100 40GB"):
        catalogue.accelerator("A100 40G")
    with pytest.raises(InputError, match="planner catalogue carbon"):
        catalogue.carbon_row("Atlantis, under the sea")


def test_all_designs_of_the_paper_are_in_the_catalogue(catalogue: Catalogue) -> None:
    """The published list of architectures is complete, each with parameters, size and source."""
    named = {item.name for item in catalogue.architectures if item.in_paper_list}
    assert named >= {
        *("AlexNet", "EfficientNet-B0", "EfficientNet-B7", "Inception-ResNet-v2", "Inception-v3"),
        *("Inception-v4", "Mask R-CNN", "ResNet-32", "ResNet-34", "ResNet-101", "VGG-16"),
        *("VGG-19", "YOLOv3", "YOLOv5n", "YOLOv5s", "YOLOv5m", "YOLOv5l", "YOLOv5x"),
    }
    for item in catalogue.architectures:
        if item.in_paper_list:
            assert item.parameters
            assert item.forward_gmacs
            assert item.input_px
            assert item.source


def test_throughput_rows_know_their_architectures(catalogue: Catalogue) -> None:
    """Each measured model is one or more of the catalogue's designs."""
    assert all(run.architectures for run in catalogue.throughput)
    names = {item.name for item in catalogue.architectures}
    assert {name for run in catalogue.throughput for name in run.architectures} <= names


def test_the_catalogue_is_read_once_and_fast() -> None:
    """Reading takes some milliseconds, and the second call nothing."""
    tables._load.cache_clear()
    start = time.perf_counter()
    first = load_catalogue()
    assert time.perf_counter() - start < 0.15  # 10 ms alone; the machine may be busy
    assert load_catalogue() is first


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table_prints(kind: str) -> None:
    """Each table has columns, rows, and a cell for each column."""
    columns, rows = catalogue_table(kind)
    assert rows
    assert {len(row) for row in rows} == {len(columns)}


def test_filters_compare_match_and_search() -> None:
    """A filter is a column's text, a compared number or a word anywhere; several narrow."""
    columns, rows = catalogue_table("architectures", ["params<30e6", "task=SEGMENTATION"])
    at = columns.index
    assert {row[at("name")] for row in rows} >= {"DeepLabv3-MobileNetV3-L", "SegFormer-B2"}
    assert all(float(row[at("params")]) < 30e6 for row in rows)
    assert all("segmentation" in row[at("task")] for row in rows)
    _, found = catalogue_table("architectures", "mask r-cnn")
    assert {row[0] for row in found} == {"Mask R-CNN", "Mask R-CNN R50-FPN v2"}
    assert len(catalogue_table("accelerators", ["memory_gb>=80"])[1]) == len(
        [row for row in catalogue_table("accelerators")[1] if row[6] and float(row[6]) >= 80]
    )
    assert catalogue_table("carbon", ["country=norway"])[1][0][0] == "NOR"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("architectures", "parameters<3", "unknown column 'parameters'; columns are name, aliases"),
        ("architectures", "params<many", '"many" is not a number'),
        ("planets", "", "expected one of architectures, accelerators"),
    ],
)
def test_a_bad_filter_is_bad_input(kind: str, text: str, message: str) -> None:
    """A filter on nothing known names what is known."""
    with pytest.raises(InputError, match=message):
        catalogue_table(kind, [text] if text else [])


def test_a_missing_or_damaged_table_is_a_resource_error(tmp_path: Path) -> None:
    """A broken installation says which table, not a traceback."""
    with pytest.raises(ResourceError, match=r"architectures\.csv cannot be read"):
        tables._load(tmp_path)
    (tmp_path / "architectures.csv").write_text("name,family\nx,y\n", encoding="utf-8")
    with pytest.raises(ResourceError, match=r"architectures\.csv is damaged"):
        tables._load(tmp_path)


def test_carbon_is_found_by_code_name_and_cloud_region(catalogue: Catalogue) -> None:
    """Countries are found by code and name, clouds by provider/region."""
    assert catalogue.carbon_row("nor").gco2e_per_kwh == pytest.approx(30, abs=1)
    assert catalogue.carbon_row("Germany").gco2e_per_kwh == pytest.approx(381, abs=1)
    assert catalogue.carbon_row("gcp/europe-west4").place == "gcp/europe-west4"


def test_datasets_and_labels_are_records(catalogue: Catalogue) -> None:
    """Labelling prices and data sets carry units, sizes and complexity."""
    coco = next(item for item in catalogue.datasets if item.name == "coco-2017")
    assert (coco.n_train, coco.n_classes) == (118_287, 80)
    paper = [row for row in catalogue.labelling if row.label_type == "datapoint_all_in"]
    assert [(row.usd_low, row.unit) for row in paper] == [(0.627, "datapoint")]
