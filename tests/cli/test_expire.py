"""`nightlatch expire`: orders an end, takes it back, and says what was done."""

import json

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch.core.on_purpose import Moment
from nightlatch.core.session import State


def test_now_is_the_default_and_on_the_audit_trail(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    result = nightlatch("expire", "aaaa")
    assert (result.exit_code, result.stdout) == (0, "aaaaaaaaaaaa of ada has expired\n")
    assert bench.stored("aaaaaaaaaaaa").state is State.EXPIRED
    event = bench.trail("aaaaaaaaaaaa")[-1]
    assert (event.type, event.detail["clock"], event.detail["on_purpose"]) == ("session.expired", "idle", "now")


@pytest.mark.parametrize("moment", [moment for moment in Moment if moment is not Moment.NOW])
def test_every_moment_is_told_in_words(bench: Bench, moment: Moment) -> None:
    bench.session("aaaaaaaaaaaa")
    result = nightlatch("expire", "aaaaaaaaaaaa", "--when", str(moment))
    assert result.exit_code == 0 and result.stdout.startswith("aaaaaaaaaaaa of ada ")
    assert bench.stored("aaaaaaaaaaaa").expire_when == (None if moment is Moment.NEVER else str(moment))


def test_as_json(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    told = json.loads(nightlatch("expire", "aaaa", "--when", "mid-upload", "--json").stdout)
    assert told == {"session": "aaaaaaaaaaaa", "subject": "ada", "state": "active", "when": "mid-upload"}
    assert "mid-upload" in nightlatch("sessions", "show", "aaaa").stdout


def test_what_has_ended_cannot_expire(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    nightlatch("sessions", "end", "aaaaaaaaaaaa")
    result = nightlatch("expire", "aaaaaaaaaaaa", "--when", "next-write")
    assert result.exit_code == 1 and "ended already: by an administrator" in result.stderr


def test_a_moment_that_is_none_is_a_usage_error(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    assert nightlatch("expire", "aaaaaaaaaaaa", "--when", "tomorrow").exit_code == 2
