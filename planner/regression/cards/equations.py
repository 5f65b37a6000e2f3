"""How does a model's card write down its curve? Only the parts that are declared."""

from planner.domain.model.specification import ModelSpec

TITLES = {
    "level": "Level (u at the reference size)",
    "slope": "Slope (its natural logarithm)",
    "floor": "Floor (its logit)",
    "decay": "Decay (natural logarithm of k)",
    "ceiling": "Ceiling (natural logarithm of a)",
}

_LOG_LINEAR = """\
    log10(observed error) = level + discrepancy(x) + noise

The level is the sum of the terms and effects below. There is no ceiling: forecasts cap the error at
the majority guess."""

_CHANCE = """\
The chance error is that of always answering the most frequent class (1 for segmentation, the
zero-shot error of an adapter that states one): with no information a network does no worse. Far
below it, log10(error) falls by exp(slope) for every tenfold of images at the reference size."""

_DECAY = """\
The fall slackens by a factor of e over 1/k decades of images: with a large k a curve flattens."""

_CEILING = """\
The exponent a says how a curve leaves chance: a small one late and at once, 1 over a decade of
error."""

_SUMS = "Every predictor is the sum of the terms and effects below."


def equations(spec: ModelSpec) -> str:
    """Return the curve of a specification, as Markdown."""
    if spec.family == "log_linear":
        return _LOG_LINEAR
    reference, way = spec.reference, "d" if spec.decay is None else "(1 - exp(-k d)) / k"
    moved = f" - {reference.per_complexity:g} (complexity - 0.5)" * (reference.per_complexity != 0)
    share = "1 / (1 + 10^-u)" if spec.ceiling is None else "(1 + 10^(-u / a))^(-a)"
    error = share if spec.floor is None else f"(floor + (1 - floor) {share})"
    lines = [
        f"With d = log10(images) - {reference.log10_images:g}{moved} and",
        f"u = level - exp(slope) {way},",
        "",
        f"    error = chance error * {error}",
        "    log10(observed error) = log10(error) + discrepancy(x) + noise",
        "",
        _CHANCE,
    ]
    lines += [_DECAY] * (spec.decay is not None) + [_CEILING] * (spec.ceiling is not None)
    return "\n".join([*lines, _SUMS])
