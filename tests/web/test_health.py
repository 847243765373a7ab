import sqlite3
from pathlib import Path

from tests.proxy.bench import SITE
from tests.web.desk import Desk

from nightlatch.ledger.schema import LEDGER_SCHEMA


def test_it_is_alive_and_ready_for_whoever_asks(desk: Desk) -> None:
    for path, status in (("/livez", "alive"), ("/readyz", "ready")):
        reply = desk.call("GET", path, token="-")
        assert (reply.status, reply.json) == (200, {"status": status})


def test_it_is_not_ready_while_the_ledger_is_gone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").rename(tmp_path / "elsewhere.db")
    reply = desk.call("GET", "/readyz", token="-")
    assert reply.status == 503
    assert "replaced" in reply.json["detail"]
    assert desk.call("GET", "/livez", token="-").status == 200


def test_the_version_tells_what_runs_and_where(desk: Desk, tmp_path: Path) -> None:
    told = desk.get("/version")
    assert told["kept_in"] == str(tmp_path / "ledger.db")
    assert {"nightlatch", "mitmproxy", "python", "database", "ledger"} <= told.keys()
    assert told["database"] == f"SQLite {sqlite3.sqlite_version}" and told["ledger"] == LEDGER_SCHEMA
    assert (told["url"], told["site"], told["login"]) == ("http://127.0.0.1:8080", SITE, "dev")
    assert told["users"] == ["ada", "bob"]
