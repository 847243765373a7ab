"""Hot reload: a guard takes another policy when its file changes, when it is told to by SIGHUP, and when another
process on the ledger has brought one into force.

The last act holds. A file's content is acted upon once, whichever guard sees it first; SIGHUP acts upon it again. One
that cannot come into force changes nothing: the console, the trail, the dashboard and `doctor` tell why.
"""

import asyncio
import logging
from pathlib import Path

from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy_toml import version_of
from nightlatch.ledger.port import LedgerError
from nightlatch.presets import PolicyUnreadable, is_preset, policy_text
from nightlatch.proxy.file_watch import FileWatch
from nightlatch.proxy.hangup import Hangup
from nightlatch.proxy.policy_change import Cause, apply_policy, follow, reject
from nightlatch.proxy.policy_reading import whoever_runs_this
from nightlatch.proxy.service import Service

log = logging.getLogger(__name__)


class PolicyReload:
    """The ways in which the policy of a running guard changes, besides the control API."""

    def __init__(self, service: Service) -> None:
        self._service, self._standing = service, service.standing
        self._name = service.guard.settings.policy_name
        self._loop = asyncio.get_running_loop()
        self._watch = None if is_preset(self._name) else FileWatch(Path(self._standing.source), self._stirred)
        self._hangup = Hangup(lambda: self._begin("signal"))
        self._refused = ""
        """What was last refused: the version of its text, or why it could not be read."""
        self._reading: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Watch the file, and heed SIGHUP, in the running loop."""
        self._hangup.heed()
        if self._watch is not None:
            self._watch.start()

    def stop(self) -> None:
        """Do neither any more."""
        self._hangup.ignore()
        if self._watch is not None:
            self._watch.stop()
        for task in self._reading:
            task.cancel()

    async def look(self) -> None:
        """Follow what others have brought into force.

        Raises:
            LedgerError: the ledger cannot be read or written.
        """
        try:
            await follow(self._service)
        except PolicyInvalid as error:
            self._complain(error)

    def _stirred(self) -> None:
        """On the watch's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin, "file")

    def _begin(self, how: str) -> None:
        task = self._loop.create_task(self.read(how))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def read(self, how: str) -> None:
        """Read what `--policy` names, and bring it into force: by `file` only where it has changed, by `signal` also
        where it has not."""
        try:
            text = await asyncio.to_thread(policy_text, self._name, at_once=True)
            await self._take(text, how)
        except PolicyUnreadable as error:
            await self._refuse(str(error), PolicyInvalid((self._mistake(str(error)),)), how)
        except LedgerError as error:
            log.error("the policy was not changed: %s", error)

    async def _take(self, text: str, how: str) -> None:
        version = version_of(text)
        if how == "file" and version == self._standing.given:
            self._standing.refused, self._refused = (), ""
        elif not text.strip():
            await self._refuse("empty", PolicyInvalid((self._mistake("an empty file"),)), how)
        elif how == "signal" or version != self._refused:
            await self._apply(text, version, how)

    async def _apply(self, text: str, version: str, how: str) -> None:
        who = await asyncio.to_thread(_owner, Path(self._standing.source)) if how == "file" else whoever_runs_this()
        try:
            ended = await apply_policy(self._service, text, who, how, version)
        except PolicyInvalid as error:
            self._complain(error)
            self._standing.refused, self._refused = error.mistakes, version
            return
        self._standing.refused, self._refused = (), ""
        log.info("policy %s is in force (%s); sessions that had outlived it: %d", version, self._name, ended)

    async def _refuse(self, what: str, error: PolicyInvalid, how: str) -> None:
        """A file that holds no policy at all; told once."""
        if what != self._refused or how == "signal":
            self._standing.refused, self._refused = error.mistakes, what
            self._complain(error)
            await reject(self._service.guard, error, Cause(whoever_runs_this(), how))

    def _complain(self, error: PolicyInvalid) -> None:
        version = self._service.guard.policy.version
        log.error("the policy cannot come into force; %s stays in force\n%s", version, error.render())

    def _mistake(self, found: str) -> Mistake:
        return Mistake(self._name, 1, 1, found, "a policy, as TOML")


def _owner(path: Path) -> str:
    """Whose file it is: as far as can be told, who changed it."""
    try:
        return path.owner()
    except (OSError, KeyError, NotImplementedError):
        return whoever_runs_this()
