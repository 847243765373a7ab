"""Which exchanges are open, and whose."""

import asyncio
from pathlib import Path

from tests.proxy.running import STREAM, Application, Doorman, asking, everything, guarding, serving, until


def test_only_the_sessions_own_exchanges_end(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            lines = [await asking(port, STREAM % session) for session in (b"ada", b"ada", b"bob")]
            assert doorman.open.sessions() == {"ada", "bob"}
            await doorman.open.end("ada", "over")
            await until(lambda: application.closed == 2, "both of ada's streams are closed")
            assert doorman.open.sessions() == {"bob"}
            await doorman.open.end_all("the guard stops")
            await until(lambda: application.closed == 3, "all are closed")
            for reader, writer in lines:
                await everything(reader)
                writer.close()

    asyncio.run(scenario())


def test_what_was_never_added_or_is_gone_is_no_error(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            _, writer = await asking(port, STREAM % b"ada")
            writer.close()
            await until(lambda: doorman.over, "the guard has seen it go")
            doorman.open.add(doorman.over[0], "ada")
            await doorman.open.end("ada", "over")
            await doorman.open.end("nobody", "over")
            doorman.open.remove(doorman.over[0])
            assert doorman.open.sessions() == frozenset()

    asyncio.run(scenario())
