"""What is said with the figures, where a capture does not tell what a policy goes by; and nothing where it does."""

import pytest
from tests.replay.made import exchange, observed, policy, rule
from tests.replay.tokens import jwt

from nightlatch.core.policy import Policy, Requirement
from nightlatch.core.session import Session
from nightlatch.replay.exchange import Capture, Exchange, Recorded
from nightlatch.replay.findings import Level
from nightlatch.replay.replaying import run
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.study import study
from nightlatch.replay.timeline import timeline

ADMINS = policy(1800, None, rule("admin", "/admin/**", require=Requirement(group=("admins",))))
RECORDED = Recorded(Session("s", "https://app.test", "ada", "nightlatch", 0, 0, 0, 0), None, "allow", "")


def told(*exchanges: Exchange, under: Policy = ADMINS) -> list[str]:
    return [each.message for each in observed(exchanges, under).caveats()]


def test_a_capture_knows_no_groups() -> None:
    (message,) = told(exchange(0, "/admin/x"))
    assert message.startswith("rule admin requires a group, and the capture does not tell anybody's groups")
    assert told(exchange(0, "/admin/x"), under=policy()) == []


def test_a_recording_knows_them() -> None:
    assert told(exchange(0, "/admin/x", recorded=RECORDED)) == []
    assert len(told(exchange(0, "/admin/x", recorded=RECORDED), exchange(1, "/"))) == 1


def test_tokens_may_tell_them() -> None:
    bearer = f"Bearer {jwt(sub='ada', exp=3600, groups=['admins'])}"
    times = timeline([Capture("made", [exchange(0, "/admin/x", None, authorization=bearer)], [])])
    assert run(times, [ADMINS], SessionKey("bearer"), observe=True).caveats() == ()


@pytest.mark.parametrize(("warped", "words"), [(1, "1 answer came"), (20, "20 answers came")])
def test_a_capture_of_a_warped_guard_has_the_times_of_the_wall(warped: int, words: str) -> None:
    captures = [Capture("a", [exchange(0)], [], warped - 1), Capture("b", [exchange(1)], [], 1)]
    replayed = run(timeline(captures), [policy()], SessionKey("cookie", "sid"), observe=True)
    (caveat,) = replayed.caveats()
    assert caveat.message.startswith(words) and "Nightlatch-Clock" in caveat.message and caveat.rule is None


def test_it_is_among_the_notes_of_a_report() -> None:
    found = [
        each for each in study(observed([exchange(0, "/admin/x")], ADMINS)).findings if each.kind == "capture-lacks"
    ]
    assert [each.level for each in found] == [Level.NOTE] and "requires a group" in found[0].message
    against = study(observed([exchange(0, "/admin/x")], policy(), ADMINS)).findings
    assert not [each for each in against if each.kind == "capture-lacks"], "findings are about the first policy"
