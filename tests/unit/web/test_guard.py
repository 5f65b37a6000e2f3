"""Only the page itself gets an answer, and a browser can do nothing with it but show it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.web.guard import CONTENT_POLICY, Allowed, is_loopback
from planner.web.opening import MOST_BYTES
from tests.unit.web.conftest import ORIGIN, TOKEN, Page, client_of

API = ("/api/hello", "/api/act", "/api/job", "/api/open", "/api/save")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1:80", "127.0.0.1", "localhost.evil:8765"],
)
@pytest.mark.parametrize("path", ["/", "/app.js", "/api/hello"])
def test_a_foreign_host_is_refused(page: Page, host: str, path: str) -> None:
    """A name of somebody else that resolves to this machine gets nothing, not even the page."""
    method = "POST" if path.startswith("/api") else "GET"
    answer = page.client.request(method, path, headers={**page.headers, "host": host})
    assert answer.status_code == 421
    assert "planner-token" not in answer.text


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "https://127.0.0.1:8765",
        "http://127.0.0.1:8766",
        "http://127.0.0.1:8765.evil.example",
        "http://127.0.0.1:8765@evil.example",
        "http://evil.example/http://127.0.0.1:8765",
    ],
)
@pytest.mark.parametrize("path", API)
def test_a_foreign_origin_is_refused(page: Page, origin: str | None, path: str) -> None:
    """Another page that the same browser shows cannot ask, even if it knew the token."""
    headers = {name: value for name, value in page.headers.items() if name != "origin"}
    if origin is not None:
        headers["origin"] = origin
    assert page.client.post(path, headers=headers, json={}).status_code == 403


@pytest.mark.parametrize("token", [None, "", TOKEN[:-1], TOKEN + "t", "é" * 32])
@pytest.mark.parametrize("path", API)
def test_without_the_token_there_is_no_answer(page: Page, token: str | None, path: str) -> None:
    """It stands in the printed address alone."""
    headers: dict[str, Any] = {k: v for k, v in page.headers.items() if k != "x-planner-token"}
    if token is not None:
        headers["x-planner-token"] = token.encode("latin-1")
    answer = page.client.post(path, headers=headers, json={})
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("path", API)
def test_only_post_asks_and_only_get_shows(page: Page, path: str) -> None:
    """Nothing is asked by a link or a picture, and the page's own files take nothing."""
    assert page.client.get(path, headers=page.headers).status_code == 405
    assert page.client.post("/", headers=page.headers).status_code == 405


@pytest.mark.parametrize(
    "path", ["/", "/app.js", "/charts.js", "/app.css", "/nowhere", "/api/hello"]
)
def test_every_answer_keeps_the_browser_in_bounds(page: Page, path: str) -> None:
    """No script but our own, none in a page's text, nothing from outside, no frame, no cache."""
    post = path.startswith("/api")
    answer = page.post(path) if post else page.client.get(path)
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert "default-src 'none'" in CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


def test_the_page_is_small_and_holds_no_script_no_style_and_no_address_of_others(
    page: Page,
) -> None:
    """Four files, under 600 kB; scripts and styles by reference, no handlers in the markup."""
    texts = [page.client.get(path).text for path in ("/", "/app.js", "/charts.js", "/app.css")]
    assert sum(len(text.encode()) for text in texts) < 600_000
    markup = texts[0]
    assert "<script>" not in markup
    assert "<style" not in markup
    assert " style=" not in markup
    assert " onclick" not in markup
    for text in texts:
        assert "https://" not in text
        assert "innerHTML" not in text
        assert "eval(" not in text
        assert text.replace("http://www.w3.org", "").count("http://") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/static/../app.py",
        "/app.py",
        "//etc/passwd",
        "/index.html",
        "/static/app.js",
        "/.git/config",
    ],
)
def test_no_file_of_the_machine_can_be_read(page: Page, path: str) -> None:
    """Addresses are compared with four names; none is looked up in a folder."""
    answer = page.client.get(path)
    assert answer.status_code in (404, 421)
    assert "root:" not in answer.text


@pytest.mark.parametrize("name", ["/etc/passwd", "..\\..\\secret.yaml", "../../etc/passwd.yaml"])
def test_the_name_of_an_upload_opens_nothing(page: Page, name: str) -> None:
    """What is read is what was sent; of its name the ending counts, and the last part is shown."""
    found = page.open(b"version: 1\nprojects: []\n", name)
    assert "root:" not in str(found)
    shown = found["state"].get("name", "")
    assert "/" not in shown
    assert "\\" not in shown


def test_an_upload_that_is_too_large_is_refused(page: Page) -> None:
    """By what it says of itself, and by what it is."""
    answer = page.post("/api/open?name=a.yaml", b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 413

    def endless() -> Any:
        for _ in range(MOST_BYTES // 2**16 + 2):
            yield b"x" * 2**16

    streamed = page.client.post("/api/open?name=a.yaml", headers=page.headers, content=endless())
    assert streamed.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(page: Page, length: str) -> None:
    """A request that lies about its size is not read."""
    headers = {**page.headers, "content-length": length}
    assert page.client.post("/api/act", headers=headers, content=b"{}").status_code == 413


@pytest.mark.parametrize("session", ["", "short", "x" * 65, "a" * 20 + "/../"])
def test_a_browser_says_which_it_is(page: Page, session: str) -> None:
    """Without a name of its own it has no portfolio."""
    answer = page.client.post(
        "/api/hello", headers={**page.headers, "x-planner-session": session}, json={}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN'])
def test_what_is_no_json_is_answered(page: Page, body: bytes) -> None:
    """No traceback, no bug."""
    assert page.post("/api/act", body).status_code in (200, 400)


def test_loopback_alone_unless_asked() -> None:
    """What listens everywhere takes numbers and its own name, and still no stranger's name."""
    assert is_loopback("127.0.0.1")
    assert not is_loopback("0.0.0.0")  # noqa: S104
    everywhere = Allowed("0.0.0.0", 8765)  # noqa: S104
    assert everywhere.takes("192.168.1.7:8765")
    assert not everywhere.takes("evil.example:8765")
    with client_of(allowed=everywhere) as client:
        there = {"host": "192.168.1.7:8765"}
        assert client.get("/", headers=there).status_code == 200
        assert client.get("/", headers={"host": "evil.example:8765"}).status_code == 421


@given(st.text(max_size=40))
def test_no_host_but_ours_is_taken(text: str) -> None:
    """Whatever is written as a host, it is one of three names with our port, or refused."""
    names = {"127.0.0.1:8765", "localhost:8765", "[::1]:8765"}
    if Allowed("127.0.0.1", 8765).takes(text):
        assert text.lower() in names


def test_an_origin_is_this_page() -> None:
    """The address in a browser's bar, by any of the machine's own names."""
    allowed = Allowed("127.0.0.1", 8765)
    assert allowed.sends(ORIGIN)
    assert allowed.sends("http://localhost:8765")
    assert not allowed.sends("http://localhost")
