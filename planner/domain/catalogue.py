"""Rows of the reference tables as records: what hardware, labels and electricity cost, and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from planner.domain.model.architecture import Architecture, match_key
from planner.domain.suggest import either, named_alike
from planner.errors import InputError, Problem


def chip_key(accelerator: str) -> str:
    """Return the match key of an accelerator's name without its memory size.

    Examples
    --------
    >>> chip_key("A100 80GB") == chip_key("A100")
    True
    """
    return match_key(re.sub(r"\s*\d+\s*GB$", "", accelerator))


@dataclass(frozen=True)
class Accelerator:
    """One chip that trains networks.

    Attributes
    ----------
    name : str
        As printed.
    peak_fp32_flop_per_s, peak_fp16_flop_per_s : float or None
        Dense peaks as listed in the table; the 16-bit one is that of the tensor units.
    tdp_w : float or None
        Power drawn under full load, in watts, as listed.
    memory_gb : float or None
        As listed.
    gpus_listed : int
        GPUs that the listed figures are for; clouds sell single ones.
    fp16_share_with_fp32_accumulate : float
        Share of the listed 16-bit peak left when sums are kept in FP32, as training does.
    """

    name: str
    vendor: str = ""
    peak_fp32_flop_per_s: float | None = None
    peak_fp16_flop_per_s: float | None = None
    tdp_w: float | None = None
    memory_gb: float | None = None
    gpus_listed: int = 1
    fp16_share_with_fp32_accumulate: float = 1.0
    release_date: str = ""
    source: str = ""
    note: str = ""

    @property
    def training_peak_flop_per_s(self) -> float | None:
        """Dense peak of one GPU for training: 16-bit where there are tensor units, else FP32."""
        if self.peak_fp16_flop_per_s is not None:
            return self.peak_fp16_flop_per_s * self.fp16_share_with_fp32_accumulate
        if self.peak_fp32_flop_per_s is not None:
            return self.peak_fp32_flop_per_s / self.gpus_listed
        return None

    @property
    def training_precision(self) -> str:
        """Precision of :attr:`training_peak_flop_per_s`, in words."""
        return "dense 16-bit" if self.peak_fp16_flop_per_s is not None else "FP32"

    @property
    def power_w(self) -> float | None:
        """Power of one GPU under full load, in watts."""
        return None if self.tdp_w is None else self.tdp_w / self.gpus_listed

    @property
    def chip(self) -> str:
        """Match key without the memory size: two sizes of one chip compute alike."""
        return chip_key(self.name)


@dataclass(frozen=True)
class AcceleratorPrice:
    """What one vendor asked for one accelerator-hour on one day.

    Attributes
    ----------
    price_date : str
        Day as ``YYYY-MM-DD``; empty where the source does not date its rows.
    kind : str
        ``on_demand``, ``on_demand_large_host`` or ``reserved_block``.
    usd_per_hour : float
        Nominal US dollars for one GPU or TPU chip.
    """

    accelerator: str
    provider: str
    price_date: str
    kind: str
    usd_per_hour: float
    region: str = ""
    instance: str = ""
    source: str = ""
    source_date: str = ""
    note: str = ""


@dataclass(frozen=True)
class HourlyPrice:
    """Price of one accelerator-hour over vendors: the latest on-demand price of each.

    Attributes
    ----------
    prices : tuple of AcceleratorPrice
        The one row kept of each vendor, cheapest first.
    """

    accelerator: str
    prices: tuple[AcceleratorPrice, ...]

    @property
    def low(self) -> float:
        """Lowest price over vendors, USD per hour."""
        return self.prices[0].usd_per_hour

    @property
    def median(self) -> float:
        """Median price over vendors, USD per hour; of an even number the mean of the middle two."""
        middle = (len(self.prices) - 1) // 2, len(self.prices) // 2
        return sum(self.prices[index].usd_per_hour for index in middle) / 2

    @property
    def high(self) -> float:
        """Highest price over vendors, USD per hour."""
        return self.prices[-1].usd_per_hour

    @property
    def latest_date(self) -> str:
        """Latest day among the rows kept; empty if none is dated."""
        return max(price.price_date for price in self.prices)

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of the rows kept, without the file they stood in."""
        return tuple(sorted({price.source.partition(";")[0] for price in self.prices}))

    def __str__(self) -> str:
        """Return the median as a reader should see it: with vendors, span and date."""
        vendors = f"{len(self.prices)} vendors" if len(self.prices) > 1 else "1 vendor"
        dated = f"latest {self.latest_date}" if self.latest_date else "undated"
        span = f", {self.low:.2f} to {self.high:.2f}" if len(self.prices) > 1 else ""
        return f"${self.median:.2f}/h (median of {vendors}{span}, {dated})"


@dataclass(frozen=True)
class Throughput:
    """One measured training speed.

    Attributes
    ----------
    architectures : tuple of str
        Names of the catalogue's architectures of that design.
    utilisation : float
        Achieved over peak FLOP/s, 0 to 1, with backward = 2 × forward.
    includes_input_pipeline : bool
        False for synthetic data on one card: an upper bound.
    """

    model: str
    architectures: tuple[str, ...]
    accelerator: str
    n_devices: int
    precision: str
    input_px: int
    images_per_s_per_device: float
    utilisation: float
    includes_input_pipeline: bool
    source: str = ""
    source_date: str = ""


@dataclass(frozen=True)
class LabellingPrice:
    """What one label costs; ``unit`` says per what."""

    label_type: str
    provider: str
    unit: str
    usd_low: float
    usd_high: float
    source: str = ""
    source_date: str = ""
    note: str = ""


@dataclass(frozen=True)
class CarbonRow:
    """Carbon intensity of electricity in one place.

    Attributes
    ----------
    place : str
        ISO 3166 alpha-3 code, or ``provider/region``.
    name : str
        Country, or the region's city.
    gco2e_per_kwh : float
        Grams of CO2 equivalent per kilowatt-hour.
    vintage : str
        Year, or what the source says about the age of the number.
    """

    place: str
    name: str
    gco2e_per_kwh: float
    vintage: str
    pue: float | None = None
    source: str = ""


@dataclass(frozen=True)
class ImageDataset:
    """A public set of labelled images."""

    name: str
    task: str
    domain: str
    n_classes: int
    n_train: int | None = None
    relative_complexity: float | None = None
    source: str = ""


class _Named(Protocol):
    """A record that is found by name."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The reference tables, each a tuple of records in table order.

    Compared by identity, so that prices looked up in it can be kept.
    """

    architectures: tuple[Architecture, ...] = ()
    accelerators: tuple[Accelerator, ...] = ()
    accelerator_prices: tuple[AcceleratorPrice, ...] = ()
    throughput: tuple[Throughput, ...] = ()
    labelling: tuple[LabellingPrice, ...] = ()
    carbon: tuple[CarbonRow, ...] = ()
    datasets: tuple[ImageDataset, ...] = ()

    @cached_property
    def _architectures_by_key(self) -> dict[str, Architecture]:
        return {key: item for item in self.architectures for key in item.keys}

    @cached_property
    def _accelerators_by_key(self) -> dict[str, Accelerator]:
        return {match_key(item.name): item for item in self.accelerators}

    @cached_property
    def _carbon_by_key(self) -> dict[str, CarbonRow]:
        by_name = {match_key(row.name): row for row in self.carbon if "/" not in row.place}
        return by_name | {match_key(row.place): row for row in self.carbon}

    def find_architecture(self, name: str) -> Architecture | None:
        """Return the architecture of that name or alias, or None."""
        return self._architectures_by_key.get(match_key(name))

    def architecture(self, name: str, field: str = "architectures") -> Architecture:
        """Return the architecture of that name or alias.

        Raises
        ------
        InputError
            Not in the catalogue; names those that may be meant.
        """
        found = self.find_architecture(name)
        if found is None:
            ordered = sorted(self.architectures, key=lambda item: -(item.imagenet_top1 or 0.0))
            raise unknown_name("architecture", name, ordered, field)
        return found

    def accelerator(self, name: str, field: str = "compute.accelerator") -> Accelerator:
        """Return the accelerator of that name, or raise :class:`InputError` with suggestions."""
        found = self._accelerators_by_key.get(match_key(name))
        if found is None:
            raise unknown_name("accelerator", name, self._usable_accelerators, field)
        return found

    @property
    def _usable_accelerators(self) -> list[Accelerator]:
        """Those with a peak and a price: others would be refused as soon as they were named."""
        return [
            item
            for item in self.accelerators
            if item.training_peak_flop_per_s is not None and self.hourly_price(item.name)
        ]

    def carbon_row(self, place: str, field: str = "region") -> CarbonRow:
        """Return the carbon intensity of a country (code or name) or of ``provider/region``."""
        found = self._carbon_by_key.get(match_key(place))
        if found is None:
            raise unknown_name("region", place, [row.place for row in self.carbon], field)
        return found

    def hourly_price(self, accelerator: str) -> HourlyPrice | None:
        """Return the price of one accelerator-hour over vendors, or None if no row can be used.

        Of each vendor the lowest on-demand price of its latest date is kept; rows without a date
        come from a list newer than the dated ones. Reserved blocks, single GPUs in oversized
        machines and prices of a whole instance are not prices of the chip and are left out.
        """
        key = match_key(accelerator)
        latest: dict[str, AcceleratorPrice] = {}
        for price in self.accelerator_prices:
            if match_key(price.accelerator) != key or not _is_chip_price(price):
                continue
            kept = latest.get(price.provider)
            if kept is None or _recency(price) > _recency(kept):
                latest[price.provider] = price
        prices = sorted(latest.values(), key=lambda price: (price.usd_per_hour, price.provider))
        return HourlyPrice(accelerator, tuple(prices)) if prices else None


def _is_chip_price(price: AcceleratorPrice) -> bool:
    """Tell whether a row prices one chip on demand."""
    return price.kind == "on_demand" and "whole instance" not in price.note


def _recency(price: AcceleratorPrice) -> tuple[str, float]:
    """Order rows of one vendor: later first, then cheaper; undated rows are the newest list."""
    return price.price_date or "9999", -price.usd_per_hour


def unknown_name(
    noun: str, name: str, known: Sequence[str] | Sequence[_Named], field: str
) -> InputError:
    """Return the error for an unknown name, with those that may be meant.

    All that begin with what was written come first: a family named without its variant.
    """
    names = [item if isinstance(item, str) else item.name for item in known]
    first, others = named_alike(name, names)
    if first:
        meant = ", ".join((*first, *others))
        message = f"{noun} {name[:80]!r} is not in the catalogue; did you mean {meant}?"
        fix = either(first)
    else:
        table = {"architecture": "architectures", "accelerator": "accelerators"}.get(noun, "carbon")
        message = f"{noun} {name[:80]!r} is not in the catalogue; see `planner catalogue {table}`."
        fix = ""
    return InputError([Problem(field=field, message=message, fix=fix, code="UNKNOWN_NAME")])
