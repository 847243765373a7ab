"""Alerts: thresholds as given, what is in force unless told otherwise, and detectors that do not exist."""

import pytest

from nightlatch.core.detect.table import DETECTORS, IN_FORCE, OFF, RULES
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import HOUR, MINUTE, SECOND, AlertRule
from nightlatch.core.policy_toml import read_policy


def read(text: str) -> dict[str, AlertRule]:
    return dict(read_policy(f"[alerts]\n{text}", name="test").alerts)


def test_what_is_in_force_when_nothing_is_said() -> None:
    assert read("") == IN_FORCE
    assert set(RULES) - OFF == set(IN_FORCE)
    assert {"many_sessions", "machine_rhythm"} == OFF
    assert {name for name, rule in IN_FORCE.items() if rule.then != "alert"} == {"rotation_reuse"}
    assert IN_FORCE["rotation_reuse"].then == "end"


@pytest.mark.parametrize("name", RULES)
def test_every_detector_can_be_named_alone_and_be_off(name: str) -> None:
    assert name in DETECTORS
    assert read(f"{name} = {{}}")[name] == RULES[name]
    assert name not in read(f'{name} = {{ then = "off" }}')


def test_thresholds() -> None:
    alerts = read(
        'refresh_storm = { count = 20, window = "2m" }\n'
        'idle_flare = { after = "75%", network = "any", then = "step_up" }\n'
        'reuse_after_end = { grace = "30s", then = "end" }\n'
        "many_sessions = { count = 3 }"
    )
    assert alerts["refresh_storm"] == AlertRule("alert", {"count": 20, "window": 2 * MINUTE})
    assert alerts["idle_flare"] == AlertRule("step_up", {"after": "75%", "network": "any"})
    assert alerts["reuse_after_end"] == AlertRule("end", {"grace": 30 * SECOND})
    assert alerts["many_sessions"] == AlertRule("alert", {"count": 3, "window": HOUR})


@pytest.mark.parametrize(("text", "after"), [("overnight", "overnight"), ("1%", "1%"), ("2h", 2 * HOUR)])
def test_a_pause_is_a_share_a_duration_or_a_night(text: str, after: str | int) -> None:
    assert read(f'idle_flare = {{ after = "{text}" }}')["idle_flare"].thresholds["after"] == after


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("refresh_strom = {}", 'did you mean "refresh_storm"'),
        ("refresh_storm = 3", "a table"),
        ("refresh_storm = { count = 0 }", "whole number"),
        ("refresh_storm = { window = 60 }", "a duration"),
        ('refresh_storm = { window = "off" }', "a duration"),
        ('reuse_after_end = { then = "stop" }', "one of alert, step_up, end, off"),
        ("reuse_after_end = { count = 3 }", 'unknown key "count"'),
        ('idle_flare = { after = "half" }', "a share of the idle limit"),
        ('idle_flare = { after = "off" }', "a share of the idle limit"),
        ('idle_flare = { after = "overnigt" }', 'did you mean "overnight"'),
        ('idle_flare = { network = "chnged" }', 'did you mean "changed"'),
    ],
)
def test_mistakes(text: str, complaint: str) -> None:
    with pytest.raises(PolicyInvalid, match=complaint) as invalid:
        read(text)
    assert len(invalid.value.mistakes) == 1
