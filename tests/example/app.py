"""The application under test: notes, saved by a script, with a list of unread ones that the page asks for by itself.

It knows nothing of sessions. `X-Forwarded-User` says who is asking; the guard in front of it sets it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

NOTES: dict[str, str] = {}

PAGE = """<!doctype html>
<meta charset="utf-8"><title>Notes</title>
<h1>Notes of <span id="who">{who}</span></h1>
<p id="banner" role="alert" hidden>
  You were signed out. Your text is still here: <a href="/">sign in</a> and save it.</p>
<textarea id="text" aria-label="Note"></textarea> <button id="save">Save</button> <span id="saved"></span>
<p>Unread: <span id="unread">?</span></p>
<script>
  const at = (id) => document.getElementById(id);
  const ask = async (path, options) => {{
    const answer = await fetch(path, options);
    at("banner").hidden = answer.status !== 401;
    return answer;
  }};
  at("save").onclick = async () => {{
    at("saved").textContent = "";
    const answer = await ask("/api/note", {{ method: "POST", body: at("text").value }});
    if (answer.ok) at("saved").textContent = "saved";
  }};
  const poll = async () => {{
    const answer = await ask("/api/unread");
    if (answer.ok) at("unread").textContent = (await answer.json()).unread;
  }};
  poll();
  setInterval(poll, 60_000);
</script>
"""

Start = Callable[[str, list[tuple[str, str]]], Any]


def app(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """WSGI."""
    who = environ.get("HTTP_X_FORWARDED_USER", "nobody")
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if path == "/":
        return _answer(start_response, "text/html; charset=utf-8", PAGE.format(who=who).encode())
    if path == "/api/unread":
        return _answer(start_response, "application/json", json.dumps({"unread": 3}).encode())
    if path == "/api/note" and method == "POST":
        NOTES[who] = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        return _answer(start_response, "application/json", b"{}")
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"not found"]


def _answer(start_response: Start, kind: str, body: bytes) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
