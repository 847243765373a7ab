"""Slack, Teams, e-mail and a hundred others, by apprise (extra `notify`): one message for all that is due, so that a
storm is one message. apprise blocks, so it works in a thread."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from nightlatch.alerts.channel import Fate, Outcome, Told
from nightlatch.alerts.webhook import channel_name
from nightlatch.core.events import EventType
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import SECOND
from nightlatch.ledger.alerts_port import Delivery


class NotifyUnusable(ValueError):
    """apprise is missing, or does not know the URL; the message names the remedy (exit code 3)."""


class Notify:
    """One apprise URL."""

    wants = frozenset((EventType.ALERT_RAISED,))
    at_once = 20
    pause = 10 * SECOND

    def __init__(self, url: str) -> None:
        """Raises:
        NotifyUnusable: the extra is missing, or there is no such service.
        """
        try:
            import apprise
        except ImportError:
            raise NotifyUnusable(
                "--alert-notify needs the extra `notify`: pip install 'nightlatch[notify]' (or uv pip install apprise)"
            ) from None
        self._apprise: Any = apprise.Apprise()
        if not self._apprise.add(url):
            raise NotifyUnusable(
                f"--alert-notify: apprise knows no service `{url.partition(':')[0]}:`, or misses something in the URL; "
                "see https://github.com/caronc/apprise/wiki"
            )
        self.name = channel_name("notify", url)

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        """One line, and whose session it is."""
        alert = told.alert
        if alert is None:
            return None
        count = told.chained.event.detail.get("count", 1)
        times = f" ({count} times until {rfc3339(alert.last_at)})" if isinstance(count, int) and count > 1 else ""
        whose = ", ".join(
            f"{name} {value}" for name, value in (("session", alert.session), ("subject", alert.subject)) if value
        )
        after = {"alert": "", "step_up": " A fresh login was asked for.", "end": " The session was ended."}[alert.then]
        line = f"{rfc3339(alert.raised_at)} {alert.detector}: {alert.why}{times}{after} {f'[{whose}]' if whose else ''}"
        return json.dumps({"title": f"nightlatch: {alert.detector}", "line": line.strip()})

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        """One message for all of `deliveries`."""
        messages = [json.loads(delivery.body) for delivery in deliveries]
        title = messages[0]["title"] if len(messages) == 1 else f"nightlatch: {len(messages)} alerts"
        body = "\n".join(message["line"] for message in messages)
        try:
            sent = await asyncio.to_thread(self._apprise.notify, body=body, title=title)
        except Exception as error:
            return Outcome(Fate.DOWN, f"{type(error).__name__}: {error}")
        return Outcome(Fate.DONE) if sent else Outcome(Fate.DOWN, "apprise could not deliver it; its log tells more")
