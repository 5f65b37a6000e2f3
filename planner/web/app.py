"""The page's server: what each address answers.

Everything it says is one page with its script and style, and answers to ``POST`` under ``/api/``.
It reads no file but those three, takes no path from a browser, and writes none at all: what is
saved is downloaded.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from planner._version import __version__
from planner.errors import InputError
from planner.web.actions import (
    ACTIONS,
    Refused,
    data_of,
    form_and_questions,
    located_problems,
    state_view,
)
from planner.web.compared import compared_view
from planner.web.guard import SESSION, Allowed, App, Guard
from planner.web.opening import MOST_BYTES, from_bytes
from planner.web.problems import problem_rows
from planner.web.sessions import Session, Sessions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["JOBS_OF_THE_PAGE", "STATIC", "make_app"]

STATIC: Mapping[str, tuple[str, str]] = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/charts.js": ("charts.js", "text/javascript; charset=utf-8"),
    "/app.css": ("app.css", "text/css; charset=utf-8"),
}
JOBS_OF_THE_PAGE = ("plan", "first", "fans", "frontier", "tornado", "policy")
_LONGEST_NAME = 64
_SAVED: Mapping[str, tuple[str, str]] = {
    "yaml": (".yaml", "application/yaml"),
    "json": (".plan.json", "application/json"),
    "xlsx": (".plan.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "html": (".plan.html", "text/html; charset=utf-8"),
}


@dataclass(frozen=True)
class Answers:
    """What the page may ask, on the sessions there are.

    Attributes
    ----------
    sessions : Sessions
        Of all browsers.
    """

    sessions: Sessions

    def hello(self, session: Session, _sent: Mapping[str, Any]) -> dict[str, object]:
        """Return what a page needs to begin with."""
        return {"version": __version__, **form_and_questions(), "state": state_view(session)}

    def act(self, session: Session, sent: Mapping[str, Any]) -> dict[str, object]:
        """Do one thing to the portfolio; return how it stands then."""
        with session.lock:
            said, _ = self.done(session, sent)
            return said if "error" in said else {**said, "state": state_view(session)}

    def done(
        self, session: Session, sent: Mapping[str, Any]
    ) -> tuple[dict[str, object], int | None]:
        """Do one thing to the portfolio; return what is to be said of it, and which one to plan."""
        action = ACTIONS.get(str(sent.get("action")))
        if action is None:
            return {"error": "There is no such action."}, None
        with session.lock:
            session.merges = sent.get("merge") is True
            before = session.revision
            try:
                action(session, sent)
            except Refused as error:
                return {"refused": _refused(error)}, None
            except InputError as error:
                return {"problems": problem_rows(error)}, None
            changed = session.opened is not None and session.revision != before
            return {}, session.revision if changed else None

    def stands(self, session: Session) -> dict[str, object]:
        """Return how the portfolio stands."""
        with session.lock:
            return {"state": state_view(session)}

    def job(self, session: Session, sent: Mapping[str, Any]) -> dict[str, object]:
        """Return the plan of the portfolio as it is, or what explains it."""
        name = str(sent.get("job"))
        if name not in JOBS_OF_THE_PAGE:
            return {"error": "There is no such question."}
        projects, revision = sent.get("projects"), sent.get("revision")
        asked: dict[str, Any] = {"quick": bool(sent.get("quick"))}
        if isinstance(projects, list):
            asked["projects"] = [str(item) for item in projects]
        meant = revision if isinstance(revision, int) else None
        found = self.sessions.ask(session, name, meant=meant, **asked)
        if "problems" in found:
            found["problems"] = located_problems(session, found["problems"])
        if name == "plan" and "view" in found:
            self._compare(session, found)
        return found

    def _compare(self, session: Session, found: dict[str, Any]) -> None:
        """Put beside a plan how it differs from the first one."""
        view = found["view"]
        with session.lock:
            if session.first is None and not found["quick"]:
                session.first = view
            found["compared"] = compared_view(session.first or view, view)

    def saved(self, session: Session, kind: str) -> bytes | dict[str, object]:
        """Return what is saved, or why it cannot be."""
        if kind == "yaml":
            return session.text.encode("utf-8")
        if kind == "json":
            found = self.sessions.ask(session, "first")
            return str(found["json"]).encode("utf-8") if "json" in found else found
        if kind == "html":
            found = self.sessions.ask(session, "report")
            return str(found["text"]).encode("utf-8") if "text" in found else found
        found = self.sessions.ask(session, "workbook", data=data_of(session))
        return bytes(found["content"]) if "content" in found else found


def _refused(error: Refused) -> dict[str, object]:
    cell = error.cell
    at = None if cell is None else {"sheet": cell.sheet, "row": cell.row, "column": cell.column}
    return {"message": error.message, "fix": error.fix, "cell": at}


def make_app(sessions: Sessions, allowed: Allowed, token: str) -> App:
    """Return the application, guarded.

    Parameters
    ----------
    sessions : Sessions
        In memory.
    allowed : Allowed
        By which names it may be called.
    token : str
        What the page shows that it was opened by the printed address.
    """
    from starlette.applications import Starlette
    from starlette.routing import Route

    answers = Answers(sessions)
    routes = [Route(path, _static(*found)) for path, found in STATIC.items()]
    routes += [
        Route("/api/hello", _answering(answers, answers.hello), methods=["POST"]),
        Route("/api/act", _acting(answers), methods=["POST"]),
        Route("/api/job", _answering(answers, answers.job), methods=["POST"]),
        Route("/api/open", _opening(answers), methods=["POST"]),
        Route("/api/save", _saving(answers), methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), allowed, token, MOST_BYTES)


def _static(name: str, kind: str) -> "Callable[[Request], Response]":
    """Return the answer that is one of the page's own files, read once."""
    from starlette.responses import Response

    content = resources.files("planner.web").joinpath("static", name).read_bytes()
    return lambda _request: Response(content, media_type=kind)


type _Question = Callable[[Session, Mapping[str, Any]], dict[str, object]]


def _answering(answers: Answers, question: _Question) -> "Callable[[Request], Any]":
    """Return an endpoint that takes and gives JSON; what computes waits outside the event loop."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    async def endpoint(request: "Request") -> "Response":
        session = _session(answers, request)
        sent = await _json(request)
        if session is None or sent is None:
            return JSONResponse({"error": "The request is not one of this page."}, 400)
        return JSONResponse(await run_in_threadpool(question, session, sent))

    return endpoint


def _acting(answers: Answers) -> "Callable[[Request], Any]":
    """Return the endpoint that changes a portfolio.

    Who asks for the plan as well has two lines of one answer: how the portfolio stands, and its
    plan, which is begun before the first line is made.
    """
    from starlette.responses import StreamingResponse

    alone = _answering(answers, answers.act)

    async def endpoint(request: "Request") -> "Response":
        session = _session(answers, request)
        sent = await _json(request)
        if session is None or sent is None or sent.get("plan") is not True:
            found: Response = await alone(request)
            return found
        lines = _state_and_plan(answers, session, sent)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    return endpoint


async def _state_and_plan(
    answers: Answers, session: Session, sent: Mapping[str, Any]
) -> "AsyncIterator[str]":
    """Yield how a portfolio stands after a change, then its plan where there is one to make."""
    import asyncio

    from starlette.concurrency import run_in_threadpool

    said, revision = await run_in_threadpool(answers.done, session, sent)
    if "error" in said:
        yield _line(said)
        return
    job = {"job": "plan", "quick": True, "revision": revision}
    planning = None
    if revision is not None:
        planning = asyncio.create_task(run_in_threadpool(answers.job, session, job))
    yield _line({**said, **await run_in_threadpool(answers.stands, session)})
    if planning is not None:
        yield _line(await planning)


def _line(found: Mapping[str, object]) -> str:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"


def _opening(answers: Answers) -> "Callable[[Request], Any]":
    """Return the endpoint that takes a file; its name comes beside it, for its ending alone."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    def opened(session: Session, content: bytes, name: str) -> dict[str, object]:
        try:
            found = from_bytes(content, name)
        except InputError as error:
            return {"problems": problem_rows(error), "state": state_view(session)}
        with session.lock:
            session.open(found)
            return {"state": state_view(session)}

    async def endpoint(request: "Request") -> "Response":
        session = _session(answers, request)
        if session is None:
            return JSONResponse({"error": "The request is not one of this page."}, 400)
        name = request.query_params.get("name", "")[:200]
        content = await request.body()
        return JSONResponse(await run_in_threadpool(opened, session, content, name))

    return endpoint


def _saving(answers: Answers) -> "Callable[[Request], Any]":
    """Return the endpoint that gives a file to save."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, Response

    async def endpoint(request: "Request") -> "Response":
        session = _session(answers, request)
        sent = await _json(request)
        kind = str((sent or {}).get("kind"))
        if session is None or session.opened is None or kind not in _SAVED:
            return JSONResponse({"error": "There is nothing to save."}, 400)
        try:
            found = await run_in_threadpool(answers.saved, session, kind)
        except InputError as error:
            found = {"problems": problem_rows(error)}
        if not isinstance(found, bytes):
            return JSONResponse(found, 409)
        ending, media = _SAVED[kind]
        name = session.name.rpartition(".")[0] + ending
        quoted = {"x-planner-name": name.encode("ascii", "replace").decode()}
        return Response(found, media_type=media, headers=quoted)

    return endpoint


def _session(answers: Answers, request: "Request") -> Session | None:
    """Return the session of the browser that asks; None if it does not say which it is."""
    name = request.headers.get(SESSION, "")
    if not 16 <= len(name) <= _LONGEST_NAME or not name.isalnum():
        return None
    return answers.sessions.of(name)


async def _json(request: "Request") -> dict[str, Any] | None:
    """Return what was sent as one JSON object; None if it is none."""
    try:
        found = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
