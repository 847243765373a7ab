from functools import partial

from tests.web.desk import Desk

from nightlatch.core.alert import Finding
from nightlatch.ledger.port import LedgerWriter


def test_there_are_none_until_something_is_found(desk: Desk) -> None:
    assert desk.get("/alerts") == []


def test_what_was_found(desk: Desk) -> None:
    async def raising() -> None:
        for key in ("ada", "bob", "eve"):
            await desk.guard.write(partial(_raise, Finding("refresh_storm", key, desk.wall, "Too many.", subject=key)))

    desk.run(raising())
    alerts = desk.get("/alerts")
    assert [(alert["detector"], alert["subject"], alert["count"]) for alert in alerts] == [
        ("refresh_storm", key, 1) for key in ("ada", "bob", "eve")
    ]
    assert [alert["subject"] for alert in desk.get("/alerts?limit=1")] == ["eve"]
    assert [alert["subject"] for alert in desk.get(f"/alerts?after={alerts[0]['id']}&limit=1")] == ["bob"]


def _raise(finding: Finding, writer: LedgerWriter) -> None:
    writer.raise_alert(finding, "alert", "v")
