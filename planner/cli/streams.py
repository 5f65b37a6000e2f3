"""Standard streams that are closed, full, slow or no longer read.

What is printed reaches whoever reads it, however slowly. A reader such as ``head`` that has seen
enough is no failure: the rest goes nowhere and the command ends with its own exit code. If the
answer is lost in any other way, that is said on standard error. What cannot be said there is not
said; it never stops a command.
"""

import io
import os
import select
import sys
from collections.abc import Buffer
from contextlib import suppress
from typing import TextIO

EXIT_NOT_WRITTEN = 3
_CLOSED = "standard output is closed"


class Output(io.FileIO):
    """What a standard stream writes to; nothing that happens to it is raised.

    Parameters
    ----------
    descriptor : int
        Open for writing; left open.
    closed_from_start : bool
        Whether it only stands in for a stream that was closed.
    """

    def __init__(self, descriptor: int, *, closed_from_start: bool = False) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.lost = ""
        self._to_say = _CLOSED if closed_from_start else ""
        self._read_no_more = False

    def write(self, data: Buffer, /) -> int:
        """Write all of it, wait where the reader is slow, and give up where there is none."""
        view = memoryview(data).cast("B")
        self.lost = self.lost or self._to_say
        done = 0
        while done < len(view) and not (self.lost or self._read_no_more):
            try:
                done += super().write(view[done:]) or self._wait()
            except OSError as error:
                self._give_up(error)
        return len(view)

    def _wait(self) -> int:
        """Wait until a reader has taken something; a stream may be set not to block."""
        select.select([], [self.fileno()], [], 1.0)
        return 0

    def _give_up(self, error: OSError) -> None:
        broken = isinstance(error, BrokenPipeError) or (
            os.name == "nt" and error.errno == 22  # EINVAL: how Windows says it
        )
        if broken:
            self._read_no_more = True
        else:
            self.lost = error.strerror or str(error)


def steady_streams() -> None:
    """Let the standard streams of this process be such ones; they are all there afterwards."""
    _occupy()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - as long as we run
    sys.stdout = _steady(sys.stdout, sys.__stdout__)
    sys.stderr = _steady(sys.stderr, sys.__stderr__)


def final_code(code: int) -> int:
    """Return the exit code of a command, after saying that its answer was lost if it was.

    Parameters
    ----------
    code : int
        The command's own; kept unless it says that all is well.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    output = _output(sys.stdout)
    if output is None or not output.lost:
        return code
    with suppress(OSError, ValueError):
        sys.stderr.write(f"The output cannot be written: {output.lost}.\n")
        sys.stderr.flush()
    return code or EXIT_NOT_WRITTEN


def _occupy() -> None:
    """Open the descriptors 0 to 2 that are closed, lest the next file we open becomes one."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != descriptor:
                os.dup2(nowhere, descriptor)
                os.close(nowhere)


def _steady(stream: TextIO | None, original: TextIO | None) -> TextIO:
    """Return a stream that writes where another does; one that was put in place by others stays."""
    if stream is None:
        output = Output(os.open(os.devnull, os.O_WRONLY), closed_from_start=True)
        return io.TextIOWrapper(io.BufferedWriter(output), encoding="utf-8", errors="replace")
    if stream is not original or not isinstance(stream, io.TextIOWrapper):
        return stream
    # A name may hold any character; a console that cannot show one must not stop a plan.
    stream.reconfigure(errors="replace")
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if not isinstance(raw, io.FileIO):  # a console of Windows
        return stream
    stream.flush()
    output = Output(raw.fileno())
    output.name = raw.name
    return io.TextIOWrapper(
        output if stream.write_through else io.BufferedWriter(output),
        encoding=stream.encoding,
        errors="replace",
        newline=None if os.name == "nt" else "\n",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _output(stream: TextIO) -> Output | None:
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    return raw if isinstance(raw, Output) else None
