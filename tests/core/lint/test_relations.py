import pytest
from tests.core.lint.reading import QUIET, linted

from nightlatch.core.lint.finding import Severity

ADMIN = '[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\n'

CASES = [
    ("absolute-missing", 'absolute = "off"', 'absolute = "20h1s"'),
    ("idle-missing", 'idle = "off"', 'idle = "1h"'),
    ("idle-never-fires", 'idle = "1h"\nabsolute = "1h"', 'idle = "59m59s"\nabsolute = "1h"'),
    ("idle-generous", 'idle = "1h1s"', 'idle = "1h"'),
    ("absolute-generous", 'absolute = "24h1s"', 'absolute = "24h"'),
    ("rolling-never-fires", 'rolling = "8h"\nabsolute = "8h"', 'rolling = "7h59m"\nabsolute = "8h"'),
    ("rolling-own-credential-only", 'rolling = "1h"', ""),
    ("grace-above-rolling", 'rolling = "10s"\ngrace = "10s"', 'rolling = "11s"\ngrace = "10s"'),
    ("idle-too-short-to-warn", 'idle = "40s"', 'idle = "41s"'),
    ("absolute-not-adjustable", 'absolute = "20h"', 'absolute = "20h1s"'),
    ("leeway-long", 'leeway = "5m1s"', 'leeway = "5m"'),
]


@pytest.mark.parametrize(("code", "bad", "good"), CASES, ids=[code for code, _, _ in CASES])
def test_a_relation_finds_what_it_is_for_and_no_more(code: str, bad: str, good: str) -> None:
    found = linted(f"{QUIET}[session]\n{bad}\n")
    assert code in found and found[code].line > 2
    assert code not in linted(f"{QUIET}[session]\n{good}\n")


def test_privileged_users_are_not_given_more_than_others() -> None:
    text = f'{QUIET}[session]\nidle = "9m"\n{ADMIN}idle = '
    looser = linted(f'{text}"10m"\n')["admin-looser-than-user"]
    assert (looser.finding.severity, looser.source) == (Severity.WARNING, 'idle = "10m"')
    assert "admin-looser-than-user" not in linted(f'{text}"9m"\n')


def test_long_idle_limits_of_privileged_users_are_noted() -> None:
    assert linted(f'{ADMIN}idle = "10m1s"\n')["admin-idle-long"].finding.severity is Severity.NOTE
    assert "admin-idle-long" not in linted(f'{ADMIN}idle = "10m"\n')


def test_a_tier_of_high_risk_is_held_to_the_cheat_sheet() -> None:
    found = linted('[risk.high]\nidle = "5m1s"\n')["idle-generous"]
    assert "high-value" in found.finding.clause
    assert "idle-generous" not in linted('[risk.high]\nidle = "5m"\n')
    assert "idle-generous" not in linted('[risk.low]\nidle = "30m"\n')


def test_an_age_that_absolute_never_lets_be_reached_is_found_in_its_rule() -> None:
    text = (
        '[[rule]]\nname = "pay"\nmatch = { path = "/pay" }\nrequire = { auth_age = "AGE" }\n[session]\nabsolute = "8h"'
    )
    assert linted(text.replace("AGE", "8h"))["auth-age-never-fires"].line == 4
    assert "auth-age-never-fires" not in linted(text.replace("AGE", "7h"))


def test_nobody_chose_these_clauses_so_none_is_an_error() -> None:
    bad = "\n".join(bad for _, bad, _ in CASES[:1])
    assert all(each.finding.severity is not Severity.ERROR for each in linted(f"[session]\n{bad}\n").values())


def test_what_a_rule_inherits_is_reported_once_where_it_is_written() -> None:
    text = f'{QUIET}[session]\nabsolute = "off"\n' + ADMIN + ADMIN.replace("admin", "other")
    assert linted(text)["absolute-missing"].source == 'absolute = "off"'
