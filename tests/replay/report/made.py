"""Studies of a small made-up morning, for the tests of reports."""

from collections.abc import Sequence
from pathlib import PurePath

from tests.replay.made import exchange, observed, policy

from nightlatch.core.policy import MINUTE, Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.verdict import Clock
from nightlatch.replay.conditions import parse_condition
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.report.subject import Subject
from nightlatch.replay.study import Study, study
from nightlatch.replay.study_json import study_document
from nightlatch.replay.sweep import Sweep

TIGHT = read_policy(
    """[policy]
name = "tight"

[session]
idle = "10m"
absolute = "8h"

[[rule]]
name = "admin"
match = { path = "/admin/**" }
idle = "2m"

[[rule]]
name = "nobody's"
match = { path = "/nobody" }
idle = "3m"
""",
    name="tight",
)
LOOSE = policy(3600, None)._replace(name="loose")
SWEEP = Sweep(Clock.IDLE, tuple(MINUTE * n for n in (5, 10, 20, 40)))


def morning(path: str = "/form") -> list[Exchange]:
    """Somebody fills in a form for too long while the tab polls, and looks at an admin page; somebody else is away."""
    polls = [exchange(30 * n, "/poll", "c") for n in range(50)]
    return [
        exchange(0, path),
        exchange(900, path, method="POST", size=1234),
        exchange(950, "/admin/x"),
        exchange(1200, "/admin/x"),
        exchange(10, "/", "b"),
        exchange(2500, "/", "b"),
        *polls,
    ]


def studied(
    exchanges: Sequence[Exchange] = (),
    policies: Sequence[Policy] = (TIGHT, LOOSE),
    sweeps: Sequence[Sweep] = (SWEEP,),
    conditions: Sequence[str] = (),
) -> Study:
    """Everything about it."""
    return study(observed(exchanges or morning(), *policies), sweeps, [parse_condition(each) for each in conditions])


def subject(*exchanges: Exchange, conditions: Sequence[str] = ("lost_writes>0", "relogins>99")) -> Subject:
    """What reports are made of."""
    made = studied(exchanges, conditions=conditions)
    return Subject(made, study_document(made), PurePath("conf/my policy.toml"), "conf/my policy.toml", "1.2.3")


HOSTILE = "/<script>alert(1)</script>\"'`|]]><img src=x onerror=alert(1)>\u202e\x1b[2J\n::error::x"
"""A path as an attacker would have it."""
