"""Every detector by name, the thresholds that each takes, and which are on unless the policy says otherwise."""

from collections.abc import Mapping

from nightlatch.core.detect import (
    agent_change,
    fixation,
    idle_flare,
    login_storm,
    machine_rhythm,
    many_sessions,
    redirect_loop,
    refresh_storm,
    reuse_after_end,
    rotation_reuse,
    shared_credential,
    skewed_tokens,
    two_networks,
)
from nightlatch.core.detect.detector import Detector
from nightlatch.core.policy import HOUR, MINUTE, SECOND, AlertRule

DETECTORS: Mapping[str, Detector] = {
    module.NAME: module.DETECTOR
    for module in (
        refresh_storm,
        idle_flare,
        reuse_after_end,
        rotation_reuse,
        two_networks,
        agent_change,
        login_storm,
        redirect_loop,
        shared_credential,
        fixation,
        many_sessions,
        machine_rhythm,
        skewed_tokens,
    )
}

RULES: Mapping[str, AlertRule] = {
    "refresh_storm": AlertRule("alert", {"count": 10, "window": MINUTE}),
    "idle_flare": AlertRule("alert", {"after": "50%", "network": "changed"}),
    "reuse_after_end": AlertRule("alert", {"grace": 10 * SECOND}),
    "rotation_reuse": AlertRule("end"),
    "two_networks": AlertRule("alert", {"count": 3, "window": 2 * MINUTE}),
    "agent_change": AlertRule("alert"),
    "login_storm": AlertRule("alert", {"count": 10, "window": MINUTE}),
    "redirect_loop": AlertRule("alert", {"count": 5, "window": 30 * SECOND}),
    "shared_credential": AlertRule("alert"),
    "fixation": AlertRule("alert"),
    "many_sessions": AlertRule("alert", {"count": 10, "window": HOUR}),
    "machine_rhythm": AlertRule("alert", {"window": 6 * HOUR}),
    "skewed_tokens": AlertRule("alert", {"count": 3, "window": 10 * MINUTE}),
}
"""Each detector as it is when a policy only names it."""

OFF = frozenset(("many_sessions", "machine_rhythm"))
"""Not in force unless the policy names them: what they find is ordinary where scripts log in and pages poll."""

IN_FORCE: Mapping[str, AlertRule] = {name: rule for name, rule in RULES.items() if name not in OFF}
"""What is in force when a policy says nothing."""
