"""How far apart are two data sets? The published study's distance between average embeddings.

A plain function of two arrays; a table of results carries it in the column :data:`COLUMN`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

COLUMN = "dataset_distance"
"""Name of the variable in a table of results, where a fit tries it as a candidate."""


def dataset_distance(first: ArrayLike, second: ArrayLike) -> float:
    r"""Return the 1-Wasserstein distance between the coordinates of two average embeddings.

    Rows are images. Each data set is averaged to one vector, whose coordinates are then taken as a
    sample, as the study has it: :math:`\frac1d \sum_k |\bar a_{(k)} - \bar b_{(k)}|` over sorted
    coordinates. So it is symmetric, obeys the triangle inequality, has no upper end, and is 0 for
    two sets whose averages hold the same numbers in any order.

    Parameters
    ----------
    first, second : array_like, shape (n_images, n_features)
        Embeddings by one and the same network; the numbers of images may differ.

    Returns
    -------
    float
        At least 0, in the unit of the embeddings.

    Raises
    ------
    ValueError
        An array is not of that shape, or the two have different numbers of features.

    Examples
    --------
    >>> dataset_distance([[0.0, 2.0], [2.0, 2.0]], [[4.0, 2.0]])
    1.5
    """
    means = [_average(embeddings) for embeddings in (first, second)]
    if means[0].size != means[1].size:
        message = f"embeddings of {means[0].size} and {means[1].size} features cannot be compared"
        raise ValueError(message)
    low, high = (np.sort(mean) for mean in means)
    return float(np.mean(np.abs(low - high)))


def _average(embeddings: ArrayLike) -> NDArray[np.float64]:
    """Return the mean over images."""
    rows = np.asarray(embeddings)
    if rows.ndim != 2 or not rows.size:
        message = f"embeddings have the shape (images, features), not {rows.shape}"
        raise ValueError(message)
    return np.asarray(rows.mean(axis=0, dtype=np.float64))
