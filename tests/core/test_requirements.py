"""What a rule demands beyond a live session; the network and the group are not mended by a login."""

from nightlatch.core.policy import SECOND, Limits, Match, Requirement, Rule
from nightlatch.core.request import RequestView
from nightlatch.core.requirements import unmet
from nightlatch.core.session import Session, reauthenticated
from nightlatch.core.verdict import Kind

SESSION = Session("s", "http://app", "alice", "nightlatch", 0, 0, 0, 0)


def lacking(require: Requirement, session: Session = SESSION, now: int = 0, address: str = "127.0.0.1") -> str | None:
    request = RequestView("GET", "localhost", "/", "", {}, address)
    verdict = unmet(session, Rule("r", Match(), Limits(), require=require), request, now)
    return f"{verdict.kind}:{verdict.reason}" if verdict else None


def test_nothing_demanded_nothing_lacking() -> None:
    assert lacking(Requirement()) is None


def test_a_network_is_demanded_by_address() -> None:
    inside = Requirement(network=("10.0.0.0/8", "127.0.0.1"))
    assert lacking(inside) is None
    assert lacking(inside, address="192.0.2.1") == "denied:network"
    assert lacking(inside, address="") == "denied:network"


def test_any_group_of_those_will_do() -> None:
    assert lacking(Requirement(group=("a", "b")), SESSION._replace(groups=("b",))) is None
    assert lacking(Requirement(group=("a",))) == "denied:group"


def test_all_methods_are_demanded_but_any_class() -> None:
    assert lacking(Requirement(amr=("pwd", "otp")), SESSION._replace(amr=("pwd",))) == "step_up:amr"
    assert lacking(Requirement(acr=("gold", "silver")), SESSION._replace(acr="silver")) is None
    assert lacking(Requirement(acr=("gold",))) == "step_up:acr"


def test_the_age_of_the_authentication_runs_from_the_latest() -> None:
    require = Requirement(auth_age=10 * SECOND)
    assert lacking(require, now=10 * SECOND - 1) is None
    assert lacking(require, now=10 * SECOND) == f"{Kind.STEP_UP}:auth_age"
    assert lacking(require, reauthenticated(SESSION, 5 * SECOND), 14 * SECOND) is None


def test_one_login_is_asked_for_all_that_is_missing() -> None:
    require = Requirement(amr=("pwd", "otp"), acr=("gold",), auth_age=10 * SECOND)
    request = RequestView("GET", "localhost", "/", "", {}, "127.0.0.1")
    rule = Rule("r", Match(), Limits(), require=require)
    verdict = unmet(SESSION._replace(amr=("pwd",)), rule, request, 20 * SECOND)
    assert verdict is not None
    assert verdict.reason == "acr"
    assert dict(verdict.asks) == {"acr_values": "gold", "amr": "pwd otp", "max_age": "10"}


def test_a_login_that_is_only_too_old_must_be_as_strong_again() -> None:
    require = Requirement(amr=("pwd", "otp"), acr=("gold", "silver"), auth_age=10 * SECOND)
    request = RequestView("GET", "localhost", "/", "", {}, "127.0.0.1")
    strong = SESSION._replace(amr=("pwd", "otp"), acr="gold")
    verdict = unmet(strong, Rule("r", Match(), Limits(), require=require), request, 20 * SECOND)
    assert verdict is not None and verdict.reason == "auth_age"
    assert dict(verdict.asks) == {"acr_values": "gold silver", "amr": "pwd otp", "max_age": "10"}
