"""How does TOML text become a model specification, and what can be wrong with it?

Every mistake is found in one pass and named with its line, as far as TOML tells lines.
"""

import itertools
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, get_args

from planner.domain.model.covariates import ARCHITECTURE_COVARIATES
from planner.domain.model.specification import (
    COLUMNS,
    LABELS,
    PREDICTORS,
    WRITTEN_BELOW,
    CurveFamily,
    Discrepancy,
    EffectFamily,
    Group,
    ModelSpec,
    Predictor,
    Prior,
    PriorFamily,
    Reference,
    Term,
)
from planner.domain.model.specification_reader import SpecReader
from planner.errors import InputError, Problem

_PRIOR_FAMILIES = get_args(PriorFamily.__value__)
_EFFECT_FAMILIES = get_args(EffectFamily.__value__)
_CURVE_FAMILIES = get_args(CurveFamily.__value__)
_TOP_LEVEL = (
    "name",
    "family",
    "noise",
    "discrepancy",
    "covariate_sd",
    "reference",
    *PREDICTORS,
)
_FLAGS = ("segmentation", "pretrained", "frozen", "structured")
_EXAMPLE_COVARIATES = {
    "log10_images": 4.1,
    "relative_complexity": 0.37,
    "complexity": -0.13,
    "top1": 0.7,
    "log10_parameters": -0.3,
    "log10_pretraining": 0.6,
    "self_supervised": 0.9,
}
_RARE_KEYS = ("stored", "stored_from", "why", "share", "share_prior", "shift")
_RESERVED = (
    "chain",
    "draw",
    "extra_variance",
    "rotated_log10_error",
    "rotated_response",
)
"""Names the fitted model uses itself."""

_WRITTEN_TABLES = ("evidence", "provenance")
_COVARIATES = ARCHITECTURE_COVARIATES


def parse_spec(text: str, source: str = "model.toml") -> ModelSpec:
    """Read a specification from TOML text.

    Parameters
    ----------
    text : str
        The whole file. What fitting wrote below the declaration is left out.
    source : str, default="model.toml"
        File name for messages.

    Raises
    ------
    InputError
        With every mistake found in one pass, each with its line as far as TOML tells it.
    """
    declaration = text.split(WRITTEN_BELOW)[0].rstrip() + "\n"
    try:
        data = tomllib.loads(declaration)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_syntax_problem(error, source)]) from None
    except (ValueError, RecursionError) as error:  # thousands of digits, or of brackets
        problem = Problem("", f"this is no valid TOML: {error}.", place=f"{source}:1:1")
        raise InputError([problem]) from None
    reader = SpecReader(declaration, source)
    spec = _read_spec(reader, data, declaration)
    if spec is not None:
        _find_inconsistencies(reader, spec)
    if reader.problems or spec is None:
        raise InputError(reader.problems)
    return spec


def _syntax_problem(error: tomllib.TOMLDecodeError, source: str) -> Problem:
    at = re.search(r"line (\d+), column (\d+)", str(error))
    place = f"{source}:{at.group(1)}:{at.group(2)}" if at else source
    return Problem("", f"this is no valid TOML: {error}.", place=place, code="BAD_SYNTAX")


def _read_spec(reader: SpecReader, data: Mapping[str, Any], text: str) -> ModelSpec | None:
    reader.known_keys(data, (*_TOP_LEVEL, *_WRITTEN_TABLES), "")
    family = reader.word(data, "family", "", _CURVE_FAMILIES)
    predictors = {
        name: _read_predictor(reader, reader.mapping(data[name], name), name)
        for name in PREDICTORS
        if name in data
    }
    noise = reader.mapping(data.get("noise", {}), "noise")
    reader.known_keys(noise, ("prior", "why"), "noise")
    name = data.get("name")
    if not isinstance(name, str) or not name.strip():
        reader.wrong("name", "missing, or no text.", 'name = "my model"')
        name = ""
    spread = reader.mapping(data.get("covariate_sd", {}), "covariate_sd")
    reader.known_keys(spread, _COVARIATES, "covariate_sd")
    level = predictors.get("level")
    if level is None:
        reader.wrong(
            "level", "there is no [level] predictor; a model needs one.", "[[level.terms]]"
        )
        return None
    return ModelSpec(
        name=name,
        family="log_linear" if family == "log_linear" else "saturating",
        level=level,
        slope=predictors.get("slope"),
        floor=predictors.get("floor"),
        decay=predictors.get("decay"),
        ceiling=predictors.get("ceiling"),
        reference=_read_reference(reader, data.get("reference", {})),
        noise=_read_prior(reader, noise, "noise"),
        discrepancy=_read_discrepancy(reader, data.get("discrepancy", {})),
        covariate_sd=MappingProxyType(
            {
                key: reader.number(spread, key, "covariate_sd", 0.5, positive=True)
                for key in spread
                if key in _COVARIATES
            }
        ),
        text=text,
    )


def _read_reference(reader: SpecReader, value: object) -> Reference:
    data = reader.mapping(value, "reference")
    reader.known_keys(data, ("log10_images", "per_complexity", "why"), "reference")
    images = reader.number(data, "log10_images", "reference", Reference.log10_images)
    if not 0 <= images <= 8:
        reader.wrong("reference.log10_images", f"{images} is not between 0 and 8.", "3.5")
    moved = reader.number(data, "per_complexity", "reference", 0.0)
    if not 0 <= moved <= 6:
        message = f"{moved} is not between 0 and 6; 3 keeps images per class the same."
        reader.wrong("reference.per_complexity", message, "3")
    return Reference(images, moved)


def _read_discrepancy(reader: SpecReader, value: object) -> Discrepancy:
    data = reader.mapping(value, "discrepancy")
    reader.known_keys(data, ("scale", "decades", "at_chance", "spread", "why"), "discrepancy")
    scale = reader.number(data, "scale", "discrepancy", 0.0)
    if scale < 0:
        reader.wrong("discrepancy.scale", f"{scale} must be at least 0.")
    decades = reader.number(data, "decades", "discrepancy", 1.0, positive=True)
    at_chance = reader.number(data, "at_chance", "discrepancy", 1.0, positive=True)
    if at_chance > 1.0:
        reader.wrong("discrepancy.at_chance", f"{at_chance} is a share of the scale, at most 1.")
    spread = reader.number(data, "spread", "discrepancy", 0.0)
    if not 0 <= spread <= 2:
        reader.wrong("discrepancy.spread", f"{spread} is not between 0 and 2.")
    return Discrepancy(scale, decades, at_chance, spread)


def _read_predictor(reader: SpecReader, data: Mapping[str, Any], at: str) -> Predictor:
    reader.known_keys(data, ("terms", "groups"), at)
    terms = reader.tables(data.get("terms", []), f"{at}.terms")
    groups = reader.tables(data.get("groups", []), f"{at}.groups")
    return Predictor(
        terms=tuple(_read_term(reader, t, f"{at}.terms[{i}]") for i, t in enumerate(terms)),
        groups=tuple(_read_group(reader, g, f"{at}.groups[{i}]") for i, g in enumerate(groups)),
    )


def _read_term(reader: SpecReader, data: Mapping[str, Any], at: str) -> Term:
    reader.known_keys(data, ("name", "columns", "prior", "why"), at)
    return Term(
        name=reader.name_of(data, "name", at),
        columns=reader.words(data, "columns", at, COLUMNS),
        prior=_read_prior(reader, data, at),
        why=reader.text_of(data, "why", at, ""),
    )


def _read_group(reader: SpecReader, data: Mapping[str, Any], at: str) -> Group:
    known = ("name", "by", "times", "sd", "prior", "family", "degrees", "centred", "centre_on")
    reader.known_keys(data, (*known, *_RARE_KEYS), at)
    by = reader.words(data, "by", at, LABELS)
    if not by:
        reader.wrong(f"{at}.by", f"missing; name one or more of {', '.join(LABELS)}.")
    prior = _read_prior(reader, data, at)
    if prior.family in ("normal", "beta"):
        reader.wrong(
            f"{at}.prior",
            f"a standard deviation cannot have a {prior.family} prior.",
            'prior = {family = "half_normal", scale = 0.3}',
        )
    effects = reader.word(data, "family", at, _EFFECT_FAMILIES, "normal")
    families: dict[str, EffectFamily] = {name: name for name in _EFFECT_FAMILIES}
    share, share_prior, shift = _read_share(reader, data, at, effects)
    return Group(
        name=reader.name_of(data, "name", at),
        by=by,
        times=reader.words(data, "times", at, COLUMNS),
        sd=reader.name_of(data, "sd", at),
        sd_prior=prior,
        family=families[effects],
        degrees=reader.number(data, "degrees", at, 4.0, positive=True),
        centred=reader.flag(data, "centred", at),
        centre_on=reader.words(data, "centre_on", at),
        stored=reader.flag(data, "stored", at),
        why=reader.text_of(data, "why", at, ""),
        stored_from=round(reader.number(data, "stored_from", at, 1.0, positive=True)),
        share=share,
        share_prior=share_prior,
        shift=shift,
    )


def _read_share(
    reader: SpecReader, data: Mapping[str, Any], at: str, effects: str
) -> tuple[str, Prior | None, float]:
    """Read what a mixture of two normals needs besides, and refuse it elsewhere."""
    if effects != "two_normals":
        for key in ("share", "share_prior", "shift"):
            if key in data:
                message = f"{key} belongs to effects of the family two_normals."
                reader.wrong(f"{at}.{key}", message, 'family = "two_normals"')
        return "", None, 0.0
    if "shift" not in data:
        reader.wrong(f"{at}.shift", "missing; where do the other effects lie?", "shift = 2.0")
    prior = _read_prior(reader, data, at, "share_prior")
    if prior.family not in ("beta", "fixed") or not 0.0 < prior.location < 1.0:
        example = 'share_prior = {family = "beta", location = 0.2, scale = 10}'
        reader.wrong(f"{at}.share_prior", "a share lies between 0 and 1.", example)
    return reader.name_of(data, "share", at), prior, reader.number(data, "shift", at, 0.0)


def _read_prior(reader: SpecReader, owner: Mapping[str, Any], at: str, key: str = "prior") -> Prior:
    path = f"{at}.{key}"
    if key not in owner:
        example = 'prior = {family = "normal", location = 0.0, scale = 0.5}'
        reader.wrong(path, "missing; every parameter needs a prior.", example)
        return Prior("fixed")
    data = reader.mapping(owner[key], path)
    reader.known_keys(data, ("family", "location", "scale"), path)
    family = reader.word(data, "family", path, _PRIOR_FAMILIES)
    if "scale" not in data and family != "fixed":
        reader.wrong(f"{path}.scale", f"missing; a {family} prior needs one.")
    if "location" not in data and family != "half_normal":
        reader.wrong(f"{path}.location", f"missing; a {family} prior needs one.")
    location = reader.number(data, "location", path, 0.0)
    if family == "beta" and not 0.0 < location < 1.0:
        reader.wrong(f"{path}.location", f"{location} is the mean of a share: between 0 and 1.")
    scale = reader.number(data, "scale", path, 1.0, positive=True)
    kinds: dict[str, PriorFamily] = {name: name for name in _PRIOR_FAMILIES}
    return Prior(kinds[family], location, scale)


def _find_inconsistencies(reader: SpecReader, spec: ModelSpec) -> None:
    """Report clashing names, unknown centres, and predictors that do not belong to the family."""
    seen: dict[str, str] = {"sigma": "the noise"}
    for name, predictor in spec.predictors.items():
        owned = [(t.name, f"{name}.terms[{i}]", "name") for i, t in enumerate(predictor.terms)]
        for i, group in enumerate(predictor.groups):
            place = f"{name}.groups[{i}]"
            owned += [(group.name, place, "name"), (f"{group.name}_z", place, "name")]
            owned.append((group.sd, place, "sd"))
            if group.share_prior is not None:
                owned.append((group.share, place, "share"))
        for used, place, key in owned:
            if used in _RESERVED:
                reader.wrong(f"{place}.{key}", f"{used!r} is reserved; take another name.")
            elif used.removesuffix("_z") and used in seen:
                reader.wrong(f"{place}.{key}", f"{used!r} is used twice: also by {seen[used]}.")
            seen.setdefault(used, place)
        _check_predictor(reader, spec, name, predictor)
    if spec.noise.family in ("normal", "beta", "fixed"):
        example = 'prior = {family = "lognormal", location = -3.9, scale = 0.5}'
        reader.wrong("noise.prior", f"noise cannot have a {spec.noise.family} prior.", example)
    if spec.family == "saturating" and spec.slope is None:
        reader.wrong("slope", "a saturating curve needs a [slope] predictor.", "[[slope.terms]]")
    if spec.family == "log_linear":
        for name in PREDICTORS[1:]:
            if name in spec.predictors:
                message = f"a log_linear curve has no [{name}]; name log10_images in a level term."
                reader.wrong(name, message)


def _check_predictor(reader: SpecReader, spec: ModelSpec, name: str, predictor: Predictor) -> None:
    if not predictor.terms and not predictor.groups:
        reader.wrong(name, "has neither terms nor groups.", f"[[{name}.terms]]")
    terms = {term.name for term in predictor.terms}
    for i, group in enumerate(predictor.groups):
        at = f"{name}.groups[{i}]"
        for unknown in sorted(set(group.centre_on) - terms):
            listed = ", ".join(sorted(terms)) or "none"
            reader.wrong(
                f"{at}.centre_on", f"{unknown!r} is no term of {name}, which has {listed}."
            )
        if group.stored and group.by != ("architecture",):
            reader.wrong(f"{at}.stored", "only effects by architecture alone can be stored.")
        if group.family == "two_normals" and group.stored:
            reader.wrong(f"{at}.stored", "effects of two normals cannot be stored.")
        if "log10_images" in group.times:
            reader.wrong(f"{at}.times", "an effect cannot be multiplied by log10_images.")
    for i, term in enumerate(predictor.terms):
        at = f"{name}.terms[{i}]"
        steps = term.columns.count("log10_images")
        if steps and spec.family == "saturating":
            message = "in a saturating curve images enter through the slope, not as a column."
            reader.wrong(f"{at}.columns", message)
        elif steps > 1:
            reader.wrong(f"{at}.columns", "log10_images may enter once: the curve is linear in it.")
        _check_centre(reader, at, term, predictor.groups)


def _check_centre(reader: SpecReader, at: str, term: Term, groups: Sequence[Group]) -> None:
    """Report a term that the groups centred on it would leave out or count twice somewhere."""
    owners = [group for group in groups if term.name in group.centre_on]
    named = {*term.columns, *(column for group in owners for column in group.times)}
    if not owners or not named <= set(COLUMNS):
        return  # an unknown column has been reported already
    for point in _example_rows():
        once = math.prod(point[column] for column in term.columns)
        counted = math.fsum(
            math.prod(point[c] for c in group.times)
            * math.prod(point[c] for c in term.columns if c not in group.times)
            for group in owners
        )
        if not math.isclose(once, counted, abs_tol=1e-9):
            names = ", ".join(group.name for group in owners)
            row = ", ".join(f"{key} {point[key]:g}" for key in _FLAGS)
            reader.wrong(
                f"{at}.name",
                f"groups {names} are centred on {term.name!r}, but together count it "
                f"{counted:g} instead of {once:g} times in a row with {row}.",
            )
            return


def _example_rows() -> list[dict[str, float]]:
    """Return rows with every combination of flags and arbitrary covariates."""
    rows = []
    for flags in itertools.product((0.0, 1.0), repeat=len(_FLAGS)):
        row = dict(zip(_FLAGS, flags, strict=True))
        row["unstructured"] = 1.0 - row["structured"]
        row["ordinary"] = row["unstructured"] * (1.0 - row["segmentation"])
        rows.append({**_EXAMPLE_COVARIATES, **row})
    return rows
