import pytest
from msgspec import UNSET
from tests.replay.made import har_entry

from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.har import HarReader
from nightlatch.replay.readers.har_mending import mended
from nightlatch.replay.readers.views import Views


def test_a_good_entry_keeps_what_counts() -> None:
    entry = mended(har_entry(answer_headers={"Set-Cookie": "a=b"}))
    assert (entry.request.method, entry.request.url, entry.time) == ("GET", "https://app.test/", 12.5)
    assert entry.response is not None
    assert entry.response.status == 200
    assert entry.response.headers is not UNSET
    assert b"a=b" in bytes(entry.response.headers)


@pytest.mark.parametrize("entry", [None, 7, [], {}, {"request": None}, {"request": {"method": 7, "url": "x"}}])
def test_hopeless_ones_say_why(entry: object) -> None:
    with pytest.raises(Unfit):
        mended(entry)


def test_half_a_character_is_shown_as_a_question_mark() -> None:
    """JSON can write it, nothing else can: what is read has to be told again."""
    request = {
        "method": "GET\ud800",
        "url": "https://app.test/\udc00",
        "headers": [{"name": "Cookie", "value": "a=\ud800"}],
    }
    entry = mended({"startedDateTime": "2024-01-01T00:00:00Z", "request": request})
    assert (entry.request.method, entry.request.url) == ("GET?", "https://app.test/?")
    exchange = HarReader("x", Views()).exchange(0, entry)
    assert exchange.request.headers["cookie"] == ("a=?",)
