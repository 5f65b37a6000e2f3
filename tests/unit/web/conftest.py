"""A page without a browser: the application, asked as the page asks it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from planner.web.app import make_app
from planner.web.engine import Engine, answer_of
from planner.web.guard import Allowed
from planner.web.opening import Opened
from planner.web.sessions import Sessions

TOKEN = "t" * 32
HOST = "127.0.0.1:8765"
ORIGIN = f"http://{HOST}"
SESSION = "a" * 32


@dataclass
class Here:
    """A worker without a process."""

    engine: Engine = field(default_factory=Engine)
    is_busy: bool = False
    is_alive: bool = True

    def ask(self, name: str, job: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return answer_of(self.engine, name, job)

    def end(self) -> None:
        self.is_alive = False


@dataclass
class Page:
    """What a browser does that has the page open."""

    client: TestClient
    session: str = SESSION

    @property
    def headers(self) -> dict[str, str]:
        return {"x-planner-token": TOKEN, "x-planner-session": self.session, "origin": ORIGIN}

    def post(self, path: str, body: Any = None) -> Any:
        sent = {"content": body} if isinstance(body, bytes) else {"json": body or {}}
        return self.client.post(path, headers=self.headers, **sent)

    def act(self, action: str, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.post("/api/act", {"action": action, **more}).json()
        return found

    def changed(self, action: str, **more: Any) -> list[dict[str, Any]]:
        """Act as the page does: how things stand, then the plan, in one answer."""
        sent = {"action": action, "plan": True, **more}
        return [json.loads(line) for line in self.post("/api/act", sent).text.splitlines()]

    def edit(self, sheet: str, row: int, column: str, text: str) -> dict[str, Any]:
        return self.act("edit", sheet=sheet, row=row, column=column, text=text)

    def job(self, name: str, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.post("/api/job", {"job": name, **more}).json()
        return found

    def open(self, content: bytes, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.post(f"/api/open?name={name}", content).json()
        return found

    def save(self, kind: str) -> Any:
        return self.post("/api/save", {"kind": kind})


def client_of(begin: Opened | None = None, allowed: Allowed | None = None) -> TestClient:
    sessions = Sessions(begin, Here)  # type: ignore[arg-type]
    app = make_app(sessions, allowed or Allowed("127.0.0.1", 8765), TOKEN)
    return TestClient(app, base_url=ORIGIN)


@pytest.fixture
def page() -> Iterator[Page]:
    """Return a browser at a server of its own."""
    with client_of() as client:
        yield Page(client)
