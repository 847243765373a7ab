"""The demonstration application's pages: plain HTML without a single external resource. Text only, no logic."""

from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #22303c; --paper: #f6f4ef; --line: #d8d2c4; --key: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e4da; --paper: #1c2127; --line: #3a424b; --key: #e0b050 } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 44rem;
  margin: 2rem auto; padding: 0 1rem }
nav { border-bottom: 1px solid var(--line); padding-bottom: .6rem; margin-bottom: 1.2rem }
nav a { margin-right: 1rem } a { color: var(--key) } h1 { font-size: 1.4rem }
code, output, li { font-family: ui-monospace, monospace; font-size: .92em }
output { display: block; white-space: pre-wrap }
button { font: inherit; padding: .3rem .8rem }
"""

VIEWPORT = "<meta name='viewport' content='width=device-width, initial-scale=1'>"

LINKS = {
    "/": "home",
    "/reports": "reports",
    "/form": "form",
    "/poll": "poll",
    "/stream": "stream",
    "/socket": "socket",
    "/admin": "admin",
}

HOME = """<p>This little application knows nothing of sessions. The guard in front of it does.</p>
<ul><li>/api/items is JSON</li><li>/healthz is public</li><li>/.nightlatch/session tells how long you have</li></ul>
<form method="post" action="/.nightlatch/logout"><button>Log out</button></form>"""

REPORTS = "<p>Nothing much happened on Monday. <a href='/reports/monday'>Read it anyway.</a></p>"

ADMIN = "<p>The administration page: a stricter rule watches over it.</p>"

FORM = """<p>Saved so far: <b id="count">{count}</b></p>
<form method="post" action="/form"><input name="note" value="hello"> <button>Save</button></form>"""

POLL = """<p>This page asks <code>/api/poll</code> every two seconds. A poll is not a person:
it does not keep you in.</p>
<output id="out">waiting</output>
<script>
setInterval(async () => {
  const answer = await fetch("/api/poll");
  out.textContent = answer.status + " " + (answer.headers.get("nightlatch-verdict") || await answer.text()) + "\\n"
    + (answer.headers.get("nightlatch-session") || "");
}, 2000);
</script>"""

STREAM = """<p>Events from <code>/events</code> as they come.</p><output id="out"></output>
<script>
const source = new EventSource("/events");
source.onmessage = event => { out.textContent += event.data + "\\n" };
source.onerror = () => { out.textContent += "cut\\n"; source.close() };
</script>"""

SOCKET = """<p>A WebSocket that echoes.</p><button id="say">Say hello</button><output id="out"></output>
<script>
const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
socket.onmessage = event => { out.textContent += event.data + "\\n" };
socket.onclose = event => { out.textContent += "closed " + event.code + " " + event.reason + "\\n" };
say.onclick = () => socket.send("hello");
</script>"""


def page(title: str, body: str, *, user: str = "") -> str:
    """One page with the navigation; `title` and `user` are escaped, `body` is HTML."""
    links = " ".join(f'<a href="{path}">{name}</a>' for path, name in LINKS.items())
    who = f" &middot; {escape(user)}" if user else ""
    told = f"<meta charset='utf-8'>{VIEWPORT}<title>{escape(title)}</title>"
    head = f"{told}<style>{STYLE}</style>"
    content = f"<nav>{links}{who}</nav><h1>{escape(title)}</h1>{body}"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{content}</body></html>"
