"""The ledger as the rest of nightlatch sees it. Every ledger passes the contract suite in `tests/ledger/contract.py`.

Two halves, because they live on two threads: `LedgerReader` answers on the event loop and never blocks on a writer;
`LedgerWriter` changes things, one statement or one immediate transaction at a time, since a proxy and a CLI writing
the same ledger is normal. Whatever cannot be read or written raises `LedgerError`; the caller fails closed.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.events import Chained, Event, EventType
from nightlatch.core.session import End, Session
from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger.alerts_port import AlertReader, AlertWriter
from nightlatch.ledger.chain_port import ChainReader, ChainWriter
from nightlatch.ledger.federation_port import FederationReader, FederationWriter
from nightlatch.ledger.live_port import LiveReader, LiveWriter
from nightlatch.ledger.policies_port import PolicyReader, PolicyWriter
from nightlatch.ledger.presence_port import PresenceReader
from nightlatch.ledger.retention_port import RetentionReader, RetentionWriter


class LedgerError(Exception):
    """The ledger cannot be used: not writable, locked, corrupt, newer than this program. The message names the
    remedy (exit code 6, answer 503)."""


class Overtaken(LedgerError):
    """Nothing is amiss with the ledger: somebody else was faster, and this change would undo theirs. Nothing of it is
    in the ledger; asked again it is made (exit code 1, answer 409)."""


class Credential(NamedTuple):
    """What is known of a credential: only its fingerprint. `replaced_at` is set once a rotation put another in its
    place; it is then good until `grace_until`."""

    fingerprint: bytes
    session: str
    issued_at: int
    replaced_at: int | None = None
    grace_until: int | None = None


class Found(NamedTuple):
    """A credential with its session."""

    session: Session
    credential: Credential
    holds: "tuple[Hold, ...] | None" = None
    """What holds its `idle`, where that was asked for with it; None where it was not."""


class Touch(NamedTuple):
    """Activity to be written: the values after it. The ledger keeps the later activity and the wider gap."""

    session: str
    last_active_at: int
    gap: int
    gap_from_at: int


class Decision(NamedTuple):
    """One line of the bounded decision log: written behind, no authority. The path has no query."""

    id: str
    at: int
    site: str
    session: str | None
    method: str
    host: str
    path: str
    verdict: str
    reason: str
    clock: str | None
    limit: int | None
    elapsed: int | None
    rule: str | None
    activity: bool
    policy: str


class Guard(NamedTuple):
    """What a running guard tells about itself, so that `nightlatch login` and `doctor` can find it."""

    site: str
    url: str
    """Where it listens, without a trailing slash."""
    cookie: str
    """The name of nightlatch's own cookie there."""
    identity: str
    login: str
    users: tuple[str, ...]
    """Dev users as configured, `NAME[:group,...]`."""
    policy: str
    pid: int
    """Of its process, as the ledger knows it (`LedgerReader.process`)."""
    started_at: int
    source: str = ""
    """What it was started with as policy: a preset's name, or the absolute path of a file."""
    version: str = ""
    """The version of the policy that it has in force."""


class Hold(NamedTuple):
    """An active exchange that a guard has running for longer than a second: while it does, `idle` does not run."""

    exchange: str
    session: str
    pid: int
    """Of the guard; the hold of one that is gone counts for nothing."""
    started_at: int
    idle: int | None
    """The limit that applied to it, microseconds: it holds `idle` for no longer than that."""


class Changes(NamedTuple):
    """What the trail tells since an event: the id of the last one, and whose sessions are named. `sessions` is None
    where they are too many to name."""

    last: int
    sessions: frozenset[str] | None


class Database(NamedTuple):
    """What a ledger is kept in."""

    name: str
    version: str
    """Empty where none was reached yet."""
    schema: int
    """Of the ledger's tables there; each database counts its own."""

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()


class LedgerReader(
    ChainReader, AlertReader, LiveReader, FederationReader, PolicyReader, RetentionReader, PresenceReader, Protocol
):
    """What can be asked. Safe on the event loop: no call waits for a writer."""

    def key(self) -> bytes:
        """The 32 random bytes with which credentials are fingerprinted on this ledger."""

    def kept(self, name: str) -> bytes | None:
        """What the writer's `keep` put by under `name`; None when nothing was."""

    def warp(self) -> Warp:
        """The clock's segments since the last reset, as committed now by anyone."""

    def horizon(self) -> int:
        """The latest instant recorded since the last reset (0: none); nightlatch's time never starts before it
        (law 7)."""

    def find(self, fingerprint: bytes) -> Found | None:
        """The session that a credential belongs to, live or ended; None when unknown."""

    def look(self, fingerprint: bytes) -> tuple[Warp, Found | None]:
        """`warp` and `find` in one question: what an allowed request needs of the ledger."""

    def look_for_token(self, place: bytes, token: bytes) -> tuple[Warp, Found | None, Found | None]:
        """`warp` and `find` of two credentials, in one question where both are known: the session of a token, and
        whether this very token is one of its credentials. What an allowed request with a token needs that the asker
        has not met before."""

    def session(self, session_id: str) -> Session | None: ...
    def match(self, prefix: str) -> Sequence[Session]:
        """Up to ten sessions whose id starts with `prefix`."""

    def idle_since(
        self, site: str, *, active_before: int, authenticated_before: int, at_once: int, remembered: bool = False
    ) -> Iterable[Sequence[Session]]:
        """Live sessions of `site` last active, or authenticated, at or before those instants, whom the core then judges
        exactly; the remembered, or the others. Pages, each read when it is asked for; some may be told of twice."""

    def events(
        self, *, after: int = 0, types: Iterable[EventType] = (), since: int | None = None, session: str | None = None
    ) -> Iterable[Chained]:
        """Events with an id above `after`, oldest first."""

    def decision(self, decision_id: str) -> Decision | None: ...
    def decisions(self, session_id: str) -> Sequence[Decision]:
        """The logged decisions of a session, oldest first."""

    def decision_log(self) -> Iterable[Decision]:
        """Every decision that the bounded log still has, oldest first."""

    def issues(self, site: str, cookie: str) -> bool:
        """Whether the upstream of `site` has been seen to issue the cookie `cookie` (law of trust 4)."""

    def live_sessions(self, site: str, subject: str) -> Sequence[Session]:
        """The live sessions of `subject` on `site`, in the order in which they were written, by whomever."""

    def version(self) -> int:
        """A number that changes whenever another connection has committed; cheap to ask ten times a second."""

    def changes(self, after: int) -> Changes:
        """Which sessions the events after the one with the id `after` are about: whoever ends, rotates or extends a
        session leaves an event. Cheap to ask whenever `version` has changed."""

    def holds(self, session_id: str | None = None) -> Sequence[Hold]:
        """Exchanges that hold `idle`, of one session or all."""

    def ordered(self, site: str, when: str) -> Sequence[Session]:
        """Live sessions of `site` that are to end on purpose at the moment `when`."""

    def guards(self) -> Sequence[Guard]:
        """Guards that announced themselves, one a listen URL, newest first."""

    def database(self) -> Database:
        """What the ledger is kept in. Asks nothing."""

    def close(self) -> None: ...


class LedgerWriter(ChainWriter, AlertWriter, LiveWriter, FederationWriter, PolicyWriter, RetentionWriter, Protocol):
    """What can be changed. Calls marked durable return only when the change would survive a power cut."""

    def create(
        self,
        session: Session,
        fingerprint: bytes,
        events: Iterable[Event],
        *,
        reissue: bool = False,
        provider: ProviderSession | None = None,
    ) -> bool:
        """Durable. Add a session with its first credential; False (and no change) when the fingerprint is known.
        With `reissue` a fingerprint whose session has ended moves to the new session (`--allow-reissue`).
        `provider`: what an identity provider calls it."""

    def end(self, session_id: str, end: End, event: Event) -> bool:
        """Durable. End a live session and record why; False (and no event) when it had ended already."""

    def end_all(self, site: str | None, end: End, policy: str) -> int:
        """Durable. End every live session (of one site), one event each; how many."""

    def order_expiry(self, session_id: str, when: str | None) -> bool:
        """Durable. Have a live session end on purpose at the moment `when`; None takes that back. False when it has
        ended."""

    def hold(self, holds: Iterable[Hold]) -> None:
        """Not durable. Remember exchanges that hold `idle`."""

    def release(self, exchanges: Iterable[str]) -> None:
        """Not durable. These exchanges hold nothing any more."""

    def touch(self, touches: Iterable[Touch]) -> None:
        """Not durable. Late and repeated touches are harmless; an ended session is not changed."""

    def rotate(self, session_id: str, old: bytes, new: bytes, at: int, grace_until: int, event: Event) -> bool:
        """Durable. Give a live session a new credential; False when `old` had been replaced already."""

    def attach(self, session_id: str, fingerprint: bytes, at: int, event: Event | None = None) -> bool:
        """Durable. A further credential of a live session, beside the others; False when known or ended."""

    def reauthenticate(
        self,
        session_id: str,
        old: bytes,
        new: bytes,
        at: int,
        events: Iterable[Event],
        *,
        grace: int = 0,
        authentication: Authentication | None = None,
        anew: bool = True,
    ) -> bool:
        """Durable. Set `reauthenticated_at`, start the widest gap anew, replace the credential, which then is good for
        `grace` microseconds more: what was under way with it must not end the session. With an `authentication` its
        groups, methods and class take the place of the session's. Not `anew`: the person proved more, but did not
        authenticate since, so that no clock is moved."""

    def record(self, events: Iterable[Event]) -> None:
        """Durable. Append events to the chain."""

    def log(self, decisions: Sequence[Decision]) -> None:
        """Not durable. Append to the decision log and keep it within its bound."""

    def mark_issuer(self, site: str, cookie: str) -> None:
        """Durable. The upstream of `site` issues `cookie`."""

    def warp(self, segment: Segment, event: Event) -> None:
        """Durable. Move the clock; `Overtaken` when another process moved it further meanwhile."""

    def reset(self, wall: int, event: Event) -> int:
        """Durable. Return to wall time and end every session (reason `reset`, at `event.at`: nightlatch's time until
        then); how many were ended."""

    def announce(self, guard: Guard) -> None:
        """Durable. Remember a guard, in place of an earlier one on the same URL."""

    def keep(self, name: str, value: bytes) -> None:
        """Durable. Put something by for all guards on this ledger, such as a key; of several the first one wins."""

    def probe(self) -> None:
        """Write nothing of note: tells whether the ledger can be written (again)."""

    def close(self) -> None: ...
