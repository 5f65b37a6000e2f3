"""Portfolio files of any size with the default list of architectures, as people write them."""

from pathlib import Path

import numpy as np

CVAR = "{measure: cvar, level: 0.9, weight: 0.5}"
HARD = "{measure: cvar, level: 0.95, weight: 0.9}"
RULES = (
    "{{require: {0}, needs: {1}}}",
    "{{exclusive: [{2}, {3}]}}",
    "{{fund: [{4}]}}",
    "{{at_most: 3, of: [{5}, {6}, {7}, {8}]}}",
    "{{at_least: 2, of: [{8}, {9}, {10}, {11}]}}",
    "{{skip: [{12}]}}",
)


def portfolio_text(
    seed: int, n_projects: int, *, risk: str = "", rules: bool = False, share: float = 0.3
) -> str:
    """Return a file whose budget is a share of what everything would cost at a fair size.

    Parameters
    ----------
    seed : int
        Of all numbers.
    n_projects : int
        At least 13 with rules.
    risk : str
        Measure in the words of the file; the expectation without.
    rules : bool, default=False
        Adds six rules.
    share : float, default=0.3
        Of that cost.
    """
    rng = np.random.default_rng(seed)
    total, projects = 0.0, []
    for number in range(n_projects):
        held = int(10 ** rng.uniform(2.5, 4.5))
        limit, price = int(held * 10 ** rng.uniform(0.7, 1.8)), round(10 ** rng.uniform(-1.5, 0), 2)
        fixed, value = int(rng.choice([0, 1000, 3000])), int(10 ** rng.uniform(4.3, 5.4))
        total += min(limit * price, 0.6 * value) + fixed
        projects.append(
            f"  - {{id: p{number:02d}, classes: {int(rng.choice([2, 3, 5, 8, 20]))}, "
            f"target_accuracy: {rng.uniform(82, 96):.1f}%, value: {value},\n"
            f"     images: {{held: {held}, limit: {limit}, price: {price}, "
            f"fixed_cost: {fixed}}}}}\n"
        )
    ids = [f"p{number:02d}" for number in rng.permutation(n_projects).tolist()]
    head = f"version: 1\nportfolio:\n  budget: {int(share * total)}\n"
    head += f"  risk: {risk}\n" if risk else ""
    tail = "rules:\n" + "".join(f"  - {rule.format(*ids)}\n" for rule in RULES) if rules else ""
    return f"{head}projects:\n{''.join(projects)}{tail}"


def life_size_text(seed: int, n_projects: int, *, risk: str = "") -> str:
    """Return a file with all that a real one has, as :func:`portfolio_text` with rules has it.

    A pool of images and an optional base model that half of the projects may use each, three
    business units of which one may not take more than half and another takes at least a tenth, and
    two periods that share the budget.
    """
    rng = np.random.default_rng([seed, 1])
    plain = portfolio_text(seed, n_projects, risk=risk, rules=True)
    budget = int(plain.partition("budget: ")[2].partition("\n")[0])
    first = int(0.6 * budget)
    unit = iter(rng.choice(["north", "south", "west"], n_projects).tolist())
    lines = [
        line.replace("{id:", f"{{unit: {next(unit)}, id:")
        if line.startswith("  - {id: p")
        else line
        for line in plain.splitlines()
    ]
    text = "\n".join(lines).replace(
        f"  budget: {budget}\n",
        f"  budget: {budget}\n  horizon_years: 2\n  periods: [{{id: first, budget: {first}}}, "
        f"{{id: second, budget: {budget - first}}}]\n",
    )
    names = [f"p{number:02d}" for number in range(n_projects)]
    pool, base = (
        ", ".join(sorted(rng.choice(names, n_projects // 2, replace=False).tolist()))
        for _ in range(2)
    )
    return (
        f"{text}\n  - {{unit: north, max_share: 50%}}\n  - {{unit: south, min_share: 10%}}\n"
        f"shared:\n  - {{id: pool, kind: dataset, members: [{pool}], required: true,\n"
        f"     fixed_cost: 5000, images: {{held: 1000, limit: 60000, price: 0.2}}}}\n"
        f"  - {{id: base, kind: base_model, members: [{base}], required: false,\n"
        f"     fixed_cost: 25000, gives: {{pretrained: true, training_discount: 40%}}}}\n"
    )


def write_portfolio(folder: Path, text: str) -> Path:
    """Write a file and return where."""
    path = folder / "portfolio.yaml"
    path.write_text(text, encoding="utf-8")
    return path
