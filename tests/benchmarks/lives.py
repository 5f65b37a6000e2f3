"""What a whole life costs the planner, as multiples of the same projects without, in the same run.

``python -m tests.benchmarks.lives`` prints CPU seconds from file to plan, the runs to make first
left out: thirty projects with and without every section of a life, and a thousand with and without
running and upkeep. Nothing here runs with the tests.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import planner
from planner.domain.model.posterior import Posterior
from tests.benchmarks.everyday import cpu_seconds
from tests.portfolio_files import portfolio_text, write_portfolio

RUNNING = """\
     use: {images_per_year: 2M},
     inference: {price_per_1000: 0.05},
     upkeep: {lines: [{id: monitoring, yearly: 3k}, {id: security, yearly: 1k}]},
"""
WHOLE = """\
     build: {people: [{role: engineer, weeks: 4, per_week: 2k}],
             lines: [{id: cameras, once: 2k..5k}], weeks: 8, label_per_week: 5k},
     use: {images_per_year: 2M, ramp_years: 0.5, growth: 5%, deploy: if_pays},
     inference: {accelerator: T4, images_per_s: 400, always_on: 1},
     errors: {cost_per_error: 0.02},
     today: {price_per_1000: 1},
     review: {share: 5%, finds: 80%, price_per_1000: 40, error: 2%},
     shift: {accuracy_drop: 1%..3%},
     benefits: [{id: fewer-returns, yearly: 3k, if: target}],
     compress: [{id: int8, training: 15%, inference: 45%, error_points: 0.1..1.0}],
     upkeep: {half_life: 2, refresh: [none, yearly],
              lines: [{id: monitoring, yearly: 3k}, {id: security, yearly: 1k}]},
     end: {once: 2k},
     alternatives: [{id: vendor, kind: buy, accuracy: 85%..95%, price_per_1000: 1.50}],
"""
LONG_ENOUGH_S = 1e4
"""A limit that is never reached leaves the runs out."""


def with_life(text: str, life: str) -> str:
    """Return a file whose projects all have a life, over three years."""
    whole = text.replace("\n     images:", f"\n{life}     images:")
    assert whole != text
    return whole.replace("portfolio:\n", "portfolio:\n  horizon_years: 3\n  discount_rate: 5%\n", 1)


def of_one_architecture(text: str) -> str:
    """Return a file whose projects train one architecture."""
    return text.replace("{id: ", "{architectures: [ResNet-50], id: ")


def planned(text: str, model: Posterior) -> float:
    """Return the CPU seconds from a file to its plan."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_portfolio(Path(folder), text)
        return cpu_seconds(
            lambda: planner.plan(planner.read_portfolio(path), model, time_limit_s=LONG_ENOUGH_S)
        )


def compared(texts: list[str], life: str, model: Posterior) -> str:
    """Return the medians with and without a life, and their ratio."""
    planned(texts[0], model)  # imports and tables
    plain = statistics.median(planned(text, model) for text in texts)
    filled = statistics.median(planned(with_life(text, life), model) for text in texts)
    return f"{filled:.2f} s to {plain:.2f} s, {filled / plain:.2f} x"


def main() -> None:
    """Print the two comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    model = planner.load_model()
    thirty = [portfolio_text(seed, 30) for seed in seeds]
    print("30 projects, every section: ", compared(thirty, WHOLE, model))  # noqa: T201
    few = [of_one_architecture(text) for text in thirty]
    print("30 projects of one architecture: ", compared(few, WHOLE, model))  # noqa: T201
    many = [of_one_architecture(portfolio_text(seed, 1_000)) for seed in seeds]
    print("1,000 projects of one, running and upkeep: ", compared(many, RUNNING, model))  # noqa: T201


if __name__ == "__main__":
    main()
