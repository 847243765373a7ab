import pytest

from nightlatch_cli.render_replay import show


def test_verdicts_that_nobody_got_are_left_out_and_many_routes_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    route = {"route": "GET /x", "requests": 1, "activity": 1, "passive": 0, "looks_like": "person"}
    policy = {
        "name": "strict",
        "sessions": 1,
        "verdicts": {"allow": 3, "expired": 2, "login": 0},
        "expired_by": {"idle": 2, "absolute": 0},
        "relogins": 0,
        "lost_writes": 0,
        "kept_alive_by_polling": 0,
        "exposure_seconds": 3661,
    }
    capture = {"files": ["a.har"], "requests": 5, "skipped": [], "from": "F", "to": "T"}
    show({"capture": capture, "policies": [policy], "routes": [route] * 23})
    told = capsys.readouterr().out
    assert "a.har: 5 requests, F to T" in told
    assert "allow\t3\nexpired\t2\n  by idle\t2\nsessions\t1\n" in told
    assert "exposure\t1:01:01" in told
    assert told.count("GET /x") == 20
    assert "and 3 more routes" in told
