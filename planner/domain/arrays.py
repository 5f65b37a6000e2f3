"""Arrays by what they hold: one name for each, wherever they are passed on."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bits", "Cents", "Draws", "Flags", "Floats", "Levels", "Places", "Rows", "Singles"]

type Floats = NDArray[np.float64]
"""Numbers."""

type Draws = NDArray[np.float64]
"""A number for each joint draw."""

type Rows = NDArray[np.int64]
"""Positions in a table, or whole numbers that belong to its rows."""

type Places = NDArray[np.intp]
"""Positions as NumPy's own indexing gives them."""

type Cents = NDArray[np.int64]
"""Money in whole cents."""

type Singles = NDArray[np.float32]
"""Numbers in single precision, where nearly right will do."""

type Levels = NDArray[np.uint16]
"""Which of 65,536 equally likely quantiles."""

type Flags = NDArray[np.bool_]
"""Yes or no for each."""

type Bits = NDArray[np.uint8]
"""Yes or no for each, eight to a byte."""
