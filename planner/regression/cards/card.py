"""The words of a fitted model's card: what it is, what it rests on, how far to trust it."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.domain.format import count
from planner.domain.model.specification import Group, ModelSpec, Prior, Term
from planner.regression.cards.data import MISSING, render_data_card
from planner.regression.cards.equations import TITLES, equations
from planner.regression.rows.shipped import EXCLUSIONS, RECODING

_TWO_SLOPES = """\
## Two slopes

The published regression (Thompson et al., AAAI/IAAI 2024, Table 1) has log10(error) fall by 0.123
for every tenfold of images with pretraining and by 0.070 without. That slope is estimated *between*
systems: different tasks, each with its own number of images. Learning curves measured *within* one
task fall two to five times as steeply, about 0.3 (`planner laws` lists them with sources). Between
tasks, large data sets tend to be the harder ones, which flattens the slope; and errors near the
majority guess cannot fall as fast. Planning one project means moving along its own curve, so the
slope within tasks is the one to plan on. This model estimates it from curves that share a data set,
lets every data set have its own, and carries the spread into the forecast. With a slope of 0.123,
halving the error takes 280 times the images; with 0.3, ten times.
"""

_NOT_FOR = (
    (
        "**Training on raw pixels with classical learners** (support vector machines, boosted "
        "trees): all rows are convolutional networks."
    ),
    "**Detection, video, depth, text or tables:** no such rows.",
    (
        "**Transformers:** only as DINOv2 under a segmentation head; others get an effect from "
        "their ImageNet top-1 and the size of their pretraining set, or the population's spread."
    ),
    (
        "**Counting, distance and pose** (the structured tasks of VTAB): they have terms of their "
        "own, and a new project is taken not to be of that kind."
    ),
    (
        "**As a comparison of classification and segmentation:** the task is confounded with the "
        "study the rows come from."
    ),
    "**As the effect of balancing a data set:** complexity assumes equally frequent classes.",
)


def card_text(spec: ModelSpec, facts: Mapping[str, Any]) -> str:
    """Return ``CARD.md`` of a fitted model.

    Parameters
    ----------
    spec : ModelSpec
        What was fitted.
    facts : mapping of str to object
        As written into ``diagnostics.json``.
    """
    blocks = [
        f"# Model card: `{facts['model']}`",
        _purpose(spec, facts),
        "## What it says",
        equations(spec),
        *_parameters(spec, facts),
        "## What it was fitted on",
        "\n".join(_rows(facts)),
        "## How it was fitted",
        "\n".join(_sampling(facts)),
        *([_TWO_SLOPES.strip()] if spec.family == "saturating" else []),
        "## Where not to use it",
        "\n".join(f"- {line}" for line in (*_not_for(facts), _outside(facts))),
    ]
    return "\n\n".join(blocks) + "\n"


def _not_for(facts: Mapping[str, Any]) -> Sequence[str]:
    """Return what the rows do not support; a user's rows alone are the user's to judge."""
    if facts["with_shipped_data"]:
        return _NOT_FOR
    return ("**Tasks unlike those of the rows:** nothing else is known to this model.",)


def _purpose(spec: ModelSpec, facts: Mapping[str, Any]) -> str:
    kind = "A hierarchical saturating power law" if spec.family == "saturating" else "A regression"
    return (
        f"{kind} for the error of an image-recognition network as a function of its labelled "
        f"training images, fitted on {facts['evidence']['description'][:1].lower()}"
        f"{facts['evidence']['description'][1:]} It forecasts the error of projects the rows do "
        "not hold, with intervals that include what is not known about a new data set."
    )


def _parameters(spec: ModelSpec, facts: Mapping[str, Any]) -> list[str]:
    found = facts["parameters"]
    blocks = []
    for name, predictor in spec.predictors.items():
        title = "Level" if spec.family == "log_linear" else TITLES[name]
        lines = [f"### {title}", "", _TABLE_HEAD]
        lines += [_term_line(term, found) for term in predictor.terms]
        lines += [_group_line(group, found) for group in predictor.groups]
        blocks.append("\n".join(lines))
    noise = [f"### Noise and discrepancy\n\n{_TABLE_HEAD}"]
    noise.append(
        f"| sigma | noise of log10(error) | {_prior(spec.noise)} | {_moments('sigma', found)} |  |"
    )
    if spec.discrepancy.scale:
        noise.append(
            f"\nDiscrepancy: an Ornstein-Uhlenbeck path of sd {spec.discrepancy.scale:g} in "
            f"log10(error) with a memory of {spec.discrepancy.decades:g} decade of images, fixed "
            "and integrated out. Without it, forecasts from several pilots are far too sure."
        )
        if spec.discrepancy.at_chance != 1.0:
            noise.append(
                f"At chance it is {spec.discrepancy.at_chance:g} times as big, in "
                "between it falls in proportion to the error over the chance error; the fit takes "
                "the measured error for that."
            )
        if spec.discrepancy.spread:
            noise.append(
                "A new project has a size of its own, log-normal with sd of the logarithm "
                f"{spec.discrepancy.spread:g} and the sd above as its root mean square: its pilots "
                "tell how closely its curve follows the power law. The fit takes all curves to "
                "stray alike."
            )
    blocks.append("\n".join(noise))
    return blocks


_TABLE_HEAD = "| parameter | times | prior | posterior mean (sd) | why |\n|---|---|---|---|---|"


def _term_line(term: Term, found: Mapping[str, Any]) -> str:
    cells = (
        term.name,
        " x ".join(term.columns) or "1",
        _prior(term.prior),
        _moments(term.name, found),
        term.why,
    )
    return f"| {' | '.join(cells)} |"


def _group_line(group: Group, found: Mapping[str, Any]) -> str:
    times = f" x {' x '.join(group.times)}" if group.times else ""
    what = f"{group.name}: an effect by {', '.join(group.by)}{times}"
    if group.family == "student_t":
        what += f", Student t with {group.degrees:g} degrees of freedom"
    what += "; stored" if group.stored else ""
    prior = _prior(group.sd_prior)
    line = f"| {group.sd} | sd of {what} | {prior} | {_moments(group.sd, found)} | {group.why} |"
    if group.share_prior is None:
        return line
    name, prior = group.share, _prior(group.share_prior)
    share = f"share of {group.name} that lies about {group.shift:g}"
    return f"{line}\n| {name} | {share} | {prior} | {_moments(name, found)} |  |"


def _prior(prior: Prior) -> str:
    match prior.family:
        case "normal":
            return f"N({prior.location:g}, {prior.scale:g})"
        case "half_normal":
            return f"HalfNormal({prior.scale:g})"
        case "lognormal":
            return f"LogNormal({prior.location:g}, {prior.scale:g})"
        case "beta":
            return f"Beta(mean {prior.location:g}, weight {prior.scale:g})"
        case "fixed":
            return f"fixed at {prior.location:g}"


def _moments(name: str, found: Mapping[str, Any]) -> str:
    entry = found.get(name)
    return f"{entry['mean']:.3f} ({entry['sd']:.3f})" if entry else "does not move"


def _rows(facts: Mapping[str, Any]) -> list[str]:
    lines = render_data_card(facts["data_card"])
    if facts["with_shipped_data"]:
        lines += ["", "Shipped rows left out by rule:", ""]
        lines += [f"- {facts['excluded'][r.name]} rows: {r.reason}." for r in EXCLUSIONS]
        lines += [f"- Recoded: {RECODING}.", "", "What is missing:", ""]
        lines += [f"- {line}" for line in MISSING]
    return lines


def _sampling(facts: Mapping[str, Any]) -> list[str]:
    s = facts["sampling"]
    lines = [
        (
            f"{s['sampler']}, {s['chains']} chains of {s['tune']:,} tuning steps and "
            f"{s['draws_per_chain']:,} draws, target acceptance {s['target_accept']:g}, seed "
            f"{s['seed']}; {s['chains']} x {s['kept_per_chain']:,} joint draws are kept, evenly "
            "thinned, as float32. The same rows, declaration, versions and seed give the same "
            "bytes."
        ),
        "",
        "| check | value | threshold | verdict |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {check['name']} (worst: {check['worst']}) | {check['value']:.6g} "
        f"| {check['threshold']:g} | {check['verdict']} |"
        for check in facts["checks"]
    ]
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    lines += ["", f"Versions: {versions}."]
    lines += [f"SHA-256 of {name}: `{sha[:12]}`." for name, sha in facts["inputs_sha256"].items()]
    return lines


def _outside(facts: Mapping[str, Any]) -> str:
    parts = [
        f"{part['rows']} {_span(part['images'])} images, RC {part['relative_complexity'][0]:.2f} "
        f"to {part['relative_complexity'][1]:.2f}"
        for part in facts["evidence"]["parts"]
    ]
    return f"**Far outside the evidence:** {'; '.join(parts)}."


def _span(pair: Sequence[float]) -> str:
    return f"{count(pair[0])} to {count(pair[1])}"
