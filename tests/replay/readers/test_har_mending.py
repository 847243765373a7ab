import pytest
from msgspec import UNSET
from tests.replay.made import har_entry

from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.har_mending import mended


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
