"""Everything that runs while a proxy guards: the guard, its pages, the sweeper and the watch over what is open.

Opened before the proxy listens, so that a ledger that cannot be used stops the start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from urllib.parse import urlsplit

from nightlatch.alerts.dispatcher import Dispatcher
from nightlatch.clock import WarpedClock, wall_now
from nightlatch.core.events import EventType
from nightlatch.core.headers import clock_header
from nightlatch.identity.vouching import Voucher, new_signing_key
from nightlatch.ledger import port
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter
from nightlatch.proxy import retention
from nightlatch.proxy.arrival import origin, own_cookie
from nightlatch.proxy.bounces import Bounces
from nightlatch.proxy.counting import Counting
from nightlatch.proxy.detection import Detection
from nightlatch.proxy.event_loop import Discarded
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.held_uploads import HeldUploads
from nightlatch.proxy.hints import Hints
from nightlatch.proxy.holds import Holds, forget_the_dead
from nightlatch.proxy.kept_forms import KeptForms
from nightlatch.proxy.oidc import OidcLogin
from nightlatch.proxy.open_exchanges import OpenExchanges
from nightlatch.proxy.pages import Pages
from nightlatch.proxy.policy_start import begin_policy
from nightlatch.proxy.recorder import Recorder
from nightlatch.proxy.settings import Settings
from nightlatch.proxy.standing_policy import StandingPolicy
from nightlatch.proxy.sweeper import Sweeper
from nightlatch.proxy.telemetry import Telemetry
from nightlatch.proxy.upstream_logout import UpstreamLogout
from nightlatch.proxy.watch import Watch

log = logging.getLogger(__name__)

_SIGNING_KEY = "signing_key"

SWEEP_EVERY = 0.25
LOOK_EVERY = 0.1
DISPATCH_EVERY = 0.2
KEYS_EVERY = 1.0
"""Seconds."""


@dataclass(slots=True)
class Service:
    """The guard and its companions."""

    guard: Guard
    pages: Pages
    watch: Watch
    held: HeldUploads
    holds: Holds
    recorder: Recorder | None
    detection: Detection
    standing: StandingPolicy
    counting: Counting = field(default_factory=Counting)
    telemetry: Telemetry | None = None
    bounces: Bounces = field(default_factory=Bounces)
    discarded: Discarded = field(default_factory=Discarded)
    hints: Hints = field(default_factory=Hints)
    kept: KeptForms = field(default_factory=KeptForms)
    upstream_logout: UpstreamLogout | None = None
    oidc: OidcLogin | None = None
    """The login at an identity provider, where there is one."""
    hosts: frozenset[str] = frozenset()
    """Regular mode: the hosts that are guarded; empty in reverse mode, where all are."""
    sweepers: dict[str, Sweeper] = field(default_factory=dict)
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the policy is being changed: one change at a time."""
    complained: dict[str, int] = field(default_factory=dict)
    """Of what trouble the console was told last, and when, on the clock that is never set."""
    _addresses: Sequence[tuple[object, ...]] = ()
    """Where this guard listens, once it does."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def run(self) -> None:
        """Start sweeping and watching, in the running loop."""
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(_every(SWEEP_EVERY, self.sweep)),
            loop.create_task(_every(LOOK_EVERY, self.watch.look)),
            loop.create_task(_every(LOOK_EVERY, self.detection.look)),
            loop.create_task(_every(retention.EVERY, self._keep_trail, at_once=True)),
        ]
        for channel in self.guard.settings.alerts.channels:
            dispatcher = Dispatcher(channel, self.guard.reader, self.guard.write, wall_now)
            self._tasks.append(loop.create_task(_every(DISPATCH_EVERY, dispatcher.work)))
        if self.guard.settings.otel:
            self.telemetry = Telemetry(self.guard, self.counting)
        if (verifier := self.guard.settings.verifier) is not None:
            self._tasks.append(loop.create_task(_every(KEYS_EVERY, verifier.keys.refresh, at_once=True)))

    def keep_doing(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` ten times a second while the guard runs."""
        self._tasks.append(asyncio.get_running_loop().create_task(_every(LOOK_EVERY, work)))

    def serves(self, site: str) -> None:
        """Requests for `site` arrive here: its sessions are swept."""
        if site not in self.sweepers:
            self.sweepers[site] = Sweeper(self.guard, site)

    async def _keep_trail(self) -> None:
        await retention.keep_to_policy(self.guard)

    async def sweep(self) -> None:
        """End what has run out, and note whether the ledger could be written.

        Raises:
            LedgerError: it cannot be read or written.
        """
        self._note_trouble()
        now = self.guard.clock.now()
        self.guard.note(self.guard.counted.over(now))
        self.holds.tell(now)
        if self.upstream_logout is not None:
            self.upstream_logout.look()
        if self.kept:
            self.kept.sweep(now)
        for sweeper in list(self.sweepers.values()):
            await sweeper.sweep()

    def _note_trouble(self) -> None:
        """The trail tells, once it can be written again, that it could not be."""
        failure = self.guard.behind.overcome()
        if failure is not None:
            now = self.guard.clock.now()
            self.guard.note((self.guard.event(EventType.LEDGER_ERROR, now, reason=failure),))

    def warp_shown(self) -> str | None:
        """`Nightlatch-Clock`, while the warp is on; None also where the ledger cannot tell."""
        try:
            _, wall, warp = self.guard.clock.read()
        except LedgerError:
            return None
        return clock_header(warp.advanced if warp.frozen else warp.offset(wall), warp.frozen)

    @property
    def url(self) -> str:
        """Where this guard listens, without a trailing slash; empty while it does not."""
        return next((_url(address) for address in self._addresses), "")

    @property
    def cookie(self) -> str:
        """The name of nightlatch's own cookie there."""
        return own_cookie("http", tuple(self._addresses[0][:2]) if self._addresses else None)

    def announce(self, addresses: Sequence[tuple[object, ...]]) -> None:
        """Tell the ledger where this guard listens, so that `nightlatch login` and `doctor` find it."""
        self._addresses = addresses
        self.announce_again()

    def announce_again(self) -> None:
        """The same, after something of it has changed."""
        settings, now = self.guard.settings, self.guard.clock.now()
        users = tuple(map(str, settings.dev_users))
        identity = f"{settings.source.kind}:{settings.source.name}".rstrip(":")
        for site, address in product(self.sweepers, self._addresses):
            guard = port.Guard(
                site=site,
                url=_url(address),
                cookie=own_cookie("http", tuple(address[:2])),
                identity=identity,
                login=settings.login.kind,
                users=users,
                policy=self.guard.policy.name,
                pid=self.guard.reader.process(),
                started_at=now,
                source=self.standing.source,
                version=self.guard.policy.version,
            )
            self.guard.behind.submit(partial(_announce, guard))

    def close(self) -> None:
        """Stop, and write down what is pending."""
        self.held.release_all()
        self.watch.close()
        for task in self._tasks:
            task.cancel()
        self.guard.after_events = None  # the detectors look no more
        self.guard.note(self.guard.counted.rest())
        self.detection.findings.write()
        if self.telemetry is not None:
            self.telemetry.close()
        self.guard.behind.stop()
        self.guard.reader.close()
        if self.recorder is not None:
            self.recorder.close()


def open_service(settings: Settings, site: str, hosts: frozenset[str] = frozenset()) -> Service:
    """Open the ledger and everything that works on it.

    Raises:
        LedgerError: the ledger cannot be used.
        RecordingUnusable: the recording cannot be written.
    """
    behind = WriteBehind(lambda: open_writer(settings.ledger))
    behind.start()
    try:
        reader = open_reader(settings.ledger, on_loop=True)
    except BaseException:
        behind.stop()
        raise
    try:
        clock = WarpedClock(reader)
        reader.still_there()
        guard = Guard(settings, settings.policy, reader, behind, clock, reader.key(), _voucher(behind, reader))
        standing = _begin(guard, site, hosts)
        forget_the_dead(reader, behind)
        recorder = Recorder(settings.record, site, settings.policy_name) if settings.record else None
    except BaseException:
        behind.stop()
        reader.close()
        raise
    held, oidc = HeldUploads(), OidcLogin(settings.oidc) if settings.oidc else None
    watch, holds = Watch(guard, OpenExchanges(), held), Holds(guard.active, behind, reader.process())
    detection = Detection(guard, sweepers := dict[str, Sweeper]())
    parts = (guard, Pages(), watch, held, holds, recorder, detection, standing)
    service = Service(*parts, oidc=oidc, hosts=hosts, sweepers=sweepers)
    if settings.logout.upstream is not None:
        service.upstream_logout = UpstreamLogout(settings.logout.upstream, reader)
    if site:
        service.serves(site)
    return service


def _voucher(behind: WriteBehind, reader: LedgerReader) -> Voucher:
    """With the ledger's signing key, which the first guard makes."""
    if reader.kept(_SIGNING_KEY) is None:
        fresh = new_signing_key()
        behind.submit(lambda writer: writer.keep(_SIGNING_KEY, fresh)).result()
    try:
        return Voucher(reader.kept(_SIGNING_KEY) or b"")
    except ValueError as error:
        raise LedgerError(f"the ledger's signing key cannot be used ({error}); give another ledger") from error


def _url(address: tuple[object, ...]) -> str:
    host, number = address[:2]
    return origin("http", "localhost" if host in ("", "0.0.0.0", "::") else str(host), int(str(number)))  # noqa: S104 (compared, not bound)


def _announce(guard: port.Guard, writer: LedgerWriter) -> None:
    writer.announce(guard)


def _enlist(name: str, writer: LedgerWriter) -> None:
    writer.enlist(name)


def _begin(guard: Guard, site: str, hosts: frozenset[str]) -> StandingPolicy:
    """Settle the policy, for the site, or in regular mode for those that were guarded here before of the hosts; whoever
    is told of alerts and events is known in the ledger before, so that this event is told, too."""
    for channel in guard.settings.alerts.channels:
        guard.behind.submit(partial(_enlist, channel.name)).result()
    before = {each.site for each in guard.reader.guards() if urlsplit(each.site).hostname in hosts}
    return begin_policy(guard, (site,) if site else sorted(before))


async def _every(seconds: float, work: Callable[[], Awaitable[None]], *, at_once: bool = False) -> None:
    """Do `work` again and again; while the ledger cannot be used, requests are refused and this tries on."""
    failing = False
    while True:
        if not at_once:
            await asyncio.sleep(seconds)
        at_once = False
        try:
            await work()
            failing = False
        except LedgerError as error:
            if not failing:
                log.error("%s", error)
            failing = True
