"""The arrays against the engine: whatever the policy and the log, the same sums."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.replay.made import policy, rule

from nightlatch.core.identity import Identity
from nightlatch.core.policy import SECOND, OnExpiry, Policy, Requirement
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Clock, Kind
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.partition import Judge, together
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.figures import Figures
from nightlatch.replay.simulate import Simulation

T0 = 1_700_000_000 * SECOND
PATHS = ("/", "/poll", "/admin", "/kiosk", "/robots.txt", "/pub/x", "/step", "/Admin/%2e")
LINES = [
    RequestView(method, "", path, "", headers, "")
    for path in PATHS
    for method in ("GET", "POST")
    for headers in ({}, {"sec-purpose": ("prefetch",)})
]
Row = tuple[int, int, int, int]
"""Seconds since the row before, session, line, how long it took in seconds."""

ROWS = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(0, 3), st.integers(0, len(LINES) - 1), st.sampled_from([0, 0, 0, 0, 1, 2, 40])
    ),
    max_size=60,
)
QUICK = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 2), st.integers(0, 7), st.just(0)), min_size=20, max_size=120
)
LIMIT = st.one_of(st.none(), st.integers(5, 120))


@st.composite
def policies(draw: st.DrawFn, *, plain: bool = False) -> Policy:
    rules = [
        rule("admin", "/admin/**", draw(LIMIT), draw(LIMIT)),
        rule("kiosk", "/kiosk", draw(LIMIT), draw(LIMIT), passive=draw(st.booleans())),
        rule("pub", "/pub/**", public=True),
    ]
    if not plain and draw(st.booleans()):
        again: dict[str, Any] = {"on_expiry": OnExpiry.REAUTHENTICATE, "own_absolute": True}
        rules.append(rule("step", "/step", draw(LIMIT), draw(LIMIT), **again))
    elif not plain:
        rules.append(rule("step", "/step", 50, 100, require=Requirement(auth_age=draw(st.integers(5, 60)) * SECOND)))
    return policy(
        draw(LIMIT),
        draw(LIMIT),
        *rules[draw(st.integers(0, len(rules))) :],
        passive=draw(st.sampled_from([None, "/poll"])),
    )


def _events(rows: Sequence[Row], *, durations: bool) -> Events:
    at = T0 + np.cumsum([row[0] for row in rows], dtype=np.int64) * SECOND
    session = np.array([(row[1] + 1) << 60 | row[1] for row in rows], np.uint64)
    line = np.array([row[2] for row in rows], np.uint32)
    took = np.array([row[3] for row in rows], np.int64) * SECOND if durations else None
    return Events(session, at, line, took)


def by_engine(events: Events, under: Policy, ends: int, polls: Sequence[bool], *, relogin: bool) -> dict[str, Any]:
    """The figures of a replay request by request."""
    polling = {id(line) for line, poll in zip(LINES, polls, strict=True) if poll}
    who = [Identity("column", int(key).to_bytes(8, "big")) for key in events.session]
    took = [0] * len(events.at) if events.duration is None else events.duration.tolist()
    exchanges = [
        Exchange(position, "", int(at), took[position], LINES[line], "", 0)
        for position, (at, line) in enumerate(zip(events.at, events.line, strict=True))
    ]
    exchanges.sort(key=lambda exchange: exchange.at)
    simulation = Simulation(
        under,
        lambda exchange: who[exchange.position],
        relogin=relogin,
        polls=(lambda line: id(line) in polling) if polling else None,
    )
    figures = Figures()
    for judged in simulation.run(exchanges):
        figures.add(judged)
    told: dict[str, Any] = figures.told(simulation, ends).document()
    told["activity"] = [figures.activity([id(line)]) for line in LINES]
    return told


def _same(events: Events, under: Policy, polls: Sequence[bool], *, relogin: bool) -> None:
    ends = int(events.at.max()) if len(events.at) else 0
    judge = Judge(under, LINES, ends, relogin=relogin, polls=polls)
    part = judge.part(events)
    told = by_engine(events, under, ends, polls, relogin=relogin)
    sums = part.sums
    assert {name: count for name, count in told["verdicts"].items() if count} == {
        str(name): count for name, count in part.verdicts.items() if count
    }
    assert (sums.generations, sums.generations - sums.sessions) == (told["sessions"], told["relogins"])
    assert sums.by_idle == told["expired_by"][Clock.IDLE]
    assert sums.by_absolute == told["expired_by"][Clock.ABSOLUTE]
    assert sums.lost_writes == told["lost_writes"]
    assert sums.kept_alive == told["kept_alive_by_polling"]
    assert sums.exposure // SECOND == told["exposure_seconds"]
    assert part.activity.tolist() == told["activity"]
    halves = [events.take(events.session % np.uint64(2) == np.uint64(half)) for half in (0, 1)]
    parts = [judge.part(half) for half in halves]
    assert together(*parts).sums == sums


POLLS = [line.path == "/poll" for line in LINES]
NO_POLLS = [False] * len(LINES)


@settings(max_examples=100, deadline=None)
@given(ROWS, policies(), st.booleans(), st.booleans(), st.booleans())
def test_any_log_under_any_policy(rows: list[Row], under: Policy, relogin: bool, polls: bool, durations: bool) -> None:
    _same(_events(rows, durations=durations), under, POLLS if polls else NO_POLLS, relogin=relogin)


@settings(max_examples=100, deadline=None)
@given(QUICK, policies(plain=True), st.booleans())
@example([(0, 0, 1, 0)] * 20, policy(5, 5), True)
def test_busy_sessions_under_plain_rules(rows: list[Row], under: Policy, relogin: bool) -> None:
    _same(_events(rows, durations=False), under, POLLS, relogin=relogin)


@settings(max_examples=40, deadline=None)
@given(QUICK, policies(plain=True), st.randoms())
def test_a_log_out_of_order(rows: list[Row], under: Policy, shuffle: Any) -> None:
    events = _events(rows, durations=False)
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    _same(events.take(np.array(order)), under, POLLS, relogin=True)


def test_a_log_of_nobody() -> None:
    part = Judge(policy(), LINES, T0).part(_events([], durations=True))
    assert part.sums.sessions == 0
    assert part.verdicts.get(Kind.ALLOW, 0) == 0
