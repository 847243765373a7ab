import pytest
from tests.replay.made import T0, har, har_entry

from nightlatch.core.policy import SECOND
from nightlatch.replay.exchange import Exchange, Unfit
from nightlatch.replay.readers.har import fields_of, instant, microseconds
from nightlatch.replay.readers.har_file import read_har
from nightlatch.replay.readers.views import Views


def one(**entry: object) -> Exchange:
    capture = read_har("x.har", har(har_entry(**entry)), Views())  # type: ignore[arg-type] # any shape is the point
    assert not capture.skipped
    return capture.exchanges[0]


def test_what_a_replay_needs_and_nothing_else() -> None:
    found = one(
        at="2023-11-14T22:13:20.250Z",
        url="https://User:pw@App.Test:8443/a/b?token=1#x",
        method="post",
        headers={"COOKIE": "sid=a", "Accept": "text/html", "User-Agent": "x", "Referer": "https://app.test/?secret"},
        answer_headers={"Set-Cookie": "sid=b; HttpOnly\ntheme=dark", "x": "y"},
        status=204,
        time=1500.25,
    )
    assert (found.at, found.duration, found.status) == (T0 * SECOND + 250_000, 1_500_250, 204)
    assert (found.origin, found.request.host, found.request.path) == ("https://app.test:8443", "app.test", "/a/b")
    assert (found.request.method, found.request.query, found.request.has_body) == ("POST", "", False)
    assert found.request.headers == {"cookie": ("sid=a",), "accept": ("text/html",)}
    assert found.set_cookies == ("sid=b; HttpOnly", "theme=dark")


@pytest.mark.parametrize(
    ("said", "posted", "size"),
    [
        (12, {"mimeType": "text/plain", "text": "abc"}, 12),
        (-1, {"mimeType": "text/plain", "text": "h\u00e9"}, 3),
        (-1, {"mimeType": "text/plain", "params": []}, 0),
        (0, {"text": 7}, 0),
        (None, None, 0),
        (-1, None, 0),
        ("9", "no object", 0),
    ],
)
def test_how_large_the_body_was(said: object, posted: object, size: int) -> None:
    entry = har_entry(method="POST")
    entry["request"].update(bodySize=said, postData=posted)
    for answer in (entry["response"], None):
        (found,) = read_har("x.har", har({**entry, "response": answer}), Views()).exchanges
        assert found.size == size


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20.000000000Z",
        "2023-11-14T23:13:20.000+01:00",
        "2023-11-14T23:13:20.0000+0100",
        "2023-11-14T22:13:20",
        "20231114T221320Z",
    ],
)
def test_times_as_they_are_written(text: str) -> None:
    assert instant(text) == T0 * SECOND


def test_microseconds_are_exact() -> None:
    for microsecond in (0, 1, 499_999, 500_001, 999_999):
        assert instant(f"2023-11-14T22:13:20.{microsecond:06}+00:00") == T0 * SECOND + microsecond


@pytest.mark.parametrize("text", ["", "yesterday", "2023-13-01T00:00:00Z", "2023-11-14T22:13:60Z", "1700000000"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Unfit, match="startedDateTime is no time"):
        instant(text)


@pytest.mark.parametrize("time", [None, -1, "12", [], float("nan"), float("inf"), {}])
def test_an_unknown_duration_is_none(time: object) -> None:
    assert microseconds(time) == 0


def test_cookies_come_from_their_array_where_there_is_no_header() -> None:
    entry = har_entry(headers={})
    entry["request"]["cookies"] = [{"name": "sid", "value": "a", "httpOnly": True}, {"name": "b", "value": "c"}]
    assert read_har("x", har(entry), Views()).exchanges[0].request.headers == {"cookie": ("sid=a; b=c",)}
    entry["request"]["headers"] = [{"name": "cookie", "value": "sid=z"}]
    assert read_har("x", har(entry), Views()).exchanges[0].request.headers == {"cookie": ("sid=z",)}


def test_a_websocket_is_an_upgrade_and_a_stream() -> None:
    found = one(url="wss://app.test/live", status=101, headers={})
    assert (found.origin, found.request.headers, found.streamed) == (
        "https://app.test",
        {"upgrade": ("websocket",)},
        True,
    )


def test_event_streams_are_told_by_their_content_type() -> None:
    assert one(mime="text/event-stream; charset=utf-8").streamed
    assert one(mime="Text/Event-Stream").streamed
    assert one(mime="application/x-ndjson").streamed
    assert not one(mime="application/json").streamed
    assert not one(mime="text/event-streams").streamed


def test_status_0_and_odd_ones_are_no_answer() -> None:
    assert one(status=0).status == 0
    assert one(status="200").status == 0
    assert one(response=None).status == 0


def test_equal_requests_share_one_view() -> None:
    entries = [har_entry(url=f"https://app.test/a?{n}") for n in range(3)]
    assert len({id(found.request) for found in read_har("x", har(*entries), Views()).exchanges}) == 1


def test_header_fields_in_other_shapes() -> None:
    assert [field.name for field in fields_of(b'[{"name":"A","value":"b"},{"name":7},null,{"value":"x"}]')] == ["A"]
    assert [(field.name, field.value) for field in fields_of(b'{"A":"b"}')] == [("A", "b")]
    assert fields_of(b'[{"name":"A","value":null}]')[0].value == ""
    assert fields_of(b"") == fields_of(b"null") == fields_of(b"7") == fields_of(b"[7]") == []


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59Z"])
def test_a_time_that_stands_for_none_is_none(year: str) -> None:
    capture = read_har("x", har(har_entry(year), har_entry()), Views())
    assert [found.position for found in capture.exchanges] == [1]
    assert capture.skipped[0].why == f"startedDateTime is in the year {int(year[:4])}"


@pytest.mark.parametrize(
    ("headers", "warped"),
    [
        ({"Nightlatch-Clock": "+31m"}, 1),
        ({"nightlatch-clock": "+31m; frozen", "Set-Cookie": "a=b"}, 1),
        ({"Access-Control-Expose-Headers": "Nightlatch-Clock"}, 0),
        ({"Nightlatch-Session": "idle=1"}, 0),
    ],
)
def test_answers_of_a_guard_whose_clock_was_moved_are_counted(headers: dict[str, str], warped: int) -> None:
    assert read_har("x.har", har(har_entry(answer_headers=headers), har_entry()), Views()).warped == warped


@pytest.mark.parametrize(("status", "told"), [(-1, 0), (0, 0), (200, 200), ("200", 0), (None, 0), (True, 0)])
def test_a_request_that_was_aborted_has_no_status(status: object, told: int) -> None:
    assert one(status=status).status == told
