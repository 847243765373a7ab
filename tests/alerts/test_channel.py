"""Every channel keeps what the dispatcher relies upon."""

from pathlib import Path

import pytest
from tests.identity.minting import private_key

from nightlatch.alerts.channel import Channel
from nightlatch.alerts.notify import Notify
from nightlatch.alerts.security_events import SecurityEvents
from nightlatch.alerts.webhook import Webhook

URL = "http://127.0.0.1:1/path?token=hush"


def every() -> list[Channel]:
    key = private_key("RS256", 0)
    return [
        Webhook(URL, None),
        Notify(f"json://{URL.removeprefix('http://')}"),
        SecurityEvents(URL, key, "https://i", "https://a", "t"),  # type: ignore[arg-type] # it is an RSA key
    ]


@pytest.mark.parametrize("channel", every(), ids=lambda channel: type(channel).__name__)
def test_a_name_is_stable_tells_no_secret_and_is_the_receivers_own(channel: Channel, tmp_path: Path) -> None:
    again = next(each for each in every() if type(each) is type(channel))
    assert channel.name == again.name
    assert "hush" not in channel.name
    assert len({each.name for each in every()}) == 3
    assert channel.wants
    assert channel.at_once >= 1
    assert channel.pause > 0
