"""Who may speak to the page's server, and what a browser may do with what it answers.

The server holds somebody's plans, and any page that a browser shows can send requests to this
machine. So a request must name this server as its host (a foreign name that resolves to this
machine does not), a request that asks for anything must come from the page itself and carry the
token that only the printed address tells, and nothing is read from a path that a request names.
"""

import hmac
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["CONTENT_POLICY", "Allowed", "Guard", "is_loopback"]

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
TOKEN, SESSION = "x-planner-token", "x-planner-session"


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's alone.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Allowed:
    """By which names this server may be called.

    Attributes
    ----------
    host : str
        What it listens on.
    port : int
        Where.
    """

    host: str
    port: int

    @property
    def names(self) -> frozenset[str]:
        """Hosts, without their port."""
        own = {"127.0.0.1", "localhost", "::1", self.host}
        return frozenset(own | ({socket.gethostname()} if self.host in _ANYWHERE else set()))

    def takes(self, authority: str) -> bool:
        """Tell whether a ``Host`` is this server; who listens everywhere has any number as name.

        Names that are numbers cannot be made to point here by a stranger; other names can.
        """
        try:
            parts = urlsplit(f"//{authority}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self.port or "@" in authority or parts.path or parts.query:
            return False
        return name in self.names or (self.host in _ANYWHERE and _is_number(name))

    def sends(self, origin: str) -> bool:
        """Tell whether an ``Origin`` is the page of this server."""
        return origin.startswith("http://") and self.takes(origin.removeprefix("http://"))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Guard:
    """An application that lets only the page itself through to another.

    Attributes
    ----------
    app : callable
        What answers.
    allowed : Allowed
        Hosts and origins.
    token : str
        What every request under ``/api/`` carries.
    most_bytes : int
        Of a request.
    """

    app: App
    allowed: Allowed
    token: str
    most_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no other protocol is spoken here
            return
        refused = self.refusal(scope)
        if refused is not None:
            await _say(_guarded(send), *refused)
            return
        body = await _body(receive, self.most_bytes)
        if body is None:
            await _say(_guarded(send), 413, self._too_large)
            return
        await self.app(scope, _read_already(body, receive), _guarded(send))

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason for what is not let through; None for what is."""
        headers = _headers(scope)
        if not self.allowed.takes(headers.get("host", "")):
            return 421, "This server answers to its own address only."
        if not str(scope["path"]).startswith("/api/"):
            return None if scope["method"] in ("GET", "HEAD") else (405, "Only GET here.")
        if scope["method"] != "POST":
            return 405, "Only POST here."
        if not self.allowed.sends(headers.get("origin", "")):
            return 403, "Only the page of this server may ask."
        if not hmac.compare_digest(headers.get(TOKEN, "").encode(), self.token.encode()):
            return 401, "Open the page by the address that planner serve printed."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.most_bytes:
            return 413, self._too_large
        return None

    @property
    def _too_large(self) -> str:
        return f"A request has at most {self.most_bytes:,} bytes."


async def _body(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request; None where it goes on beyond what is read."""
    parts = bytearray()
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > most:
            return None
        if not message.get("more_body", False):
            return bytes(parts)


def _read_already(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that gives a body at once."""
    left = [body]

    async def replayed() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replayed


def _headers(scope: Scope) -> dict[str, str]:
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _guarded(send: Send) -> Send:
    """Return a sender that adds what keeps a browser in bounds."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if pair[0].decode() not in _HEADERS]
            added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return guarded


async def _say(send: Send, status: int, text: str) -> None:
    body = json.dumps({"error": text}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
