import json

from nightlatch.core.identity import Identity
from nightlatch.core.recording import SCHEMA, exchange_line, header_line
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session, ended
from nightlatch.core.verdict import Clock, Kind, Verdict

REQUEST = RequestView(
    "GET",
    "app.test",
    "/a",
    "token=SECRET",
    {
        "cookie": ("sid=SECRET",),
        "authorization": ("Bearer SECRET",),
        "x-background": ("SECRET",),
        "referer": ("https://app.test/?SECRET",),
        "accept": ("text/html", "x/y"),
    },
    "10.0.0.1",
)
SESSION = Session("s1", "http://up.test", "ada", "cookie", 1, 2, 3, 1, gap=2, groups=("g",), amr=("pwd",), acr="1")


def line(session: Session | None, verdict: Verdict) -> dict[str, object]:
    return exchange_line(
        REQUEST,
        origin="http://localhost:8080",
        at=1_700_000_000_000_001,
        duration=5,
        status=200,
        size=7,
        session=session,
        verdict=verdict,
        decision="d1",
    )


def test_no_credential_and_no_query_gets_into_a_line() -> None:
    text = json.dumps(line(SESSION, Verdict(Kind.ALLOW, "live")))
    assert "SECRET" not in text
    assert Identity("cookie", b"f").source in text  # the names of header fields are there


def test_a_line_tells_all_that_a_replay_prefers_to_guessing() -> None:
    verdict = Verdict(Kind.EXPIRED, "clock", "admin", Clock.IDLE, 10, 12)
    told = line(ended(SESSION, End(9, "expired", "idle")), verdict)
    assert told["at"] == "2023-11-14T22:13:20.000001Z"
    assert told["url"] == "http://localhost:8080/a"
    assert told["headers"] == {
        "cookie": [""],
        "authorization": [""],
        "x-background": [""],
        "referer": [""],
        "accept": ["text/html", "x/y"],
    }
    assert (told["session"], told["auth_time"]) == ("s1", "1970-01-01T00:00:00.000002Z")
    assert told["ended_at"] == "1970-01-01T00:00:00.000009Z"
    assert (told["verdict"], told["clock"], told["limit_us"], told["elapsed_us"]) == ("expired", "idle", 10, 12)
    assert (told["gap_us"], told["groups"], told["amr"], told["acr"]) == (2, ["g"], ["pwd"], "1")


def test_a_line_of_nobodys_request() -> None:
    told = line(None, Verdict(Kind.LOGIN, "no_credential"))
    assert (told["session"], "auth_time" in told, told["verdict"]) == (None, False, "login")


def test_the_header_names_the_format() -> None:
    assert header_line("http://up.test", "default") == {"schema": SCHEMA, "site": "http://up.test", "policy": "default"}
