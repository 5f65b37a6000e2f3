"""What do the reference tables say, as records and as rows to print?

The tables lie in ``data/`` as CSV; origin, units and caveats of each are in ``data/README.md``.
"""

import csv
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from planner._resources import resource_root
from planner.domain.catalogue import (
    Accelerator,
    AcceleratorPrice,
    CarbonRow,
    Catalogue,
    ImageDataset,
    LabellingPrice,
    Throughput,
)
from planner.domain.model.architecture import Architecture, match_key
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import QuantityError, parse_number
from planner.domain.suggest import did_you_mean
from planner.domain.words.glossary import GLOSSARY
from planner.errors import InputError, Problem, ResourceError, bad_value
from planner.reference.candidates import candidate_warnings, candidates
from planner.reference.own_architectures import with_own
from planner.reference.published_rows import published_rows

__all__ = [
    "TABLES",
    "candidate_warnings",
    "candidates",
    "catalogue_of",
    "catalogue_table",
    "list_tables",
    "load_catalogue",
]

type Row = Mapping[str, str]

TABLES: Mapping[str, tuple[str, ...]] = {
    "architectures": ("architectures",),
    "accelerators": ("accelerators",),
    "prices": ("accelerator_prices",),
    "carbon": ("carbon_intensity_country", "carbon_intensity_cloud_region"),
    "labelling": ("labelling_prices",),
    "datasets": ("image_datasets",),
    "published": ("published_reconstruction", "published_test_cases"),
    "glossary": (),
}
"""Files behind each kind of table that ``planner catalogue`` prints; words are no file."""

_GPUS_LISTED = {"K80": 2}
"""The K80 row is for the board of two GPUs; clouds price one (see its note)."""

_FP32_ACCUMULATE_SHARE = {"RTX 4090": 0.5}
"""The RTX 4090's listed peak keeps sums in 16 bit; training keeps them in 32, at half the rate."""

_TIMM_DESIGNS = {
    "convnext_base": "ConvNeXt-B",
    "convnext_small": "ConvNeXt-S",
    "convnext_tiny": "ConvNeXt-T",
    "deit_base_patch16_224": "DeiT-B",
    "deit_small_patch16_224": "DeiT-S",
    "efficientnetv2_rw_s": "EfficientNetV2-S",
    "mobilenetv3_large_100": "MobileNetV3-L",
    "mobilenetv3_small_100": "MobileNetV3-S",
    "regnety_080": "RegNetY-8GF",
    "resnet50 v1.5": "ResNet-50",
    "swin_base_patch4_window7_224": "Swin-B",
    "swin_tiny_patch4_window7_224": "Swin-T",
    "tf_efficientnet_b0": "EfficientNet-B0",
    "tf_efficientnet_b7": "EfficientNet-B7",
    "tf_efficientnetv2_s": "EfficientNetV2-S",
    "vit_base_patch16_224": "ViT-B/16",
    "vit_large_patch16_224": "ViT-L/16",
    "vit_small_patch16_224": "ViT-S/16",
}
"""Designs whose name in the throughput table is spelt otherwise than in the catalogue."""


def load_catalogue() -> Catalogue:
    """Return the reference tables as records; read once per folder.

    Raises
    ------
    ResourceError
        A table is missing or cannot be read as the table it should be.
    """
    return _load(resource_root("data"))


def catalogue_of(portfolio: Portfolio) -> Catalogue:
    """Return the reference tables with the architectures that a portfolio states beside theirs.

    Raises
    ------
    InputError
        The tables have one of them already.
    """
    return with_own(load_catalogue(), portfolio.architectures)


@cache
def _load(folder: Path) -> Catalogue:
    """Read every table behind the catalogue's records."""
    architectures = _records(folder, "architectures", _architecture)
    designs = _names_by_design(architectures)
    return Catalogue(
        architectures=architectures,
        accelerators=_records(folder, "accelerators", _accelerator),
        accelerator_prices=_records(folder, "accelerator_prices", _accelerator_price),
        throughput=_records(folder, "training_throughput", lambda row: _throughput(row, designs)),
        labelling=_records(folder, "labelling_prices", _labelling_price),
        carbon=(
            *_records(folder, "carbon_intensity_country", _country),
            *(
                _cloud_region(row)
                for row in _read(folder, "carbon_intensity_cloud_region")
                if row["preferred"] == "1"
            ),
        ),
        datasets=_records(folder, "image_datasets", _dataset),
    )


def catalogue_table(
    kind: str, filters: Iterable[str] = ()
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the columns and rows of one table, as text, narrowed by every filter.

    Parameters
    ----------
    kind : str
        A key of :data:`TABLES`.
    filters : iterable of str
        ``column=text`` keeps rows whose column contains the text, ``column<30e6`` (or ``<=``,
        ``>``, ``>=``) compares numbers, and a bare word is looked for in every column. Case does
        not count.

    Returns
    -------
    columns : tuple of str
        In file order.
    rows : tuple of tuple of str
        One cell per column; an empty cell is unknown or not applicable.

    Raises
    ------
    InputError
        No such table or column, or a comparison with something that is not a number.
    """
    if kind not in TABLES:
        raise bad_value("catalogue", f"got {kind!r}; expected one of {', '.join(TABLES)}.")
    folder = resource_root("data")
    rows: list[Row] = [row for name in TABLES[kind] for row in _read(folder, name)]
    if kind == "glossary":
        rows = [{"term": term, "meaning": meaning} for term, meaning in GLOSSARY.items()]
    if kind == "published":
        rows = published_rows()
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    for text in [filters] if isinstance(filters, str) else filters:
        keep = _row_filter(text, columns)
        rows = [row for row in rows if keep(row)]
    return columns, tuple(tuple(row.get(column, "") for column in columns) for row in rows)


def list_tables() -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the tables there are: name, number of rows and columns of each, as text."""
    tables = {name: catalogue_table(name) for name in TABLES}
    listed = (
        (name, str(len(rows)), ", ".join(columns)) for name, (columns, rows) in tables.items()
    )
    return ("table", "rows", "columns"), tuple(listed)


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _row_filter(text: str, columns: tuple[str, ...]) -> Callable[[Row], bool]:
    """Return the test that one filter stands for."""
    match = re.match(r"\s*(\w+)\s*(<=|>=|<|>|=)\s*(.*?)\s*$", text)
    if match is None:
        word = text.strip().casefold()
        return lambda row: any(word in cell.casefold() for cell in row.values())
    column, sign, wanted = match.groups()
    if column not in columns:
        near = did_you_mean(column, columns)
        message = f"unknown column {column!r}; columns are {', '.join(columns)}."
        raise _bad_filter(message, near)
    if sign == "=":
        return lambda row: wanted.casefold() in row.get(column, "").casefold()
    try:
        limit = parse_number(wanted, currency=None)
    except QuantityError as error:
        raise _bad_filter(f"{text.strip()!r}: {error}.", error.fix) from None
    return _number_filter(column, _COMPARISONS[sign], limit)


def _bad_filter(message: str, fix: str) -> InputError:
    return InputError([Problem("filter", message, fix, "--filter")])


def _number_filter(
    column: str, compare: Callable[[float, float], bool], limit: float
) -> Callable[[Row], bool]:
    """Return a test that an empty or wordy cell never passes."""

    def keep(row: Row) -> bool:
        number = _number_or_none(row.get(column, ""))
        return number is not None and compare(number, limit)

    return keep


def _number_or_none(text: str) -> float | None:
    """Return the number of a cell, None if it holds words or nothing."""
    try:
        return float(text)
    except ValueError:
        return None


def _read(folder: Path, name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one CSV file, each a mapping from column to text."""
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return tuple(csv.DictReader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"The table {path} cannot be read: {error}. Reinstall vision-planner."
        raise ResourceError(message, str(path)) from error


def _records[T](folder: Path, name: str, build: Callable[[dict[str, str]], T]) -> tuple[T, ...]:
    """Return one record per row of a table."""
    try:
        return tuple(build(row) for row in _read(folder, name))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        message = f"The table {folder / name}.csv is damaged: {error!r}. Reinstall vision-planner."
        raise ResourceError(message, str(folder / f"{name}.csv")) from error


def _float(text: str) -> float | None:
    return float(text) if text else None


def _int(text: str) -> int | None:
    return int(text) if text else None


def _architecture(row: Row) -> Architecture:
    return Architecture(
        name=row["name"],
        aliases=tuple(alias for alias in row["aliases"].split("; ") if alias),
        family=row["family"],
        task=row["task"],
        in_paper_list=row["in_paper_list"] == "1",
        parameters=_int(row["params"]),
        forward_gmacs=_float(row["forward_gmacs"]),
        input_px=_int(row["input_px"]),
        imagenet_top1=_float(row["imagenet_top1"]),
        licence=row["licence"],
        source=row["source"],
        pretraining=row["pretraining"],
        weights_recipe=row["weights_recipe"],
        pretraining_images=_float(row["pretraining_images"]),
        self_supervised=row["self_supervised"] == "1",
    )


def _accelerator(row: Row) -> Accelerator:
    name = row["accelerator"]
    return Accelerator(
        name=name,
        vendor=row["vendor"],
        peak_fp32_flop_per_s=_float(row["peak_fp32_flop_per_s"]),
        peak_fp16_flop_per_s=_float(row["peak_fp16_tensor_flop_per_s"]),
        tdp_w=_float(row["tdp_w"]),
        memory_gb=_float(row["memory_gb"]),
        gpus_listed=_GPUS_LISTED.get(name, 1),
        fp16_share_with_fp32_accumulate=_FP32_ACCUMULATE_SHARE.get(name, 1.0),
        release_date=row["release_date"],
        source=row["source"],
        note=row["note"],
    )


def _accelerator_price(row: Row) -> AcceleratorPrice:
    return AcceleratorPrice(
        accelerator=row["accelerator"],
        provider=row["provider"],
        price_date=row["price_date"],
        kind=row["price_kind"],
        usd_per_hour=float(row["usd_per_accelerator_hour"]),
        region=row["region"],
        instance=row["instance"],
        source=row["source"],
        source_date=row["source_date"],
        note=row["note"],
    )


def _names_by_design(architectures: Iterable[Architecture]) -> dict[str, tuple[str, ...]]:
    """Group catalogue names by design: recipes of one network, and CLIP's ViT, compute alike."""
    designs: dict[str, tuple[str, ...]] = {}
    for item in architectures:
        design = re.sub(r"^CLIP |\s*\((recipe|scratch|in\d+k|ft).*\)$", "", item.name)
        design = re.sub(r"^CLIP ", "", design)
        designs[match_key(design)] = (*designs.get(match_key(design), ()), item.name)
    return designs


def _throughput(row: Row, designs: Mapping[str, tuple[str, ...]]) -> Throughput:
    model = row["model"]
    return Throughput(
        model=model,
        architectures=designs.get(match_key(_TIMM_DESIGNS.get(model, model)), ()),
        accelerator=row["accelerator"],
        n_devices=int(row["n_devices"]),
        precision=row["precision"],
        input_px=int(row["input_px"]),
        images_per_s_per_device=float(row["images_per_s_per_device"]),
        # the printed utilisation has three decimals: too few for input-bound networks
        utilisation=float(row["achieved_tflop_per_s_per_device"]) / float(row["peak_tflop_per_s"]),
        includes_input_pipeline=row["includes_input_pipeline"] == "1",
        source=row["source"],
        source_date=row["source_date"],
    )


def _labelling_price(row: Row) -> LabellingPrice:
    return LabellingPrice(
        label_type=row["label_type"],
        provider=row["provider"],
        unit=row["unit"],
        usd_low=float(row["usd_low"]),
        usd_high=float(row["usd_high"]),
        source=row["source"],
        source_date=row["source_date"],
        note=row["note"],
    )


def _country(row: Row) -> CarbonRow:
    return CarbonRow(
        place=row["iso3"],
        name=row["country"],
        gco2e_per_kwh=float(row["gco2e_per_kwh"]),
        vintage=row["year"],
        source=row["source"],
    )


def _cloud_region(row: Row) -> CarbonRow:
    return CarbonRow(
        place=f"{row['provider']}/{row['region']}",
        name=row["city"] or row["country"],
        gco2e_per_kwh=float(row["gco2e_per_kwh"]),
        vintage=row["intensity_vintage"],
        pue=_float(row["pue"]),
        source=row["source"],
    )


def _dataset(row: Row) -> ImageDataset:
    return ImageDataset(
        name=row["dataset"],
        task=row["task"],
        domain=row["domain"],
        n_classes=int(row["n_classes"]),
        n_train=_int(row["n_train"]),
        relative_complexity=_float(row["relative_complexity"]),
        source=row["source"],
    )
