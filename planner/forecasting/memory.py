"""Forecasts make and drop thousands of arrays of half a megabyte: keep their memory.

GNU's allocator asks the system for each block above 128 kB and gives it back when it is dropped, so
that every array is made of fresh pages, which took a third of the time of a plan. It raises that
limit to the size of the largest block dropped so far (up to 32 MB), and keeps twice as much. Other
allocators are not changed by this.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np

AT_HAND = 16_384
"""Numbers that a processor keeps in its nearest memory while it computes with them: 128 kB."""
LARGEST_BLOCK_BYTES = 31 * 2**20


@cache
def keep_freed_memory() -> None:
    """Make and drop one large block, once; it is never written to, so it costs no memory."""
    np.empty(LARGEST_BLOCK_BYTES, dtype=np.uint8)


def at_hand(shape: tuple[int, ...]) -> Iterator[slice]:
    """Yield rows of a table, as many at a time as a processor keeps at hand.

    A chain of operations on a large table fetches all of it anew for each of them.
    """
    step = max(1, AT_HAND // max(shape[1], 1))
    return (slice(start, start + step) for start in range(0, shape[0], step))
