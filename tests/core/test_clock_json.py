from nightlatch.core.clock_json import clock_document
from nightlatch.core.policy import MINUTE

WALL = 1_785_578_400_000_000


def test_ahead_is_positive_and_behind_is_negative_in_whole_seconds() -> None:
    ahead = clock_document(WALL + 31 * MINUTE + 1, WALL, frozen=False)
    assert ahead == {
        "now": "2026-08-01T10:31:00.000Z",
        "wall": "2026-08-01T10:00:00.000Z",
        "offset": 1860,
        "frozen": False,
    }
    assert clock_document(WALL - MINUTE - 1, WALL, frozen=True)["offset"] == -60
    assert clock_document(WALL - 1, WALL, frozen=True)["offset"] == 0
