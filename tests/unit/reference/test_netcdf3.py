"""Our NetCDF-3 reader against SciPy's."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import netcdf_file

from planner._resources import resource_root
from planner.reference.netcdf3 import parse_netcdf3


def written(
    tmp: io.BytesIO, arrays: dict[str, np.ndarray], attributes: dict[str, bytes], version: int
) -> bytes:
    """Return the bytes SciPy writes for these arrays."""
    with netcdf_file(tmp, "w", version=version) as file:
        for name, text in attributes.items():
            setattr(file, name, text)
        for name, values in arrays.items():
            axes = [f"{name}_{axis}" for axis in range(values.ndim)]
            for axis, length in zip(axes, values.shape, strict=True):
                file.createDimension(axis, length)
            variable = file.createVariable(name, values.dtype, axes)
            variable[...] = values
            variable.units = b"log10"
        file.flush()
        return tmp.getvalue()


@given(
    shapes=st.lists(
        st.lists(st.integers(1, 5), min_size=0, max_size=3).map(tuple), min_size=1, max_size=4
    ),
    kind=st.sampled_from(["f4", "f8", "i4", "i2"]),
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=9),
    version=st.sampled_from([1, 2]),
    seed=st.integers(0, 99),
)
def test_we_read_what_scipy_writes(
    shapes: list[tuple[int, ...]], kind: str, text: str, version: int, seed: int
) -> None:
    """Any shapes, types and attributes that SciPy writes come back with the same values."""
    rng = np.random.default_rng(seed)
    arrays = {
        f"v{index}": (100 * rng.normal(size=shape)).astype(kind)
        for index, shape in enumerate(shapes)
    }
    content = written(io.BytesIO(), arrays, {"note": text.encode()}, version)
    found = parse_netcdf3(content)
    assert set(found.variables) == set(arrays)
    assert found.attributes == {"note": text}
    for name, values in arrays.items():
        assert found.variables[name].shape == values.shape
        np.testing.assert_array_equal(found.variables[name], values.astype(np.float64))


def test_the_shipped_draws_open_with_scipy_too() -> None:
    """Anyone can open the shipped file with a standard reader and sees what we see."""
    path = resource_root("models") / "published" / "draws.nc"
    ours = parse_netcdf3(path.read_bytes())
    with netcdf_file(path, "r", mmap=False) as file:
        assert file.version_byte == 2
        assert set(file.variables) == set(ours.variables)
        for name, variable in file.variables.items():
            assert variable.data.dtype == np.dtype(">f4")
            np.testing.assert_array_equal(variable.data, ours.variables[name])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "does not start like NetCDF-3"),
        (b"CDF", "does not start like NetCDF-3"),
        (b"\x89HDF\r\n\x1a\n", "does not start like NetCDF-3"),
        (b"CDF\x05" + bytes(40), "does not start like NetCDF-3"),
        (b"CDF\x02" + bytes(2), "the file ends at byte 6"),
    ],
)
def test_other_files_are_refused(content: bytes, problem: str) -> None:
    """Empty, foreign and truncated files are named as such."""
    with pytest.raises(ValueError, match=problem):
        parse_netcdf3(content)


def test_an_unlimited_dimension_is_refused(tmp_path: Path) -> None:
    """Records are laid out otherwise; reading them as if they were not would give wrong numbers."""
    path = tmp_path / "records.nc"
    with netcdf_file(path, "w", version=2) as file:
        file.createDimension("draw", None)
        file.createVariable("a", "f4", ("draw",))[:] = np.arange(8.0)
    with pytest.raises(ValueError, match="unknown or unlimited dimension"):
        parse_netcdf3(path.read_bytes())


@given(position=st.integers(0, 700), value=st.integers(0, 255))
def test_a_damaged_header_never_ends_in_another_exception(position: int, value: int) -> None:
    """Whatever one byte of the header becomes, the answer is arrays or ValueError."""
    content = bytearray((resource_root("models") / "published" / "draws.nc").read_bytes())
    content[position] = value
    with contextlib.suppress(ValueError):
        assert all(
            values.dtype == np.float64
            for values in parse_netcdf3(bytes(content)).variables.values()
        )
