"""One engine, two shells: a recording replayed under its own policy gives the recorded verdicts.

A small guard is played here: it knows sessions as the real one does, asks the same `decide`, and records what it said.
"""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.replay.made import T0, judged, policy, rule, view

from nightlatch.core.decide import decide
from nightlatch.core.identity import Anonymous, Identity, Presented, Unreadable
from nightlatch.core.policy import SECOND, OnExpiry, Policy
from nightlatch.core.recording import exchange_line, header_line
from nightlatch.core.remembering import run_out_at
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session, ended, reauthenticated, touched
from nightlatch.core.verdict import CROSS_SITE, Kind, Verdict
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.readers.recording import read_recording
from nightlatch.replay.readers.views import Views

POLICY = policy(
    10,
    40,
    rule("tight", "/tight", 4, None, own_idle=True, own_absolute=True),
    rule("pay", "/pay", 6, 9, on_expiry=OnExpiry.REAUTHENTICATE, own_absolute=True, own_idle=True),
    rule("open", "/open", public=True),
    passive="/poll",
)._replace(remember={"idle": 20 * SECOND, "absolute": 90 * SECOND})
PATHS = ("/", "/", "/tight", "/pay", "/open", "/poll", "/favicon.ico")


class Played:
    """The guard, with one person's sessions, and the recording that it writes."""

    def __init__(self) -> None:
        self.lines = [header_line("http://up.test", "made")]
        self.told: list[tuple[Kind, str | None]] = []
        self.session: Session | None = None
        self.logins = 0

    def login(self, at: int) -> None:
        self.logins += 1
        self.session = Session(f"s{self.logins}", "http://up.test", "ada", "nightlatch", at, at, at, at)

    def remembered(self, at: int) -> None:
        """A login whose person asks to be remembered."""
        self.login(at)
        self.session = self.session and self.session._replace(remembered=True)

    def again(self, at: int) -> None:
        if self.session is not None and self.session.end is None:
            self.session = reauthenticated(self.session, at)

    def logout(self, at: int) -> None:
        """Nobody logs out of a session that has run out already (law of time 8)."""
        if self.session is not None:
            swept = run_out_at(self.session, POLICY)
            self.session = ended(self.session, swept if swept and swept.at <= at else End(at, "logout"))

    def ask(self, at: int, path: str, presented: Presented | None = None) -> None:
        request = view(path, None)
        session = self.session if presented is None else None
        identity = presented or (Anonymous() if session is None else Identity("nightlatch", session.id.encode()))
        verdict = decide(identity, session, POLICY, request, at)
        if session is not None and verdict.end is not None:
            session = self.session = ended(session, verdict.end)
        if session is not None and verdict.activity:
            session = self.session = touched(session, at)
        self._record(request, at, session, verdict)

    def _record(self, request: RequestView, at: int, session: Session | None, verdict: Verdict) -> None:
        self.told.append((verdict.kind, verdict.clock))
        self.lines.append(
            exchange_line(
                request,
                origin="http://app.test",
                at=at,
                duration=1000,
                status=200,
                size=0,
                session=session,
                verdict=verdict,
                decision="d",
            )
        )

    def capture(self) -> list[Exchange]:
        text = "\n".join(json.dumps(line) for line in self.lines)
        capture = read_recording("x", text.encode(), Views())
        assert not capture.skipped
        return capture.exchanges


STEPS = st.lists(
    st.tuples(
        st.integers(0, 12 * SECOND) | st.integers(0, 12).map(lambda seconds: seconds * SECOND),
        st.sampled_from(["login", "remembered", "again", "logout", *PATHS, *PATHS, *PATHS, "stranger", "forged"]),
    ),
    max_size=25,
)


def play(steps: list[tuple[int, str]]) -> Played:
    played, now = Played(), T0 * SECOND
    for later, what in steps:
        now += later
        if what in ("login", "remembered", "again", "logout"):
            getattr(played, what)(now)
        elif what in ("stranger", "forged"):
            played.ask(now, "/", Anonymous() if what == "stranger" else Unreadable("signature"))
        else:
            played.ask(now, what)
    return played


@settings(max_examples=300, deadline=None)
@given(steps=STEPS, relogin=st.booleans())
def test_a_recording_under_its_own_policy_gives_the_recorded_verdicts(
    steps: list[tuple[int, str]], relogin: bool
) -> None:
    played = play(steps)
    _, decisions = judged(played.capture(), POLICY, relogin=relogin)
    assert [(each.verdict.kind, each.verdict.clock) for each in decisions] == played.told


def at(seconds: int) -> int:
    return (T0 + seconds) * SECOND


def test_who_did_not_get_in_is_never_taken_for_logging_in() -> None:
    played = play([(0, "login"), (0, "/"), (10 * SECOND, "/"), (SECOND, "/")])
    figures, decisions = judged(played.capture(), POLICY)
    assert [each.verdict.kind for each in decisions] == [Kind.ALLOW, Kind.EXPIRED, Kind.EXPIRED]
    assert figures["relogins"] == 0
    assert {each.session for each in decisions} == {"s1"}


def test_a_replay_is_not_stricter_than_the_guard_was_with_whom_it_remembered() -> None:
    played = play([(0, "remembered"), (0, "/"), (19 * SECOND, "/"), (SECOND, "/tight")])
    figures, decisions = judged(played.capture(), POLICY)
    assert [each.verdict.kind for each in decisions] == [Kind.ALLOW, Kind.ALLOW, Kind.EXPIRED]
    assert figures["exposure_seconds"] == 1
    forgetful = POLICY._replace(remember={})
    _, decisions = judged(played.capture(), forgetful)
    assert decisions[1].verdict.kind is Kind.EXPIRED


def test_under_a_stricter_policy_who_got_in_logs_in_again() -> None:
    played = play([(0, "login"), (0, "/"), (8 * SECOND, "/"), (SECOND, "/")])
    figures, decisions = judged(played.capture(), policy(5, None))
    assert [(each.verdict.kind, each.session) for each in decisions] == [
        (Kind.ALLOW, "s1"),
        (Kind.EXPIRED, "s1"),
        (Kind.ALLOW, "s1#2"),
    ]
    assert figures["relogins"] == 1


def test_under_a_looser_policy_an_expiry_does_not_happen_and_a_logout_does() -> None:
    played = play([(0, "login"), (0, "/"), (15 * SECOND, "/"), (0, "login"), (0, "/"), (0, "logout"), (0, "/")])
    _, decisions = judged(played.capture(), policy(100, None))
    assert [each.verdict.kind for each in decisions] == [Kind.ALLOW, Kind.ALLOW, Kind.ALLOW, Kind.REFUSED]


def test_a_session_that_a_stricter_policy_ended_before_the_logout_is_expired() -> None:
    played = play([(0, "login"), (0, "/"), (8 * SECOND, "logout"), (SECOND, "/")])
    assert played.told[-1] == (Kind.REFUSED, None)
    _, decisions = judged(played.capture(), policy(5, None))
    assert decisions[-1].verdict.kind == Kind.EXPIRED


def test_a_session_from_before_the_recording_keeps_its_past() -> None:
    played = Played()
    played.login(at(-35))
    played.session = played.session and played.session._replace(last_active_at=at(-3), gap=9 * SECOND)
    played.ask(at(0), "/")
    played.ask(at(5), "/")
    assert played.told[-1] == (Kind.EXPIRED, "absolute")
    _, decisions = judged(played.capture(), POLICY)
    assert [(each.verdict.kind, each.verdict.clock) for each in decisions] == played.told


def test_a_token_that_had_run_out_stays_so_also_when_nobody_knew_its_session() -> None:
    def recorded(session: str | None) -> list[Exchange]:
        line = {
            "at": "2024-01-01T00:00:00Z",
            "method": "GET",
            "url": "http://app.test/",
            "verdict": "expired",
            "reason": "clock",
            "clock": "token",
            "limit_us": 100 * SECOND,
            "elapsed_us": 200 * SECOND,
            "session": session,
        }
        text = "\n".join(json.dumps(each) for each in (header_line("http://up.test", "made"), line))
        return read_recording("x", text.encode(), Views()).exchanges

    for session in ("s1", None):
        figures, (decision,) = judged(recorded(session), policy(None, None))
        assert (decision.verdict.kind, decision.verdict.clock, decision.session) == ("expired", "token", session)
        assert figures["expired_by"]["token"] == 1


def test_a_public_request_that_the_application_let_in_is_public_again() -> None:
    played = Played()
    played.ask(at(0), "/", Anonymous(welcome=True))
    under: Policy = policy(5, None)
    assert [each.verdict.kind for each in judged(played.capture(), under)[1]] == [Kind.PUBLIC]


def test_what_was_denied_whatever_the_policy_says_is_denied_again() -> None:
    played = Played()
    played.login(at(0))
    played._record(view("/", None), at(1), None, Verdict(Kind.DENIED, CROSS_SITE))
    played.ask(at(2), "/")
    assert [each.verdict.kind for each in judged(played.capture(), POLICY)[1]] == [Kind.DENIED, Kind.ALLOW]
