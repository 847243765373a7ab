import asyncio
import os
import signal

import pytest
from tests.proxy.bench import Bench

from nightlatch.proxy import hangup
from nightlatch.proxy.hangup import Hangup


async def _hang_up(heard: list[str]) -> None:
    """A guard whose terminal is as `has_terminal` says gets SIGHUP."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, heard.append, "end")
    hanging = Hangup(lambda: heard.append("reload"))
    hanging.heed()
    os.kill(os.getpid(), signal.SIGHUP)
    async with asyncio.timeout(30):
        while not heard:
            await asyncio.sleep(0)
    hanging.ignore()
    loop.remove_signal_handler(signal.SIGTERM)


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(False, False, "reload"), (True, True, "reload"), (True, False, "end")]
)
def test_it_reads_anew_unless_its_terminal_is_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, before: bool, after: bool, expected: str
) -> None:
    answers = iter((before, after))
    monkeypatch.setattr(hangup, "has_terminal", lambda: next(answers))
    heard: list[str] = []
    bench.run(_hang_up(heard))
    assert heard == [expected]
