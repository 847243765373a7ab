"""Part of the planted day: credentials of others (an application, a provider, whoever mints tokens), a guard with a
defect, and every command that reads, reports or sends again."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e.attacks import advance
from tests.e2e.planted_day import Day, asked
from tests.e2e.processes import Guard
from tests.e2e.test_bearer import AUDIENCE, ISSUER, claims, signed
from tests.e2e.test_fail_open import BROKEN
from tests.e2e.upstream import Reply
from tests.e2e.waiting import until
from tests.providers.own_provider import CLIENT

MISTAKEN = BROKEN.replace('"a defect in the gate"', 'f"not understood: {_[1].request.headers.fields!r}"')


def applications_cookie(day: Day) -> None:
    """An application with a login and a cookie of its own."""
    first, second = day.plant("the application's cookie"), day.plant("the application's next cookie")
    day.upstream.replies["/login"] = Reply("303 See Other", (("Location", "/"), ("Set-Cookie", f"SID={first}")), b"")
    day.upstream.replies["/turn"] = Reply(headers=(("Set-Cookie", f"SID={second}; Path=/"),))
    guard = day.start("application", "--identity", "cookie:SID", "--login", "redirect:/login", "--policy", "strict")
    ada = day.person(guard.url)
    ada.submit("/login", user="ada", password=day.plant("password at the application"))
    assert ada.navigate("/").status == 200
    assert ada.navigate("/turn").status == 200
    assert ada.navigate("/").status == 200
    ada.cookies["SID"] = day.plant("an invented cookie")
    assert ada.navigate("/").verdict == "login"
    ada.cookies["SID"] = second
    advance(guard, "31m")
    assert ada.fetch("/").verdict == "expired"


def bearer(day: Day) -> None:
    """Tokens of somebody else's."""
    key = day.plant("key of the tokens").encode()
    trust = {"kty": "oct", "k": base64.urlsafe_b64encode(key).decode().rstrip("="), "alg": "HS256"}
    (day.given / "key.json").write_text(json.dumps(trust))
    issued = ("--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE, "--jwt-algorithms", "HS256")
    guard = day.start("bearer", "--identity", "bearer", *issued, "--jwt-key-file", str(day.given / "key.json"))
    client = day.person(guard.url)
    good, forged = signed(claims(sid="s-1"), key), signed(claims(sid="s-2"), b"x" * 32)
    for name, token in (("good token", good), ("forged token", forged)):
        day.planted.note(f"signature of a {name}", token.rpartition(".")[2])
    assert client.fetch("/api", Authorization=good).status == 200
    assert client.fetch("/api", Authorization=forged).verdict == "invalid"
    assert client.fetch("/api", Authorization=f"Bearer {day.plant('opaque token')}").verdict == "invalid"
    advance(guard, "11m")
    assert client.fetch("/api", Authorization=good).verdict == "expired"


def provider(day: Day) -> None:
    """People who log in at a provider."""
    secret, given = day.plant("oidc_client_secret"), day.provider
    given.secret, given.access_token = secret, day.plant("access token")
    login = ("--login", f"oidc:{given.issuer}", "--oidc-client-id", CLIENT)
    guard = day.start("provider", *login, secrets={"oidc_client_secret": secret})
    ada = day.person(guard.url)
    began = ada.navigate("/.nightlatch/login?return_to=/")
    day.note_own(ada, "login at the provider")
    back = urlsplit(given.visit(began.header("Location")))
    day.planted.note("authorization code", parse_qs(back.query)["code"][0])
    assert ada.navigate(f"{back.path}?{back.query}").status in (302, 303)
    day.planted.note("code verifier", given.exchanged[-1]["code_verifier"])
    day.planted.note("signature of the ID token", given.signed[-1].rpartition(".")[2])
    day.note_own(ada, "ada from the provider")
    assert ada.navigate("/").status == 200
    day.planted.note("assertion", day.upstream.last.values("Nightlatch-Assertion")[0].rpartition(".")[2])
    ada.navigate(f"/.nightlatch/callback?code={day.plant('a code of nobody')}&state={day.plant('a state of nobody')}")
    logout = given.logout_token()
    day.planted.note("signature of a logout token", logout.rpartition(".")[2])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for token in (logout, logout[:-8] + "AAAAAAAA"):
        ada.ask("POST", "/.nightlatch/backchannel-logout", form, f"logout_token={token}".encode())
    assert ada.fetch("/").status == 401
    given.down.add("/token")
    began = ada.navigate("/.nightlatch/login?return_to=/")
    back = urlsplit(given.visit(began.header("Location")))
    ada.navigate(f"{back.path}?{back.query}")


def mistaken(day: Day) -> None:
    """A guard with a defect, whose exception says all that it saw."""
    folder = day.folder / "mistaken"
    arguments = ["run", day.upstream.url, "--listen", "127.0.0.1:0", "--ledger", str(day.ledger)]
    arguments += ["--ready-file", str(folder / "ready.json")]
    script = f"{MISTAKEN}\nimport sys\nsys.argv[1:] = {arguments!r}\nfrom nightlatch_cli.app import main\nmain()"
    guard = Guard(["-c", script], folder, day.ledger)
    day.guards.append(guard)
    until(lambda: (folder / "ready.json").exists(), "the guard with a defect to listen")
    person = day.person(str(json.loads((folder / "ready.json").read_text())["url"]))
    person.cookies["SID"] = day.plant("cookie at a defect")
    assert person.fetch("/", Authorization=f"Bearer {day.plant('token at a defect')}").status == 503
    until(lambda: "a mistake of its own" in guard.log, "the log to tell")


def commands(day: Day) -> None:
    """Every command that reads, reports or sends again."""
    har, to = day.given / "given.har", ("--to", day.guards[0].url, "--speed", "1000000")
    har.write_text(json.dumps(_har(day)))
    sessions = json.loads(asked(day.guards[0], "sessions?limit=3").content.partition(b"\n\n")[2])
    day.run(
        *(("sessions",), ("sessions", "--json"), ("events",), ("events", "--jsonl"), ("alerts", "--json"), ("alerts",)),
        *(("audit", "verify"), ("audit", "review"), ("clock", "show"), ("policy", "history"), ("doctor",)),
        *(("audit", "export", "--format", kind) for kind in ("jsonl", "ocsf", "ecs")),
        *(("explain", session["id"]) for session in sessions),
        *(("sessions", "show", session["id"]) for session in sessions),
        ("clock", "advance", "1m"),
        _reports(day, day.folder / "recorded" / "record.jsonl", "record"),
        _reports(day, har, "har"),
        ("rerun", str(har), *to),
        ("rerun", str(har), *to, "--json", "--writes"),
        ("policy", "tests", str(day.policy), "--to", str(day.folder / "test_policy.py")),
        ("audit", "review", "--report", str(day.folder / "review.md")),
    )


def _reports(day: Day, capture: Path, name: str) -> tuple[str, ...]:
    kinds = ("html", "json", "xml", "sarif", "md")
    reports = [part for kind in kinds for part in ("--report", str(day.folder / f"{name}.{kind}"))]
    decisions = ("--decisions", str(day.folder / f"{name}-decisions.jsonl"), "--alerts")
    return ("replay", str(capture), "--policy", "strict", "--against", "default", *reports, *decisions)


def _har(day: Day) -> dict[str, Any]:
    """An hour of somebody's browser."""
    cookie, token = day.plant("cookie in a HAR"), day.plant("token in a HAR")
    fields = {"Cookie": f"SID={cookie}", "Authorization": f"Bearer {token}", "Accept": "text/html"}
    headers = [{"name": name, "value": value} for name, value in fields.items()]
    given = [{"name": "Set-Cookie", "value": f"SID={day.plant('cookie set in a HAR')}; Path=/"}]
    url = f"https://shop.example/item?key={day.plant('query in a HAR')}"
    form = f"password={day.plant('password in a HAR')}"
    posted = {"postData": {"mimeType": "application/x-www-form-urlencoded", "text": form}}
    asked = {"method": "GET", "url": url, "headers": headers}
    entries = [
        {
            "startedDateTime": f"2026-11-02T{9 + minute // 60:02}:{minute % 60:02}:00Z",
            "time": 20,
            "request": {**asked, "method": "POST", **posted} if minute == 70 else asked,
            "response": {"status": 200, "headers": given if minute == 0 else [], "content": {"size": 3}},
        }
        for minute in (0, 5, 20, 70, 71)
    ]
    return {"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}}
