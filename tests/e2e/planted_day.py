"""A day on which everything is done that nightlatch can do, by people all of whose secrets are planted.

Each guard, its files, its people and its receivers are real; what they said, wrote and got is kept, to be searched.
"""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from tests.e2e import processes
from tests.e2e.client import Answer, Browser
from tests.e2e.planted import Planted
from tests.e2e.processes import Guard
from tests.e2e.receiver import Receiver
from tests.e2e.upstream import Upstream
from tests.providers.own_provider import OwnProvider

POLICY = """
[policy]
name = "planted"
[session]
idle = "30m"
absolute = "8h"
rolling = "5m"
[[rule]]
name = "pay"
match = { path = "/pay" }
require = { auth_age = "5m" }
[[rule]]
name = "vault"
match = { path = "/vault" }
require = { amr = ["mfa"] }
"""
COMMANDS = """
import contextlib, io, json, sys
from nightlatch_cli.app import main

said = []
for arguments in json.load(sys.stdin):
    out, sys.argv[1:] = io.StringIO(), arguments
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main()
        except SystemExit as end:
            said.append((arguments, end.code, out.getvalue()))
json.dump(said, sys.stdout)
"""
"""Many commands in one process: starting one takes longer than what it does."""


class Said(NamedTuple):
    """What came out somewhere."""

    where: str
    content: bytes


class Person(Browser):
    """A browser whose answers are kept, all but the credentials that they give."""

    day: "Day"

    def ask(self, *about: Any, **more: Any) -> Answer:
        answer = super().ask(*about, **more)
        kept = [field for field in answer.headers if field[0].lower() not in ("set-cookie", "location")]
        self.day.answers.append(Said(f"the answer to {about[0]} {about[1]}", repr(kept).encode() + answer.body))
        return answer


class Day:
    """Everything in `folder` was written by nightlatch, but for what is in `given`."""

    def __init__(self, folder: Path, given: Path) -> None:
        self.folder, self.given = folder, given
        self.planted, self.upstream, self.provider = Planted(), Upstream(), OwnProvider()
        self.webhook, self.signals = Receiver(), Receiver()
        self.syslog = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.syslog.bind(("127.0.0.1", 0))
        self.ledger = folder / "nightlatch" / "ledger.db"
        self.guards: list[Guard] = []
        self.printed: list[Said] = []
        self.answers: list[Said] = []
        self.policy = given / "policy.toml"
        self.policy.write_text(POLICY)

    def plant(self, name: str) -> str:
        return self.planted.plant(name)

    def person(self, url: str) -> Person:
        person = Person(url)
        person.day = self
        return person

    def start(self, name: str, *options: str, secrets: dict[str, str] | None = None) -> Guard:
        """A guard on the ledger of the day, its secrets in its environment."""
        told = {"NIGHTLATCH_" + key.upper(): value for key, value in (secrets or {}).items()}
        guard = processes.run(self.folder / name, self.upstream.url, *options, ledger=self.ledger, told=told)
        self.guards.append(guard)
        return guard

    def run(self, *commands: tuple[str, ...]) -> None:
        """Commands on the day's ledger; what they printed is kept. They end well, or with a finding."""
        given = [["--ledger", str(self.ledger), *command] for command in commands]
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS],
            input=json.dumps(given),
            cwd=self.folder,
            env=processes.surroundings(),
            capture_output=True,
            text=True,
            check=True,
        )
        for arguments, code, said in json.loads(done.stdout):
            assert code in (0, 1), (arguments, code, said)
            self.printed.append(Said(f"nightlatch {' '.join(arguments[2:])}", said.encode()))

    def note_own(self, person: Browser, name: str) -> None:
        """Every cookie that the guard gave `person` is a secret."""
        for cookie, value in person.cookies.items():
            if cookie.startswith("nightlatch-"):
                self.planted.note(f"{name}: {cookie.partition('-')[2].lstrip('0123456789')} {value[:4]}", value)

    def close(self) -> None:
        for guard in self.guards:
            guard.kill()
        self.webhook.stop()
        self.signals.stop()
        self.syslog.close()
        self.upstream.close()
        self.provider.close()


def asked(guard: Guard, path: str, body: bytes | None = None, method: str = "GET") -> Said:
    """What the control API of `guard` answers."""
    opened = Request(f"{guard.control}/{path}", body, {"Authorization": f"Bearer {guard.token}"}, method=method)
    try:
        with urlopen(opened, timeout=30) as answer:
            return Said(f"control API: {path}", str(answer.headers).encode() + answer.read())
    except OSError as refused:
        return Said(f"control API: {path}", refused.read() if hasattr(refused, "read") else b"")
