"""How nothing below us writes on standard output: file descriptor 1, out of a library's reach.

HiGHS introduces itself on the descriptor while its object is made, before any option can silence
it. Replacing ``sys.stdout`` does not help against that; for so long the descriptor itself leads
nowhere. Python's own streams lead past it meanwhile, so that nothing another thread prints is lost.
"""

import ctypes
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache

STDOUT = 1
_in_turn = threading.RLock()


@contextmanager
def unreachable_stdout() -> Iterator[None]:
    """Let what is written on file descriptor 1 below Python go nowhere, until the block ends.

    What C still holds from before is written first. What Python prints meanwhile, from any thread,
    goes where it always goes. Afterwards the descriptor is what it was, closed if it was closed,
    whatever was raised. Threads that meet here take turns.
    """
    with _in_turn, ExitStack() as undo:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        undo.callback(_close, nowhere)
        kept = _copy_of_stdout()
        if kept is None:
            undo.callback(_close, STDOUT)
        else:
            undo.callback(_close, kept)
            for stream in _streams_on_stdout():
                undo.callback(_lead, stream, STDOUT)
                _lead(stream, kept)
            undo.callback(os.dup2, kept, STDOUT)
        _flush_c()
        undo.callback(_flush_c)
        os.dup2(nowhere, STDOUT)
        yield


def _copy_of_stdout() -> int | None:
    """Return another descriptor of what descriptor 1 writes to; None where that is closed."""
    try:
        return os.dup(STDOUT)
    except OSError:
        return None


def _close(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)


def _streams_on_stdout() -> list[io.FileIO | io.BufferedWriter]:
    """Return Python's streams that write to descriptor 1 and can be led elsewhere for a while."""
    buffers = [getattr(stream, "buffer", None) for stream in (sys.stdout, sys.__stdout__)]
    return [
        buffer
        for place, buffer in enumerate(buffers)
        if isinstance(buffer, io.FileIO | io.BufferedWriter)
        and not buffer.closed
        and buffer not in buffers[:place]
        and isinstance(raw := _raw(buffer), io.FileIO)  # a Windows console is none
        and raw.fileno() == STDOUT
        and not raw.closefd
    ]


def _raw(buffer: io.FileIO | io.BufferedWriter) -> object:
    """Return what talks to the descriptor; without buffering (``python -u``) that is the stream."""
    return buffer if isinstance(buffer, io.FileIO) else buffer.raw


def _lead(buffer: io.FileIO | io.BufferedWriter, descriptor: int) -> None:
    """Let a stream write to another descriptor from now on, and wait for a write under way."""
    raw = _raw(buffer)
    if isinstance(raw, io.FileIO):
        name = raw.name
        io.FileIO.__init__(raw, descriptor, "wb", closefd=False)
        raw.name = name
        if buffer is not raw:
            buffer.write(b"")  # takes the lock that a thread holds while it writes


@cache
def _c_flusher() -> Callable[[], object]:
    """Return what empties C's buffer of standard output, as the platform spells it."""
    with suppress(OSError, TypeError, ValueError, AttributeError):
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        flush, stdout = library.fflush, _c_stdout(library)
        return lambda: flush(stdout)
    return lambda: None


def _c_stdout(library: ctypes.CDLL) -> ctypes.c_void_p:
    """Return C's ``stdout``: a function on Windows, a variable elsewhere, named apart on macOS."""
    if sys.platform == "win32":
        streams = library["__acrt_iob_func"]
        streams.restype = ctypes.c_void_p
        return ctypes.c_void_p(streams(STDOUT))
    return ctypes.c_void_p.in_dll(library, "__stdoutp" if sys.platform == "darwin" else "stdout")


def _flush_c() -> None:
    _c_flusher()()
