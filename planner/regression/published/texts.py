"""The words that travel with the model ``published``: its declaration and its card."""

from collections.abc import Mapping
from typing import Any

SOURCE = (
    "Thompson, Fleming, Tang, Pastwa, Borge, Goehring, Das (AAAI/IAAI 2024), A Model for "
    "Estimating the Economic Costs of Computer Vision Systems That Use Deep Learning, Table 1"
)

RECONSTRUCTION_NOTICE = (
    "The paper's 56 rows are not public. These rows are a labelled reconstruction whose fit prints "
    "Table 1 digit for digit; they are not the paper's data, and their errors are invented."
)

_SPEC = """\
# The published regression, as a declaration. Written by planner.regression.published.fit.
name = "published"
family = "log_linear"
likelihood = "log10(error) ~ Normal(X b, sigma)"
response = "log10_error"
estimation = "{method}"

[[predictors]]
name = "intercept"
column = "1"

[[predictors]]
name = "log10_images"
column = "log10(labelled images of the target task)"

[[predictors]]
name = "pretrained_log10_images"
column = "pretrained (0 or 1) x log10(images)"

[[predictors]]
name = "relative_complexity"
column = "entropy of the task's classes / entropy of 1000 uniform classes"

[[predictors]]
name = "type"
column = "1 segmentation, 0 classification"

[[priors]]
parameter = "coefficients and sigma, jointly"
prior = "p(b, sigma^2) proportional to 1 / sigma^2"
reason = "the reference prior: its intervals are Table 1's, so it adds nothing to what is published"

[[priors]]
parameter = "centre of the posterior"
prior = "the coefficients as printed, to three decimals"
reason = "the paper's own numbers; the reconstruction's fit differs by less than 0.0005"

[evidence]
images = {images}
relative_complexity = {relative_complexity}
n_rows = {n_rows}
description = "{notice}"

[provenance]
source = "{source}"
date = "2024"
rows = "data/published_reconstruction.csv"
rows_sha256 = "{data_sha256}"
rows_are = "a labelled reconstruction, NOT the paper's data"
residual_sd = "{residual_sd}"
degrees_of_freedom = "{df_resid}"
draws = "{n_chains} x {per_chain} exact joint draws, float32, seed {seed}"
code = "planner.regression.published.fit.build_published_model"
"""

_CARD = """\
# Model card: `published`

The regression of {source}, as joint draws.

> {notice}

## What it says

log10(error) = -0.813 - 0.070 log10(images) - 0.053 pretrained x log10(images) + 0.609 RC +
0.622 segmentation, with normal noise of standard deviation sigma on log10(error).

| term | printed coefficient | posterior sd | mean of the shipped draws |
|---|---|---|---|
{rows}

## What it was fitted on, and how

- Rows: `data/published_reconstruction.csv`, {n_rows} rows (48 pseudo-literature, segmentation; 8
  pseudo-client, classification). Sizes and class counts of the 48 are real; entropy shares, the 8
  client rows and all errors are **invented**. Many other designs print the same table. SHA-256 of
  the file `{data_sha_short}`.
- Fit: ordinary least squares; statsmodels' OLS and GLM (Gaussian, identity) give the same to 1e-8.
  R² {r_squared:.3f} in sample, with {df_resid} residual degrees of freedom, residual sd
  {residual_sd:.3f}; leave-one-out error {loo:.3f}, both in log10(error).
- Posterior: reference prior, p(b, sigma²) proportional to 1/sigma². Exact: sigma² = {df_resid}
  s²/chi²({df_resid}), then b ~ Normal(printed coefficients, sigma² (X'X)⁻¹). No sampler and so no
  convergence to check: {n_chains} x {per_chain} joint draws, seed {seed}.
- Each chain is a Latin hypercube: every draw has exactly the posterior's distribution, and the six
  standard variables behind the draws are stratified. Nothing is recentred. The means so lie within
  {off_centre:.4f} posterior sd of the printed coefficients. The chains are independent of each
  other. Stored as float32, which moves a value by less than 1e-7 of itself.
- Why this prior: it adds nothing to what is published; its 95 % intervals are Table 1's.

## Where not to use it

- **As a statement about your own task.** Noise is not client-level: six client projects the paper
  kept aside miss by .459 (root mean square of log10 error; a factor of 2.9), far above the
  residual sd. Intervals are too narrow.
- **As a slope within one task.** Learning curves measured within a task fall two to five times as
  steeply as -0.123 and -0.070. Measure a pilot.
- **For training from random weights.** The slope is weakly identified: P(slope >= 0) =
  {scratch:.3f} with `pretrained: false` (with pretraining {pretrained:.1g}). In such a draw no
  number of images reaches a better error.
- **To compare segmentation with classification.** Type is confounded with source: the 48
  literature rows are segmentation, the 8 client rows classification.
- **To choose an architecture.** Eq. 1 has no architecture term; the cheapest always wins.
- **To value balancing a data set.** Balancing raises RC, and with it the predicted error.
- **Outside the evidence:** {low:,} to {high:,} images, RC {low_rc:.3f} to {high_rc:.3f}, image
  classification and segmentation.
- Eq. 1 has no ceiling: forecasts cap its error at the majority guess; `planner reproduce` does not.

## Diagnostics

`diagnostics.json` holds the checksum of the draws, which loading verifies, the moments above and
the correlation of the coefficients.
"""


def spec_text(facts: Mapping[str, Any]) -> str:
    """Return ``model.toml`` of the published model."""
    return _SPEC.format(
        **{**facts, "per_chain": facts["n_draws"] // facts["n_chains"]},
        notice=RECONSTRUCTION_NOTICE,
        source=SOURCE,
    )


def card_text(facts: Mapping[str, Any]) -> str:
    """Return ``CARD.md`` of the published model."""
    lines = [
        f"| {term} | {printed:.3f} | {facts['posterior_sd'][term]:.4f} "
        f"| {facts['draws_mean'][term]:.4f} |"
        for term, printed in facts["centre"].items()
    ]
    return _CARD.format(
        **{**facts, "per_chain": facts["n_draws"] // facts["n_chains"]},
        notice=RECONSTRUCTION_NOTICE,
        source=SOURCE,
        rows="\n".join(lines),
        data_sha_short=facts["data_sha256"][:12],
        loo=facts["leave_one_out_rmse"],
        off_centre=max(map(abs, facts["draws_mean_off_centre_in_sd"].values())),
        scratch=facts["chance_slope_not_negative"]["scratch"],
        pretrained=facts["chance_slope_not_negative"]["pretrained"],
        low=facts["images"][0],
        high=facts["images"][1],
        low_rc=facts["relative_complexity"][0],
        high_rc=facts["relative_complexity"][1],
    )
