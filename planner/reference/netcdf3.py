"""Reading a NetCDF-3 file with NumPy alone.

``scipy.io.netcdf_file`` writes our draws and reads them too, but importing ``scipy.io`` pulls in
``scipy.sparse`` and the MATLAB readers: 0.11 to 0.17 s more in every ``planner plan``, which has
about one second in all. The classic format is a short header and big-endian arrays, so a plan
reads it here, and tests hold this reader to SciPy's on the same files.

Layout: magic and version, record count, then three lists (dimensions, global attributes,
variables), with every name and value padded to four bytes; each variable's entry says where its
array begins.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TYPES = {1: ">i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8"}
_NC_CHAR = 2
_OFFSET = {1: ">i", 2: ">q"}  # classic and 64-bit offset: width of a variable's position


@dataclass(frozen=True, eq=False)
class NetcdfContent:
    """What a NetCDF-3 file holds.

    Attributes
    ----------
    variables : mapping of str to ndarray
        In native byte order and float64 if stored as floating point.
    attributes : mapping of str to str
        Global text attributes.
    """

    variables: Mapping[str, NDArray[np.float64]]
    attributes: Mapping[str, str]


class _Reader:
    """A position in the bytes of the file."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes, skipping the padding to four."""
        piece = self.content[self.at : self.at + size]
        if size < 0 or len(piece) < size:
            message = f"the file ends at byte {len(self.content)}, before its header does"
            raise ValueError(message)
        self.at += size + -size % 4
        return piece

    def number(self, form: str = ">i") -> int:
        """Return the next integer."""
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def text(self) -> str:
        """Return the next counted text."""
        return self.take(self.number()).decode("utf-8")

    def list_length(self) -> int:
        """Return how many entries the list that starts here has."""
        self.number()  # tag of the list: zero if absent, and then the length is zero too
        return self.number()


def parse_netcdf3(content: bytes) -> NetcdfContent:
    """Return the arrays and global text attributes of a NetCDF-3 file without record dimension.

    Parameters
    ----------
    content : bytes
        The whole file, classic or 64-bit offset.

    Returns
    -------
    NetcdfContent
        Every variable in its stored order, shape kept, as native float64.

    Raises
    ------
    ValueError
        Not such a file, or cut short.
    """
    if content[:3] != b"CDF" or len(content) < 4 or content[3] not in _OFFSET:
        raise ValueError("the file does not start like NetCDF-3")
    reader = _Reader(content)
    reader.at = 4
    reader.number()  # records: none, since no dimension is unlimited
    sizes = [(reader.text(), reader.number())[1] for _ in range(reader.list_length())]
    attributes = _attributes(reader)
    variables = {}
    for _ in range(reader.list_length()):
        name, values = _variable(reader, sizes, _OFFSET[content[3]])
        variables[name] = values
    return NetcdfContent(variables=variables, attributes=attributes)


def _attributes(reader: _Reader) -> dict[str, str]:
    """Read a list of attributes and keep those that are text."""
    found = {}
    for _ in range(reader.list_length()):
        name, kind, length = reader.text(), reader.number(), reader.number()
        value = reader.take(length * _dtype(kind).itemsize)
        if kind == _NC_CHAR:
            found[name] = value.decode("utf-8")
    return found


def _variable(reader: _Reader, sizes: list[int], offset: str) -> tuple[str, NDArray[np.float64]]:
    """Read one entry of the variable list and the array it points at."""
    name = reader.text()
    indices = [reader.number() for _ in range(reader.number())]
    _attributes(reader)
    dtype = _dtype(reader.number())
    reader.number()  # stored size in bytes; follows from the shape
    begin = reader.number(offset)
    if any(not 0 <= index < len(sizes) or sizes[index] == 0 for index in indices):
        message = f"variable {name!r} uses an unknown or unlimited dimension"
        raise ValueError(message)
    shape = tuple(sizes[index] for index in indices)
    # frombuffer raises ValueError itself if the array would run past the end.
    flat = np.frombuffer(reader.content, dtype=dtype, count=int(np.prod(shape)), offset=begin)
    return name, flat.reshape(shape).astype(np.float64)


def _dtype(kind: int) -> np.dtype[np.generic]:
    if kind not in _TYPES:
        message = f"unknown NetCDF type {kind}"
        raise ValueError(message)
    return np.dtype(_TYPES[kind])
