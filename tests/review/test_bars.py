from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.review.bars import HEIGHT, MOST_DAYS, WIDTH, chart

ENDED = st.dictionaries(st.sampled_from(["idle", "absolute", "token", "logout", "admin"]), st.integers(0, 500))
DAYS = st.lists(
    st.fixed_dictionaries({"day": st.just("2026-08-01"), "started": st.integers(0, 1000), "ended": ENDED}),
    max_size=120,
)


@given(DAYS)
def test_every_bar_is_in_the_picture_and_every_session_in_a_bar(days: list[dict[str, Any]]) -> None:
    found = chart(days)
    if found is None:
        assert days == []
        return
    for bar in found.bars:
        assert bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.01
        assert bar.y >= -0.01 and bar.y + bar.height <= HEIGHT + 0.01
    told = sum(int(bar.told.split(": ")[1].split(" ")[0]) for bar in found.bars)
    assert told == sum(day["started"] + sum(day["ended"].values()) for day in days[-MOST_DAYS:])


def test_what_is_no_clock_is_other() -> None:
    found = chart([{"day": "d", "started": 0, "ended": {"logout": 1, "admin": 2}}])
    assert found is not None and [(bar.kind, bar.told) for bar in found.bars] == [("other", "d: 3 ended by other")]
