import json
from typing import Any

from tests.replay.report.made import studied

from nightlatch.replay.study_json import study_document


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(study_document(studied(conditions=["lost_writes>0"]))))
    return made


def test_what_every_replay_has_stays_as_it_is() -> None:
    made = study_document(studied())
    plain = studied().replayed.document()
    assert {key: made[key] for key in plain} == plain
    assert set(made) - set(plain) == {"what_if", "differences", "sweeps", "suggested", "conditions", "findings"}


def test_a_policy_in_detail() -> None:
    tight, _ = document()["what_if"]
    assert (tight["users"], tight["user_days"], tight["sessions_cut"]) == (3, 3, 3)
    assert tight["relogins_per_user_day"] == 1
    (lost,) = tight["lost_writes"]
    assert lost["at"] == "2023-11-14T22:28:20.000Z"
    assert (lost["route"], lost["bytes"], lost["form_seconds"], lost["by_person"]) == ("POST /form", 1234, 900, True)
    assert (lost["clock"], lost["limit"], lost["elapsed"], lost["rule"]) == ("idle", 600, 900, None)
    assert tight["routes"][0] == {
        "route": "GET /poll",
        "requests": 50,
        "verdicts": {"allow": 50},
        "relogins": 0,
        "lost_writes": 0,
    }
    assert {each["rule"] for each in tight["rules"]} == {None, "admin"}


def test_every_session_and_what_ended_it() -> None:
    tight, loose = document()["what_if"]
    first = tight["sessions"][0]
    assert first == {
        "session": first["session"],
        "started_at": "2023-11-14T22:13:20.000Z",
        "last_active_at": "2023-11-14T22:13:20.000Z",
        "ends_at": "2023-11-14T22:23:20.000Z",
        "clock": "idle",
        "rule": None,
        "relogin": False,
        "cut_at": "2023-11-14T22:28:20.000Z",
        "kept_alive_by_polling": False,
        "exposure_seconds": 600,
    }
    assert sum(each["exposure_seconds"] for each in loose["sessions"]) == document()["policies"][1]["exposure_seconds"]
    assert sum(each["kept_alive_by_polling"] for each in tight["sessions"]) == 1


def test_the_rest() -> None:
    made = document()
    (difference,) = made["differences"]
    assert difference["verdicts"] == [{"from": "allow", "to": "expired", "requests": 3}]
    assert len(difference["sessions_cut"]) == 2
    (sweep,) = made["sweeps"]
    assert [point["limit"] for point in sweep["points"]] == [300, 600, 1200, 2400]
    assert made["suggested"]["passive"][0]["path"] == "/poll"
    assert made["suggested"]["passive"][0]["every_seconds"] == 30
    assert made["conditions"] == [{"condition": "lost_writes>0", "value": 1, "failed": True}]
    assert made["findings"][0]["kind"] == "condition"
    assert made["findings"][0]["line"] == 5
