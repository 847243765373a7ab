"""What detectors say of a capture: facts from exchanges, and findings that follow closely as one alert."""

from collections.abc import Iterable

from tests.core.detect.facts_at import T0

from nightlatch.core.policy import HOUR, MINUTE, SECOND, Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.replay.alerting import Alerting
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.simulate import Judged

POLICY = read_policy("[alerts]\nmachine_rhythm = {}\nrefresh_storm = { count = 3 }", name="p")
ALLOW = Verdict(Kind.ALLOW, "live", activity=True)


def judged(
    at: int,
    verdict: Verdict = ALLOW,
    *,
    session: str | None = "a",
    address: str = "192.0.2.1",
    agent: str = "Mozilla/5.0 Firefox/140",
    method: str = "GET",
    path: str = "/",
    status: int = 200,
) -> Judged:
    view = RequestView(method, "app", path, "", {"user-agent": (agent,)}, address)
    return Judged(Exchange(0, "f", T0 + at, 0, view, "https://app", status), verdict, session)


def found(decisions: Iterable[Judged], policy: Policy = POLICY) -> list[tuple[str, int]]:
    alerting = Alerting([policy])
    for each in decisions:
        alerting(each, policy)
    return [(alert.detector, alert.times) for alert in alerting.alerts(policy)]


def test_ordinary_traffic_says_nothing() -> None:
    assert found(judged(n * 7 * SECOND * (1 + n % 5)) for n in range(100)) == []


def test_a_flare_a_change_of_agent_and_two_networks() -> None:
    assert found([judged(0), judged(16 * MINUTE, address="203.0.113.1")]) == [("idle_flare", 1)]
    assert found([judged(0), judged(SECOND, agent="curl/8")]) == [("agent_change", 1)]
    addresses = ("192.0.2.1", "203.0.113.1") * 3
    assert found(judged(n * SECOND, address=each) for n, each in enumerate(addresses)) == [("two_networks", 2)]


def test_refreshes_are_known_by_their_route() -> None:
    assert found(judged(n * SECOND, method="POST", path="/oauth/token") for n in range(5)) == [("refresh_storm", 3)]
    assert found(judged(n * SECOND, method="POST", path="/orders") for n in range(5)) == []


def test_failed_logins_and_redirects() -> None:
    nobody = Verdict(Kind.LOGIN, "no_credential")
    failures = [judged(n * SECOND, nobody, session=None, method="POST", path="/login", status=401) for n in range(10)]
    assert found(failures) == [("login_storm", 1)]
    bounces = [judged(n * SECOND, nobody, session=None, path="/x", status=302) for n in range(5)]
    assert found(bounces) == [("redirect_loop", 1)]


def test_an_end_and_a_rhythm() -> None:
    refused, expired = Verdict(Kind.REFUSED, "logout"), Verdict(Kind.EXPIRED, "clock")
    assert found([judged(0), judged(HOUR, expired), judged(2 * HOUR, expired, address="203.0.113.1")]) == []
    assert found([judged(0), judged(HOUR, refused), judged(2 * HOUR, refused)]) == []
    assert found(judged(n * MINUTE) for n in range(362))[0] == ("machine_rhythm", 2)


def test_what_comes_much_later_is_another_alert() -> None:
    agents = [judged(0)] + [judged(HOUR * n, agent=f"curl{n}/8") for n in range(1, 4)]
    assert [name for name, _ in found(agents)].count("agent_change") == 3


def test_the_document_names_the_policy() -> None:
    other = POLICY._replace(name="other", alerts={})
    alerting = Alerting([POLICY, other])
    for each in (judged(0), judged(SECOND, agent="curl/8")):
        alerting(each, POLICY)
        alerting(each, other)
    (told,) = alerting.document()
    assert (told["policy"], told["detector"], told["session"], told["then"]) == ("p", "agent_change", "a", "alert")
    assert "id" not in told
