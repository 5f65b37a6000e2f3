"""Forecasts make and drop thousands of arrays of half a megabyte: keep their memory.

GNU's allocator asks the system for each block above 128 kB and gives it back when it is dropped, so
that every array is made of fresh pages, which took a third of the time of a plan. It raises that
limit to the size of the largest block dropped so far (up to 32 MB), and keeps twice as much. Other
allocators are not changed by this.
"""

from functools import cache

import numpy as np

LARGEST_BLOCK_BYTES = 31 * 2**20


@cache
def keep_freed_memory() -> None:
    """Make and drop one large block, once; it is never written to, so it costs no memory."""
    np.empty(LARGEST_BLOCK_BYTES, dtype=np.uint8)
