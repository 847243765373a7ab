import json

import pytest
from tests.cli.bench import Bench, decision, nightlatch

from nightlatch.clock import wall_now
from nightlatch.core.policy import MINUTE


def test_a_session_is_explained_in_words_and_as_json(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa")
    bench.decide([decision(session, "abcdefgh1", wall_now(), "/\x1b[2J"), decision(session, "abcdefgh2", wall_now())])
    result = nightlatch("explain", "aaaa")
    assert result.exit_code == 0 and result.stdout.startswith("Session aaaaaaaaaaaa of ada is active.\n")
    assert "* GET /?[2J -> allow" in result.stdout and result.stdout.endswith("* counted as activity\n")
    document = json.loads(nightlatch("explain", "aaaa", "--json").stdout)
    assert document["session"]["id"] == "aaaaaaaaaaaa" and document["decision"] is None
    assert [moment["type"] or moment["decision"] for moment in document["timeline"]] == [
        "session.created",
        "abcdefgh1",
        "abcdefgh2",
    ]
    assert document["summary"].startswith("Session aaaaaaaaaaaa")


def test_a_decision_is_explained_with_its_session(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa")
    clock = {"clock": "idle", "limit": 30 * MINUTE, "elapsed": 31 * MINUTE}
    bench.decide([decision(session, "abcdefgh1", wall_now(), "/admin", verdict="expired", activity=False, **clock)])
    shown = nightlatch("explain", "abcdefgh1").stdout
    assert "GET /admin was answered `expired`" in shown and "exceeded by 1m" in shown and "aaaaaaaaaaaa" in shown
    document = json.loads(nightlatch("explain", "abcdefgh1", "--json").stdout)
    assert document["decision"]["elapsed"] == 1860 and document["session"]["id"] == "aaaaaaaaaaaa"


def test_a_decision_of_nobody_is_explained_too(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa")
    refused = decision(session, "abcdefgh1", wall_now(), verdict="login", reason="no_credential")
    bench.decide([refused._replace(session=None)])
    shown = nightlatch("explain", "abcdefgh1")
    assert shown.exit_code == 0 and "This needs a login." in shown.stdout and "counted" not in shown.stdout
    document = json.loads(nightlatch("explain", "abcdefgh1", "--json").stdout)
    assert document["session"] is None and document["timeline"] == []


def test_what_is_neither_is_refused(bench: Bench) -> None:
    refused = nightlatch("explain", "nothing")
    assert refused.exit_code == 1
    assert "there is no session and no answer `nothing` on this ledger" in refused.stderr


def test_an_answer_of_a_moment_ago_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    session, waits = bench.session("aaaaaaaaaaaa"), list[float]()

    def passes(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:  # the guard writes its answers down
            bench.decide([decision(session, "bcdefghj1", wall_now())])

    monkeypatch.setattr("nightlatch_cli.explain.time.sleep", passes)
    assert "GET / was answered" in nightlatch("explain", "bcdefghj1").stdout and len(waits) == 2
    assert nightlatch("explain", "aaaa").exit_code == 0 and len(waits) == 2, "a session's id is no answer to wait for"


def test_but_not_where_no_guard_runs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.announce(pid=-1)
    monkeypatch.setattr("nightlatch_cli.explain.time.sleep", lambda _: pytest.fail("waited"))
    assert nightlatch("explain", "nothing").exit_code == 1
