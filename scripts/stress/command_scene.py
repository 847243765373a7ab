"""A ledger on which commands write, and for each command what tells whether it did: what it changes, and the events
that go with that. One without the other is what must never be seen.

Knows commands and the ledger's port; knows nothing of kills.
"""

import json
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from scripts.stress.opened import reading, writing

from nightlatch.clock import wall_now
from nightlatch.core.events import Event, EventType
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint, new_session_id
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.port import Guard, LedgerWriter

SITE, SOURCE, COOKIE = "http://127.0.0.1:3000", "/etc/nightlatch/acme.toml", "nightlatch-8080"
OLD_EVENTS = 2500
"""How many events there are to be pruned: three transactions' worth."""
LINES = 600
"""How many requests there are to be replayed."""


class Scene:
    """The ledger, and the folder that commands write files into."""

    def __init__(self, directory: Path, ledger: str = "") -> None:
        """`ledger`: a URL; without one it is a file in `directory`."""
        self.ledger, self.folder = ledger or str(directory / "ledger.db"), directory / "written"
        self.log = directory / "access.log"
        self.folder.mkdir(parents=True)
        self.log.write_text("".join(_line(number) for number in range(LINES)))
        self._users = count()
        with writing(self.ledger) as writer:
            _found(writer)

    def session(self) -> str:
        """The id of a new session."""
        name, at = new_session_id(), self.now()
        session = Session(name, SITE, "ada", "nightlatch", at, at, at, at)
        with writing(self.ledger) as writer:
            writer.create(session, name.encode(), [Event(EventType.SESSION_CREATED, at, name, "ada")])
        return name

    def now(self) -> int:
        """nightlatch's time on this ledger."""
        with reading(self.ledger) as reader:
            return max(reader.warp().at(wall_now()), reader.horizon())

    def has_old_events(self) -> None:
        """There are events to be pruned."""
        with writing(self.ledger) as writer:
            writer.record([Event(EventType.LOGIN_STARTED, 1)] * OLD_EVENTS)

    def user(self) -> str:
        """Somebody who never logged in."""
        return f"user-{next(self._users)}"

    def live(self) -> frozenset[str]:
        with reading(self.ledger) as reader:
            return frozenset(each.id for each in reader.sessions() if each.end is None)

    def segments(self) -> int:
        with reading(self.ledger) as reader:
            return len(reader.warp().segments)

    def in_force(self) -> str:
        with reading(self.ledger) as reader:
            change = reader.policy_in_force(SOURCE)
        return change.version if change else ""

    def works(self, printed: str) -> bool:
        """Whether the cookie that `login` printed is one."""
        value = printed.partition("=")[2].strip()
        with reading(self.ledger) as reader:
            return reader.find(fingerprint(reader.key(), SITE, "nightlatch", value)) is not None


class Case(NamedTuple):
    """A command, made ready to be given: what it adds to the trail when it does its work; whether it did by what else
    there is to see; and what is wrong with what it printed, once it said that it was done."""

    arguments: Sequence[str]
    events: Sequence[EventType] | None
    """None: the command has no say about the trail."""
    changed: Callable[[], bool]
    printed: Callable[[str], bool] = lambda _: True
    on_ledger: bool = True


def end_session(scene: Scene) -> Case:
    name = scene.session()
    return Case(("sessions", "end", name), [EventType.SESSION_ENDED], lambda: name not in scene.live())


def advance(scene: Scene) -> Case:
    before = scene.segments()
    return Case(("clock", "advance", "1s"), [EventType.CLOCK_WARPED], lambda: scene.segments() > before)


def reset(scene: Scene) -> Case:
    """It ends every session, each with its event, and all of that is one change."""
    names = {scene.session() for _ in range(20)} | scene.live()
    events = [*([EventType.SESSION_ENDED] * len(names)), EventType.CLOCK_WARPED]
    return Case(("clock", "reset"), events, lambda: not scene.live())


def log_in(scene: Scene) -> Case:
    before = scene.live()
    events = [EventType.LOGIN_SUCCEEDED, EventType.SESSION_CREATED]
    return Case(("login", "--user", scene.user()), events, lambda: scene.live() > before, scene.works)


def roll_back(scene: Scene) -> Case:
    before = scene.in_force()
    return Case(("policy", "rollback"), [EventType.POLICY_LOADED], lambda: scene.in_force() != before)


def prune(scene: Scene) -> Case:
    """In steps, so that it holds no guard up: whatever moment it stops at, the trail can be verified; and once it has
    said that it is done, nothing old is left."""
    scene.has_old_events()

    def gone() -> bool:
        with reading(scene.ledger) as reader:
            first = next(iter(reader.links()))
        return first.type != EventType.LOGIN_STARTED

    return Case(("audit", "prune", "--keep", "1d"), None, gone)


def review(scene: Scene) -> Case:
    file = scene.folder / "review.json"
    file.write_text("before")
    arguments = ("audit", "review", "--report", str(file), "--since", "off")
    return Case(arguments, [], lambda: is_whole(file))


def replay_report(scene: Scene) -> Case:
    file = scene.folder / "report.json"
    file.write_text("before")
    arguments = ("replay", str(scene.log), "--session-key", "address", "--report", str(file))
    return Case(arguments, [], lambda: is_whole(file), on_ledger=False)


def replay_decisions(scene: Scene) -> Case:
    file = scene.folder / "decisions.jsonl"
    file.write_text("before")
    arguments = ("replay", str(scene.log), "--session-key", "address", "--decisions", str(file))
    return Case(arguments, [], lambda: is_whole(file, LINES), on_ledger=False)


CASES: dict[str, Callable[[Scene], Case]] = {
    "sessions end": end_session,
    "clock advance": advance,
    "clock reset": reset,
    "login": log_in,
    "policy rollback": roll_back,
    "audit prune": prune,
    "audit review --report": review,
    "replay --report": replay_report,
    "replay --decisions": replay_decisions,
}


def is_whole(file: Path, lines: int = 1) -> bool:
    """Whether a file is the new one.

    Raises:
        ValueError: it is neither the new one nor what was there before.
    """
    text = file.read_text()
    if text == "before":
        return False
    documents = [json.loads(each) for each in (text.splitlines() if lines > 1 else [text])]
    if len(documents) != lines:
        raise ValueError(f"{file.name} has {len(documents)} of {lines} lines")
    return True


def _found(writer: LedgerWriter) -> None:
    """What a guard leaves on its ledger: that it was there, and two policies to go back and forth between."""
    writer.announce(Guard(SITE, "http://127.0.0.1:8080", COOKIE, "nightlatch", "dev", (), "acme", 0, 1, SOURCE))
    for idle in ("10m", "20m"):
        text = f'[policy]\nname = "acme"\n[session]\nidle = "{idle}"\nabsolute = "8h"\n'
        policy = read_policy(text, name="acme")
        change = PolicyChange(SOURCE, policy.name, policy.version, 1, "nobody", "file", None, policy.version)
        writer.change_policy(change, text, Event(EventType.POLICY_LOADED, 1, policy=policy.version))


def _line(number: int) -> str:
    at = f"{10 + number // 600 % 10:02}:{number // 60 % 10:02}:{number % 60:02}"
    return f'10.0.0.{number % 20} - - [01/Jun/2026:{at} +0000] "GET /page/{number % 7} HTTP/1.1" 200 512 "-" "curl"\n'
