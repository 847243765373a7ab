"""One way to open a ledger, wherever it is; and what is told where the driver is missing."""

import sys
from pathlib import Path

import pytest
from tests.ledger.postgres.server import Server
from tests.ledger.samples import a_session

from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError


def test_a_file_and_a_server_are_opened_alike(tmp_path: Path, postgres: Server) -> None:
    for place in (tmp_path / "ledger.db", str(tmp_path / "other.db"), postgres.url(str(tmp_path))):
        writer, reader = open_writer(place), open_reader(place)
        writer.create(a_session(), b"f1", [])
        assert reader.session("s1") == a_session()
        writer.close()
        reader.close()


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_without_the_driver_it_says_what_to_install(opening: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerError, match=r"pip install 'nightlatch\[postgres\]'") as told:
        opening("postgresql://ada:s3cr3t@db/app")  # type: ignore[operator]  # one of the two above
    assert "s3cr3t" not in str(told.value)
