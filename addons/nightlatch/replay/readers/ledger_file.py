"""nightlatch's own ledger as a capture: its log of decisions is traffic that was judged once, and can be again.

The log is bounded and holds no headers. Where it begins after a session did, the person is taken to have been active
just then. What was passive for a reason that the log does not keep (a prefetch, an event stream) stays passive.
"""

from collections.abc import Iterable

from nightlatch.core.activity import is_passive
from nightlatch.core.matching import candidates
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session, State, reauthenticated, touched
from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.opening import open_reader
from nightlatch.ledger.port import Decision, LedgerError, LedgerReader
from nightlatch.presets import load_policy
from nightlatch.replay.exchange import Capture, CaptureUnreadable, Exchange, Recorded, Skipped
from nightlatch.replay.readers.views import Views, host_of

_BY_ITSELF = (("sec-purpose", "prefetch"),)
_UNJUDGED = "the guard could not judge it"


def read_ledger(path: LedgerAddress, views: Views) -> Capture:
    """The decisions in the log of the ledger at `path`, oldest first.

    Raises:
        CaptureUnreadable: it cannot be read, or is some other database.
    """
    try:
        reader = open_reader(path)
    except LedgerError as reason:
        raise CaptureUnreadable(f"{path}: {reason}") from None
    try:
        return _Log(str(path), reader, views).read(reader.decision_log())
    except LedgerError as reason:
        raise CaptureUnreadable(f"{path}: {reason}") from None
    finally:
        reader.close()


class _Log:
    """The log as it is gone through: each session as it stood after the last decision."""

    def __init__(self, file: str, reader: LedgerReader, views: Views) -> None:
        self._file, self._reader, self._views = file, reader, views
        self._ledger: dict[str, Session | None] = {}
        self._sessions: dict[str, Session] = {}
        self._policies = {version.version: (version.name, version.text) for version in reader.policies()}
        self._read: dict[str, Policy | None] = {}
        self._begins: int | None = None

    def read(self, decisions: Iterable[Decision]) -> Capture:
        exchanges, skipped = list[Exchange](), list[Skipped]()
        for position, decision in enumerate(decisions):
            if self._begins is None:
                self._begins = decision.at
            if decision.verdict == "error":
                skipped.append(Skipped(f"decision {decision.id}", _UNJUDGED))
                continue
            exchanges.append(self._exchange(position, decision))
        return Capture(self._file, exchanges, skipped)

    def _exchange(self, position: int, decision: Decision) -> Exchange:
        origin = decision.site
        place = self._views.place(origin + "/")._replace(host=host_of(decision.host), path=decision.path)
        view = self._views.view(decision.method, place, (), "", False)
        if decision.verdict == "allow" and not decision.activity and self._looks_active(decision, view):
            view = self._views.view(decision.method, place, _BY_ITSELF, "", False)
        return Exchange(position, self._file, decision.at, 0, view, origin, 0, recorded=self._recorded(decision))

    def _looks_active(self, decision: Decision, view: RequestView) -> bool:
        """Whether the policy that judged it would have counted it, by all that the log keeps."""
        policy = self._policy(decision.policy)
        return policy is None or not any(is_passive(policy, rule, view) for rule in candidates(policy, view, None))

    def _policy(self, version: str) -> Policy | None:
        if version not in self._read:
            name, text = self._policies.get(version, ("", ""))
            try:
                self._read[version] = read_policy(text, name=name, floors=load_policy) if text else None
            except PolicyInvalid:
                self._read[version] = None
        return self._read[version]

    def _recorded(self, decision: Decision) -> Recorded:
        session, known = self._session(decision), self._known(decision.session)
        end = None if known is None else known.end
        told = decision.verdict, decision.reason, decision.clock, decision.limit, decision.elapsed
        return Recorded(session, None if end is None or end.at > decision.at else end.at, *told)

    def _session(self, decision: Decision) -> Session | None:
        """The session as it stood after `decision`."""
        if decision.session is None:
            return None
        session = self._sessions.get(decision.session) or self._first(decision.session, decision.at)
        known = self._known(decision.session)
        if session is None or known is None:
            return None
        again = known.reauthenticated_at
        if again is not None and again <= decision.at and session.reauthenticated_at is None:
            session = reauthenticated(session, again)
        if decision.activity:
            session = touched(session, decision.at)
        self._sessions[decision.session] = session
        return session

    def _first(self, name: str, at: int) -> Session | None:
        known = self._known(name)
        if known is None:
            return None
        begins = self._begins if self._begins is not None else at
        since = known.authenticated_at if known.started_at >= begins else at
        bare = known._replace(last_active_at=since, gap_from_at=since, gap=0, reauthenticated_at=None)
        return bare._replace(end=None, state=State.ACTIVE)

    def _known(self, name: str | None) -> Session | None:
        if name is None:
            return None
        if name not in self._ledger:
            self._ledger[name] = self._reader.session(name)
        return self._ledger[name]
