"""A guard that is killed is there again, on the same port and ledger; and what clients heard goes into the book."""

from pathlib import Path

from scripts.stress.book import Book, Standing
from scripts.stress.clients import Client
from scripts.stress.promises import Promises
from scripts.stress.supervisor import Supervisor
from scripts.stress.upstream import Upstream
from scripts.stress.visitor import Visitor


def test_a_guard_is_killed_and_there_again(tmp_path: Path) -> None:
    ledger, book = tmp_path / "ledger.db", Book(1)
    with Upstream() as upstream, Supervisor(tmp_path / "guard", upstream.url, ledger) as guard:
        first = guard.listening()
        client = Client(guard, book, 1)
        for _ in range(40):
            client.act()
        guard.restarted()
        second = guard.listening()
        assert first["url"] == second["url"] == guard.url and first["pid"] != second["pid"]
        visitor = Visitor(guard.port)
        promises = Promises(book, visitor, str(ledger), upstream.url)
        promises.hold(lambda some: some[-1])
        promises.hold_for_all()
        client.stop_talking()
        visitor.close()
    assert book.count(Standing.ENDED) > 0 and book.count(Standing.LIVE) > 0
    assert upstream.asked["ended"] == 0 and upstream.asked["page"] > 0 and upstream.asked["live"] > 0
    assert len(guard.starts) == 2
