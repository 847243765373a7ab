"""How far a command on a server has come is seen from outside."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from scripts.stress.command_scene import Scene
from scripts.stress.own_server import Target
from scripts.stress.signs import FileSigns, ServerSigns
from tests.ledger.postgres.server import Server
from tests.ledger.postgres.server import postgres as postgres

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_writer


class Here:
    """This very process."""

    pid = 0

    def is_alive(self) -> bool:
        return True


@pytest.fixture
def signs(tmp_path: Path, postgres: Server) -> Iterator[ServerSigns]:
    found = Target(postgres.url(str(tmp_path)))
    with contextlib.closing(ServerSigns(Scene(tmp_path / "scene", found.url), found)) as made:
        yield made


def test_a_change_that_is_under_way_is_a_sign(signs: ServerSigns) -> None:
    signs.over()
    before, address = signs.sign(), ServerAddress(signs.ledger)
    with contextlib.closing(psycopg.connect(address.url, options=f"-csearch_path={address.schema}")) as connection:
        connection.execute("SELECT commits FROM ledger")
        assert signs.sign() == before
        connection.execute("UPDATE ledger SET commits = commits + 1")
        assert signs.sign() != before
        assert signs.cut_off()
    signs.over()
    assert signs.sign() == before and not signs.cut_off()


def test_it_is_open_once_there_is_a_connection(signs: ServerSigns, monkeypatch: pytest.MonkeyPatch) -> None:
    process = cast("Any", Here())
    monkeypatch.setattr(process, "pid", "self", raising=False)
    writer = open_writer(signs.ledger)
    signs.opened(process)
    writer.close()


def test_of_a_file_there_is_nothing_to_cut(tmp_path: Path) -> None:
    signs = FileSigns(Scene(tmp_path))
    signs.over()
    assert not signs.cut_off() and signs.ledger.endswith("ledger.db")
