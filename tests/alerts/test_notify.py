"""apprise: one message for all that is due; what it says, and what it cannot use."""

import asyncio
import builtins
import json
from typing import Any

import pytest
from tests.alerts.told import ALERT, T0, told

from nightlatch.alerts.channel import Fate
from nightlatch.alerts.notify import Notify, NotifyUnusable
from nightlatch.ledger.alerts_port import Delivery


class Apprise:
    """In apprise's place: notes what it is asked to send."""

    def __init__(self, works: bool | Exception = True) -> None:
        self.works, self.sent = works, list[tuple[str, str]]()

    def notify(self, *, title: str, body: str) -> bool:
        self.sent.append((title, body))
        if isinstance(self.works, Exception):
            raise self.works
        return self.works


def channel(works: bool | Exception = True) -> tuple[Notify, Apprise]:
    notify, apprise = Notify("json://127.0.0.1/x"), Apprise(works)
    notify._apprise = apprise
    return notify, apprise


def send(notify: Notify, count: int) -> Fate:
    body = notify.compose(told(), "key", T0)
    assert body is not None
    return asyncio.run(notify.send([Delivery(f"d{n}", "r", n, body) for n in range(count)], T0)).fate


def test_a_storm_is_one_message() -> None:
    notify, apprise = channel()
    assert send(notify, 3) is Fate.DONE
    ((title, body),) = apprise.sent
    assert title == "nightlatch: 3 alerts"
    assert (
        body.splitlines()
        == ["2023-11-14T22:13:20.000Z rotation_reuse: An old one. The session was ended. [session s1, subject ada]"] * 3
    )
    assert send(notify, 1) is Fate.DONE
    assert apprise.sent[-1][0] == "nightlatch: rotation_reuse"


def test_an_alert_that_went_on_says_how_often() -> None:
    body = channel()[0].compose(told(count=12), "key", T0)
    assert body is not None
    assert "(12 times until 2023-11-14T22:13:21.000Z)" in json.loads(body)["line"]
    assert channel()[0].compose(told(alert=None), "key", T0) is None
    plain = channel()[0].compose(told(alert=ALERT._replace(then="alert", session=None, subject=None)), "key", T0)
    assert plain is not None
    assert json.loads(plain)["line"].endswith("An old one.")


@pytest.mark.parametrize("works", [False, RuntimeError("no")])
def test_what_cannot_be_sent_is_tried_again(works: bool | Exception) -> None:
    assert send(channel(works)[0], 2) is Fate.DOWN


def test_a_service_that_does_not_exist() -> None:
    with pytest.raises(NotifyUnusable, match="knows no service `slakc:`"):
        Notify("slakc://x/y/z")


def test_the_extra_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(NotifyUnusable, match=r"nightlatch\[notify\]"):
        Notify("json://127.0.0.1/")
