"""Begin the server, say where it is, and end what it began."""

import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from planner.errors import InputError, Problem
from planner.inputs.portfolio_file import portfolio_bytes
from planner.reference.store import find_model
from planner.web.app import make_app
from planner.web.guard import Allowed, is_loopback
from planner.web.opening import Opened, from_bytes
from planner.web.sessions import Sessions
from planner.web.workers import Worker

__all__ = ["Served", "prepare_server"]

_LINKED = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - what one can click on


class Served:
    """A server that is ready to run.

    Attributes
    ----------
    address : str
        To open, the token behind its hash: browsers do not send what stands there.
    is_open_to_others : bool
        Whether other machines reach it.
    """

    def __init__(self, listening: socket.socket, sessions: Sessions, host: str, token: str) -> None:
        port = int(listening.getsockname()[1])
        named = _LINKED.get(host, f"[{host}]" if ":" in host else host)
        self.address = f"http://{named}:{port}/#{token}"
        self.is_open_to_others = not is_loopback(host)
        self._listening, self._sessions = listening, sessions
        self._app = make_app(sessions, Allowed(host, port), token)

    def run(self, *, open_page: bool, ready: Callable[[], None]) -> None:
        """Serve until interrupted.

        Parameters
        ----------
        open_page : bool
            Show the page in the user's browser.
        ready : callable
            Called once when it can be reached.
        """
        import uvicorn

        served = self

        class Server(uvicorn.Server):
            """One that says when it has begun."""

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                """Begin, and say so."""
                await super().startup(sockets)
                ready()
                if open_page:
                    threading.Thread(target=webbrowser.open, args=(served.address,)).start()

        config = uvicorn.Config(
            self._app,
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        try:
            with suppress(KeyboardInterrupt):
                Server(config).run(sockets=[self._listening])
        finally:
            self._sessions.end()


def prepare_server(
    file: Path | None, *, host: str, port: int, model: str, seed: int, token: str | None = None
) -> Served:
    """Read the file, take the port, and begin a process that plans.

    Parameters
    ----------
    file : Path or None
        What every browser begins with.
    host, port : str, int
        What to listen on; port 0 takes any that is free.
    model, seed : str, int
        Of every plan.
    token : str, optional
        A new random one unless given.

    Raises
    ------
    InputError
        The file cannot be opened, there is no such model, or the port is taken.
    """
    find_model(model)  # a name that is wrong is said now, not on the page
    begin = None if file is None else _opened(file)
    listening = _listen(host, port)
    first = _first_worker(model, seed)
    sessions = Sessions(begin, first)
    return Served(listening, sessions, host, token or secrets.token_urlsafe(24))


def _opened(file: Path) -> Opened:
    return from_bytes(portfolio_bytes(file), file.name)


def _first_worker(model: str, seed: int) -> Callable[[], Worker]:
    """Return what gives workers; the first is begun at once, while the user opens the page."""
    beginner = ThreadPoolExecutor(max_workers=1)
    first = beginner.submit(Worker, model, seed)
    beginner.shutdown(wait=False)
    waiting = [first]

    def give() -> Worker:
        return waiting.pop().result() if waiting else Worker(model, seed)

    return give


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # said to be TCP, so that asyncio sends the last bytes of an answer without waiting 40 ms for an
    # acknowledgement of those before
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there it would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        message = f"cannot listen on {host}, port {port}: {error}."
        problem = Problem("--port", message, "--port 0 takes any that is free", code="PORT")
        raise InputError([problem]) from None
    return listening
