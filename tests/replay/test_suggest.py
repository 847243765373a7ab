import tomllib

from hypothesis import given
from hypothesis import strategies as st
from tests.replay.made import policy

from nightlatch.core.activity import is_passive
from nightlatch.core.matching import session_rule
from nightlatch.core.policy import SECOND, Activity, PassivePattern
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.request import RequestView
from nightlatch.replay.attribution import LooksLike
from nightlatch.replay.routes import Route
from nightlatch.replay.suggest import as_toml, suggestions, toml_string

POLL = Route("GET /api/poll", 90, LooksLike.POLL, 30 * SECOND)


def passes(toml: str, method: str, path: str) -> bool:
    """Whether a policy with `toml` in it has such a request passive."""
    read = read_policy(toml, name="x")
    return is_passive(read, session_rule(read), RequestView(method, "h", path, "", {}, ""))


def test_what_is_suggested_can_be_pasted_and_does_what_it_says() -> None:
    beat = Route("POST /beat", 9, LooksLike.HEARTBEAT, 60 * SECOND)
    token = Route("POST /oauth/token", 3, LooksLike.REFRESH)
    toml = as_toml(suggestions([(token, 2), (beat, 9), (POLL, 80)]), policy())
    assert toml == (
        "[activity]\n"
        "passive = [\n"
        '    { method = "GET", path = "/api/poll" },  # poll every 30s, 80 requests\n'
        '    { method = "POST", path = "/beat" },  # heartbeat every 1m, 9 requests\n'
        '    { method = "POST", path = "/oauth/token" },  # refresh, 2 requests\n'
        "]\n"
    )
    assert passes(toml, "GET", "/api/poll")
    assert passes(toml, "POST", "/beat")
    assert not passes(toml, "GET", "/beat")


def test_gaps_are_told_to_the_nearest_second() -> None:
    told = [POLL._replace(every=every) for every in (29_980_000, 700_000, 90_400_000)]
    assert [suggestions([(route, 1)])[0].why for route in told] == [
        "poll every 30s, 1 request",
        "poll every 700ms, 1 request",
        "poll every 1m30s, 1 request",
    ]


def test_nothing_is_suggested_that_is_passive_already_or_a_person() -> None:
    person = Route("GET /", 90, LooksLike.PERSON)
    stream = Route("GET /live", 90, LooksLike.STREAM)
    assert suggestions([(POLL, 0), (person, 90), (stream, 1)]) == ()
    assert as_toml((), policy()) == ""


def test_routes_that_differ_by_an_identifier_become_one_pattern() -> None:
    jobs = [(Route(f"GET /jobs/{n}/status", 9, LooksLike.POLL, SECOND), 9) for n in range(3)]
    (found,) = suggestions(jobs)
    assert (found.path, found.requests) == ("/jobs/*/status", 27)
    assert passes(as_toml((found,), policy()), "GET", "/jobs/77/status")
    (one,) = suggestions(jobs[:1])
    assert one.path == "/jobs/0/status"


def test_what_the_policy_says_already_stays() -> None:
    own = Activity((PassivePattern(header="x-quiet"), PassivePattern("/m", "GET")), websocket="none")
    toml = as_toml(suggestions([(POLL, 1)]), policy()._replace(activity=own))
    read = read_policy(toml, name="x").activity
    assert read.passive == (*own.passive, PassivePattern("/api/poll", "GET"))
    assert read.websocket == "none"


def test_a_path_that_no_policy_can_hold_is_left_out() -> None:
    odd = ["GET nowhere", "GET /\udc80", "GE:T /x", 'GET /"]\n[session]\nidle = "off"']
    found = suggestions([(Route(route, 9, LooksLike.POLL, SECOND), 9) for route in odd])
    assert set(tomllib.loads(as_toml(found, policy()) or "activity = 1")) == {"activity"}
    assert len(found) <= 1


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_one_string(text: str) -> None:
    written = toml_string(text)
    assert tomllib.loads(f"x = {written}") == {"x": text}
    assert written.isprintable()
