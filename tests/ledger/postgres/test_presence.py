"""Who is there: across machines, where process ids mean nothing."""

import os
import socket
from pathlib import Path

import pytest
from tests.ledger.gate import until
from tests.ledger.postgres.server import Server
from tests.ledger.processes import workers
from tests.ledger.samples import SITE, T0, a_guard

from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.postgres import presence
from nightlatch.ledger.postgres.presence import is_here, process_number


def test_a_number_is_this_processs_for_good() -> None:
    assert process_number() == process_number()
    assert 0 < process_number() < 2**62
    assert process_number() & 2**22 - 1 == os.getpid() & 2**22 - 1
    assert is_here(process_number())


def test_one_of_another_machine_is_known_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    here = process_number()
    monkeypatch.setattr(socket, "gethostname", lambda: "elsewhere")
    assert not is_here(here)
    there = presence._number.__wrapped__(os.getpid())
    monkeypatch.undo()
    assert not is_here(there) and there != here


def test_a_process_runs_while_it_can_write_and_not_a_moment_longer(tmp_path: Path, postgres: Server) -> None:
    url = postgres.url(str(tmp_path))
    open_writer(url).close()
    reader = open_reader(url)
    until(lambda: not reader.runs(reader.process()))  # the server takes its time to see an earlier one off
    one, two = open_writer(url), open_writer(url)
    assert reader.runs(reader.process()) and not reader.runs(42)
    one.close()
    assert reader.runs(reader.process())
    two.close()
    until(lambda: not reader.runs(reader.process()))
    reader.close()


def test_of_guards_on_one_url_only_those_that_have_gone_make_way(tmp_path: Path, postgres: Server) -> None:
    """Two machines may well both guard http://localhost:8080."""
    url = postgres.url(str(tmp_path))
    writer, reader = open_writer(url), open_reader(url)
    here = a_guard("http://localhost:8080", T0)._replace(pid=reader.process())
    gone = here._replace(pid=42)
    writer.announce(gone)
    writer.announce(here)
    assert list(reader.guards()) == [here]
    with workers(("announces", url)) as (other,):
        assert other.stdout is not None
        there = here._replace(pid=int(other.stdout.readline()), started_at=T0 + 1)
        assert list(reader.guards()) == [there, here] and there.pid != here.pid and there.site == SITE
        assert reader.runs(there.pid)
        other.kill()
        until(lambda: not reader.runs(there.pid))
    writer.announce(here)
    assert list(reader.guards()) == [here]
    writer.close()
    reader.close()
