"""Records as bytes, with the read-only mappings they hold, which Python does not pickle itself."""

import copyreg
import pickle
from types import MappingProxyType

__all__ = ["as_bytes", "from_bytes"]


def as_bytes(value: object) -> bytes:
    """Return a record as bytes."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def from_bytes(content: bytes) -> object:
    """Return the record that bytes of our own stand for; never call it with anybody else's."""
    return pickle.loads(content)  # noqa: S301 - see above


def _read_only(items: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(items)


def _reduced(mapping: MappingProxyType[object, object]) -> tuple[object, ...]:
    return _read_only, (dict(mapping),)


copyreg.pickle(MappingProxyType, _reduced)  # type: ignore[arg-type]
