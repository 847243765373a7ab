"""A policy in words: every part of it has its sentence."""

import pytest

from nightlatch.core.detect.table import RULES
from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.words import describe


def told(text: str) -> tuple[str, ...]:
    return describe(read_policy(text, name="x", floors=lambda name: Policy(name, "v"), public=()))


def test_limits() -> None:
    assert told("")[:2] == (
        "A session ends after 30m without activity.",
        "A session ends 8h after the login, whatever happens.",
    )
    assert told('[session]\nidle = "off"\nabsolute = "off"\nrolling = "1h"')[:3] == (
        "A session does not end by being idle.",
        "A session may last for ever.",
        "Credentials are renewed every 1h; the old one is good for 10s more.",
    )


def rule(text: str, session: str = "") -> str:
    return told(f'{session}\n[[rule]]\nname = "it"\nmatch = {{ path = "/x" }}\n{text}')[2 + session.count("rolling")]


def test_rules() -> None:
    assert rule("") == "it: /x is guarded like the rest."
    assert rule('access = "public"') == "it: /x is open to everyone."
    assert rule('idle = "5m"') == "it: /x allows 5m without activity."
    assert rule('idle = "off"\nabsolute = "off"') == "it: /x has no idle limit and has no absolute limit."
    assert rule('absolute = "1h"\nrolling = "5m"') == (
        "it: /x allows 1h after the login and renews credentials every 5m."
    )
    assert rule('rolling = "off"', '[session]\nrolling = "1h"') == "it: /x renews no credentials."
    assert rule('on_expiry = "reauthenticate"\npassive = true') == (
        "it: /x asks for a fresh login when that runs out, without ending the session and is not counted as activity."
    )


def test_demands() -> None:
    assert rule('require = { group = ["a", "b"], network = "10.0.0.0/8" }') == (
        "it: /x is only for a or b and is only reached from 10.0.0.0/8."
    )
    assert rule('require = { amr = ["pwd", "otp"], acr = ["gold"], auth_age = "15m" }') == (
        "it: /x needs a login by pwd and otp, needs a login of strength gold and needs a login not older than 15m."
    )


def test_matches() -> None:
    def match(text: str) -> str:
        return told(f"[[rule]]\nname = 'it'\nmatch = {{ {text} }}")[2].removesuffix(" is guarded like the rest.")

    assert match('path = ["/a", "/b", "/c"], method = ["GET", "POST"]') == "it: GET or POST /a, /b or /c"
    assert match('host = "*.a.example", group = "boss", network = "10.0.0.0/8"') == (
        "it: everything on *.a.example for boss from 10.0.0.0/8"
    )
    assert match('path = "/a", host = "*", method = "*"') == "it: /a"


def test_the_rest() -> None:
    told_all = "\n".join(
        told(
            '[policy]\nfloor = "aal"\n[login]\nrewrite_upstream = true\npublic = ["/a", "/b"]\n[activity]\n'
            'passive = [{ path = "/p", method = "GET" }, { header = "X-B" }, { path = "/q", header = "X-C" }]'
        )
    )
    assert "Open to everyone: /a or /b." in told_all
    assert "Not counted as activity: GET /p, requests with the header x-b and /q with the header x-c." in told_all
    assert "401, 419 or 440" in told_all
    assert "No limit is looser than that of aal." in told_all


def test_every_detector_has_words() -> None:
    for detector in RULES:
        (sentence,) = (
            line for line in told(f'[alerts]\n{detector} = {{ then = "step_up" }}') if "log in again" in line
        )
        assert sentence.startswith("An alert is raised, and the person must log in again, for: ")
        assert detector not in sentence


def test_alerts_that_follow_alike_share_a_sentence() -> None:
    off = "\n".join(f'{name} = {{ then = "off" }}' for name in RULES if name not in ("fixation", "agent_change"))
    assert told(f"[alerts]\n{off}")[-1] == ("An alert is raised for: another program; cookie kept across a login.")


def test_all_alerts_at_once_can_still_be_read() -> None:
    every = "\n".join(f'{name} = {{ then = "alert" }}' for name in RULES)
    assert all(len(part.split()) <= 6 for part in told(f"[alerts]\n{every}")[-1].partition(": ")[2].split("; "))


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ('idle = "7d"\nabsolute = "30d"', "after 7d without activity or 30d after the login"),
        ('idle = "off"\nabsolute = "30d"', "30d after the login"),
        ('idle = "off"\nabsolute = "off"', "at the logout"),
    ],
)
def test_how_long_people_are_remembered(text: str, ends: str) -> None:
    says = f"Who asks at the login to be remembered is logged out {ends}, but where a rule has limits of its own."
    assert told(f"[remember]\n{text}")[2] == says
