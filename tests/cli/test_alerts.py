"""`nightlatch alerts`: what is printed, what chooses among it, and what is no detector."""

import json
from typing import Any

import pytest
from tests.cli.bench import Bench, nightlatch
from tests.ledger.samples import a_finding

from nightlatch.clock import wall_now
from nightlatch.core.policy import HOUR
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch_cli.alerts import _growing, read_detector
from nightlatch_cli.exits import ExitCode, Failure


def raise_alert(bench: Bench, key: str = "s1", **more: Any) -> None:
    writer = open_writer(bench.path)
    finding = a_finding(key, **{"at": wall_now(), **more})
    writer.raise_alert(finding, "step_up", "v1")
    writer.close()


def test_json_and_lines_of_it(bench: Bench) -> None:
    raise_alert(bench)
    raise_alert(bench, "s2", detector="agent_change", times=3)
    documents = json.loads(nightlatch("alerts", "--json").stdout)
    assert [(each["detector"], each["count"], each["session"]) for each in documents] == [
        ("refresh_storm", 1, "s1"),
        ("agent_change", 3, "s2"),
    ]
    assert [json.loads(line) for line in nightlatch("alerts", "--jsonl").stdout.splitlines()] == documents


def test_for_a_person_it_is_a_table(bench: Bench) -> None:
    assert nightlatch("alerts").stderr == "no alerts\n"
    raise_alert(bench, subject="a\x1bda", why="because")
    head, row = nightlatch("alerts").stdout.splitlines()
    assert head.split("\t") == ["id", "raised", "detector", "times", "then", "whose", "why"]
    assert row.split("\t")[2:] == ["refresh_storm", "1", "step_up", "s1 a?da", "because"]


def test_detector_and_time_choose(bench: Bench) -> None:
    raise_alert(bench, at=wall_now() - 2 * HOUR)
    raise_alert(bench, "s2", detector="agent_change")

    def names(*arguments: str) -> list[str]:
        return [each["detector"] for each in json.loads(nightlatch("alerts", "--json", *arguments).stdout)]

    assert names("--since", "1h") == names("--detector", "agent_change") == ["agent_change"]
    assert names("--since", "3h") == ["refresh_storm", "agent_change"]


def test_what_comes_is_followed(bench: Bench) -> None:
    raise_alert(bench)
    reader = open_reader(bench.path)
    growing = _growing(reader, list(reader.alerts()), None)
    assert next(growing).key == "s1"
    raise_alert(bench, "s2")
    assert next(growing).key == "s2"
    reader.close()


def test_a_detector_that_does_not_exist() -> None:
    assert read_detector("") is None
    with pytest.raises(Failure) as failure:
        read_detector("refresh_strom")
    assert (failure.value.code, failure.value.hint) == (ExitCode.USAGE, "did you mean refresh_storm?")
