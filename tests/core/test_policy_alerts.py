"""Alerts: thresholds as given, the one default, and detectors that do not exist."""

import pytest

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import MINUTE, AlertRule
from nightlatch.core.policy_alerts import DEFAULTS
from nightlatch.core.policy_toml import read_policy


def read(text: str) -> dict[str, AlertRule]:
    return dict(read_policy(f"[alerts]\n{text}", name="test").alerts)


def test_reuse_of_a_rotated_credential_ends_the_session_unless_told_otherwise() -> None:
    assert read("") == DEFAULTS == {"rotation_reuse": AlertRule("end")}
    assert read('rotation_reuse = { then = "alert" }')["rotation_reuse"] == AlertRule("alert")


def test_thresholds() -> None:
    alerts = read(
        'refresh_storm = { count = 10, window = "1m" }\n'
        'idle_flare = { after = "50%", network = "changed", then = "step_up" }\n'
        'reuse_after_end = { then = "end" }'
    )
    assert alerts["refresh_storm"] == AlertRule("alert", {"count": 10, "window": MINUTE})
    assert alerts["idle_flare"] == AlertRule("step_up", {"after": "50%", "network": "changed"})
    assert alerts["reuse_after_end"] == AlertRule("end")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("refresh_strom = {}", 'did you mean "refresh_storm"'),
        ("refresh_storm = 3", "a table"),
        ("refresh_storm = { count = 0 }", "whole number"),
        ("refresh_storm = { window = 60 }", "a duration"),
        ('reuse_after_end = { then = "stop" }', "one of alert, step_up, end"),
        ("reuse_after_end = { count = 3 }", 'unknown key "count"'),
        ('idle_flare = { after = "half" }', "a share of the limit"),
        ('idle_flare = { network = "chnged" }', 'did you mean "changed"'),
    ],
)
def test_mistakes(text: str, complaint: str) -> None:
    with pytest.raises(PolicyInvalid, match=complaint) as invalid:
        read(text)
    assert len(invalid.value.mistakes) == 1
