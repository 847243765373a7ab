import stat
from pathlib import Path

import pytest

from nightlatch.ledger.copying import copy_ledger
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


def test_a_copy_is_a_ledger_of_its_own(tmp_path: Path) -> None:
    source, target = tmp_path / "ledger.db", tmp_path / "copy.db"
    writer = open_writer(source)
    writer.keep("mark", b"before")
    copy_ledger(source, target)
    writer.keep("later", b"after")
    writer.close()
    reader = open_reader(target)
    assert (reader.kept("mark"), reader.kept("later")) == (b"before", None)
    reader.close()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_nowhere_to_copy_to_is_said(tmp_path: Path) -> None:
    open_writer(tmp_path / "ledger.db").close()
    with pytest.raises(LedgerError, match="nowhere"):
        copy_ledger(tmp_path / "ledger.db", tmp_path / "nowhere" / "copy.db")
    with pytest.raises(LedgerError, match="no ledger"):
        copy_ledger(tmp_path / "none.db", tmp_path / "copy.db")
