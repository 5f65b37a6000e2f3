"""The published regression as printed: error from images (Eq. 1) and images from error (Eq. 2).

Thompson, Fleming, Tang, Pastwa, Borge, Goehring, Das (AAAI/IAAI 2024), *A Model for Estimating the
Economic Costs of Computer Vision Systems That Use Deep Learning*, Table 1 and Eqs. 1-2. No cap at
the majority guess here: that is the forecast's business.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

TERMS = ("intercept", "log10_images", "pretrained_log10_images", "relative_complexity", "type")
"""Terms of Eq. 1, in the paper's order; ``type`` is 1 for segmentation, 0 for classification."""

PRINTED_COEFFICIENTS = {
    "intercept": -0.813,
    "log10_images": -0.070,
    "pretrained_log10_images": -0.053,
    "relative_complexity": 0.609,
    "type": 0.622,
}
"""Table 1's coefficients, rounded to three decimals as printed."""


def slope(*, pretrained: bool = True) -> float:
    """Return log10 error per log10 images: -0.123 with pretraining, -0.070 without.

    Examples
    --------
    >>> slope(pretrained=True), slope(pretrained=False)
    (-0.123, -0.07)
    """
    printed = PRINTED_COEFFICIENTS
    return printed["log10_images"] + (printed["pretrained_log10_images"] if pretrained else 0.0)


def predicted_error(
    images: ArrayLike,
    relative_complexity: ArrayLike,
    *,
    pretrained: bool = True,
    segmentation: bool = False,
) -> NDArray[np.float64]:
    r"""Return the error that Eq. 1 gives with the printed coefficients.

    :math:`\log_{10} e = -0.813 - 0.070 \log_{10} N - 0.053 \, \mathrm{Pretrain} \log_{10} N
    + 0.609 \, RC + 0.622 \, \mathrm{Type}`.

    Parameters
    ----------
    images : array_like
        Labelled images of the target task, positive.
    relative_complexity : array_like
        Task entropy over that of ImageNet-1000.
    pretrained, segmentation : bool
        Pretrain and Type.

    Returns
    -------
    ndarray
        Error as a share; not capped, so it may exceed 1 far outside the evidence.

    Examples
    --------
    >>> round(float(predicted_error(50_100, 0.012)), 5)
    0.04133
    """
    log10_images = np.log10(np.asarray(images, dtype=float))
    level = _level(relative_complexity, segmentation=segmentation)
    return np.asarray(10.0 ** (level + slope(pretrained=pretrained) * log10_images))


def images_needed(
    error: ArrayLike,
    relative_complexity: ArrayLike,
    *,
    pretrained: bool = True,
    segmentation: bool = False,
) -> NDArray[np.float64]:
    r"""Return the images at which Eq. 1 gives an error: Eq. 2 with the printed coefficients.

    The denominator follows Pretrain, :math:`-0.070 - 0.053 \, \mathrm{Pretrain}`; the paper prints
    it for Pretrain = 1 only.

    Parameters
    ----------
    error : array_like
        Target error as a share, positive.
    relative_complexity : array_like
        Task entropy over that of ImageNet-1000.
    pretrained, segmentation : bool
        Pretrain and Type.

    Returns
    -------
    ndarray
        Total images, not rounded; inverse of :func:`predicted_error`.

    Examples
    --------
    >>> round(float(images_needed(0.035, 0.0139711)))
    197817
    """
    log10_error = np.log10(np.asarray(error, dtype=float))
    level = _level(relative_complexity, segmentation=segmentation)
    return np.asarray(10.0 ** ((log10_error - level) / slope(pretrained=pretrained)))


def _level(relative_complexity: ArrayLike, *, segmentation: bool) -> NDArray[np.float64]:
    """Return log10 error at one image."""
    printed = PRINTED_COEFFICIENTS
    complexity = np.asarray(relative_complexity, dtype=float)
    shift = printed["type"] if segmentation else 0.0
    return np.asarray(printed["intercept"] + printed["relative_complexity"] * complexity + shift)
