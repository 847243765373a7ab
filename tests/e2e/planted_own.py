"""Part of the planted day: nightlatch's own sessions, and everything that can be switched on beside them."""

import base64
import json

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.e2e.attacks import advance
from tests.e2e.planted_day import Day, Person, asked
from tests.e2e.processes import Guard
from tests.e2e.waiting import until
from tests.identity.minting import private_key


def own_cookies(day: Day) -> None:
    """nightlatch's own sessions, and everything that can be switched on beside them."""
    key = private_key("RS256").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (day.given / "signing.pem").write_bytes(key)
    hidden = {name: day.plant(name) for name in ("alert_webhook_secret", "signals_token", "dev_second_factor")}
    notify = f"json://robot:{day.plant('notify password')}@127.0.0.1:1/{day.plant('notify path')}"
    hook = f"{day.webhook.url}/{day.plant('webhook path')}"
    signals = ("--signals-url", day.signals.url, "--signals-key-file", str(day.given / "signing.pem"))
    guard = day.start(
        "own",
        *("--dev-user", "ada:admins", "--dev-user", "bob", "--policy", str(day.policy), "--control", "127.0.0.1:0"),
        *("--record", str(day.folder / "recorded" / "record.jsonl"), "--notice", "--upstream-logout", "POST /out"),
        *("--audit-file", str(day.folder / "trail.jsonl"), "--simulate-network", "--no-store"),
        *("--audit-syslog", f"udp://127.0.0.1:{day.syslog.getsockname()[1]}", "--audit-format", "ecs"),
        *(*signals, "--signals-issuer", "https://nightlatch.example", "--signals-audience", "https://rp.example"),
        secrets={**hidden, "alert_webhook": hook, "alert_notify": notify},
    )
    day.planted.note("control token", guard.token)
    ada = day.person(guard.url)
    ada.submit("/.nightlatch/login", user="ada", return_to="/")
    day.note_own(ada, "ada")
    ada.cookies["tracking"] = day.plant("cookie of another kind")
    basic = base64.b64encode(f"ada:{day.plant('basic password')}".encode()).decode()
    header = {"Authorization": f"Basic {basic}", "Referer": f"{guard.url}/x?key={day.plant('referer')}"}
    ada.navigate(f"/page?token={day.plant('query')}", **header, X_Api_Key=day.plant("api key"))
    ada.navigate("/page", X_Forwarded_User=day.plant("claimed identity"))
    ada.submit("/form", user="ada", password=day.plant("password"))
    ada.fetch("/upload", "PUT", day.plant("upload").encode())
    with ada.socket("/ws") as line:
        text = day.plant("said on a socket").encode()
        line.send(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
        assert line.socket.recv(100).endswith(text)
    for path in ("session", "extend", "login", "form", "jwks.json", "nowhere"):
        ada.navigate(f"/.nightlatch/{path}")
    ada.submit("/.nightlatch/extend")
    _steps_up(day, guard, ada, hidden["dev_second_factor"])
    _comes_too_late(day, guard, ada)
    _is_stolen(day, guard)
    _asks_the_control_api(day, guard)
    ada.submit("/.nightlatch/logout")
    assert ada.fetch("/after").status == 401


def _steps_up(day: Day, guard: Guard, ada: Person, code: str) -> None:
    advance(guard, "6m")
    assert ada.navigate("/pay?x=1").verdict == "step_up"
    assert ada.navigate("/vault").verdict == "step_up"
    assert ada.submit("/.nightlatch/login", user="ada", code=code, amr="mfa", return_to="/vault").status == 303
    assert ada.submit("/.nightlatch/login", user="ada", code=day.plant("wrong code"), return_to="/vault").status == 401
    assert ada.submit("/.nightlatch/login", user=day.plant("no name"), return_to="/").status == 401
    day.note_own(ada, "ada after her step-up")
    assert ada.navigate("/vault").status == 200
    day.note_own(ada, "ada after a rotation")


def _comes_too_late(day: Day, guard: Guard, ada: Person) -> None:
    advance(guard, "31m")
    assert ada.submit("/order", note=day.plant("kept form")).status == 303
    day.note_own(ada, "ada with a kept form")
    assert ada.submit("/.nightlatch/login", user="ada", return_to="/.nightlatch/form").status == 303
    assert day.planted.values["kept form"] in ada.navigate("/.nightlatch/form").text
    advance(guard, "31m")
    ada.submit("/order", note="x", password=day.plant("password of a form that came too late"))
    ada.submit("/.nightlatch/login", user="ada", return_to="/")
    day.note_own(ada, "ada again")


def _is_stolen(day: Day, guard: Guard) -> None:
    """Alerts for all receivers, one of which is not there and one of which says back what it got."""
    bob = day.person(guard.url)
    bob.submit("/.nightlatch/login", user="bob", return_to="/")
    day.note_own(bob, "bob")
    for agent in ("Mozilla/5.0 Firefox/140.0", "python-requests/2.32"):
        bob.navigate("/", User_Agent=agent)
    until(lambda: any("agent_change" in got.body for got in day.webhook.got), "the alert")
    until(lambda: "notify:127.0.0.1" in guard.log, "the receiver that is not there")
    for rude, secret in ((day.signals, "signals_token"), (day.webhook, "webhook path")):
        rude.status, rude.answer = 400, f"no: {day.planted.values[secret]}".encode()
    live = json.loads(asked(guard, "sessions?state=active&limit=1").content.partition(b"\n\n")[2])
    day.answers.append(asked(guard, f"sessions/{live[0]['id']}", method="DELETE"))
    until(lambda: "cannot be told: 400" in guard.log or "refuses" in guard.log, "the receiver that is rude")


def _asks_the_control_api(day: Day, guard: Guard) -> None:
    reads = ("version", "metrics", "openapi.json", "sessions", "events", "alerts", "decisions", "clock", "policy", "")
    for path in (*reads, "readyz", "client.tgz", "nowhere"):
        day.answers.append(asked(guard, path))
    day.answers.append(asked(guard, "policy", b'[session]\nidle = "never"\n', "PUT"))
    issued = json.loads(asked(guard, "login", b'{"user":"ada"}', "POST").content.partition(b"\n\n")[2])
    day.planted.note("credential of the control API", issued["value"])
    day.answers.append(asked(guard, f"sessions/{issued['session']}/explain"))
