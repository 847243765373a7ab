"""Attacks as their authors would run them, one for every detector, against a guard that listens."""

from collections.abc import Sequence

from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.waiting import until

from nightlatch.clock import wall_now
from nightlatch.core.alert import Alert
from nightlatch.core.durations import parse_duration
from nightlatch.core.events import Event, EventType
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

HOME, CAFE, BAR = "198.51.100.7", "203.0.113.9", "192.0.2.200"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

POLICY = """\
[policy]
name = "watchful"
[session]
idle = "2h"
absolute = "30h"
rolling = "4h"
[alerts]
idle_flare = { after = "50%", then = "step_up" }
two_networks = { then = "end" }
many_sessions = { count = 5 }
machine_rhythm = { window = "6h" }
"""


class Visitor(Browser):
    """A browser that says where it is, as `--simulate-network` lets it."""

    def __init__(self, url: str, address: str = HOME, agent: str = FIREFOX) -> None:
        super().__init__(url)
        self.address, self.agent = address, agent

    def ask(self, method: str, target: str, headers: object, body: bytes = b"") -> object:  # type: ignore[override]
        said = {"Nightlatch-Network": self.address, "User-Agent": self.agent}
        return super().ask(method, target, {**said, **headers}, body)  # type: ignore[dict-item]

    def elsewhere(self, address: str = CAFE, agent: str = FIREFOX) -> "Visitor":
        """Somebody else with a copy of the cookies."""
        thief = Visitor(self.url, address, agent)
        thief.cookies = dict(self.cookies)
        return thief


def alerts(guard: Guard, since: int = 0) -> Sequence[Alert]:
    """What the guard's ledger says was raised for what happened since an instant (what was before may come late)."""
    reader = open_reader(guard.ledger)
    try:
        return [alert for alert in reader.alerts() if alert.raised_at >= since]
    finally:
        reader.close()


def raised(guard: Guard, what: str, *, since: int = 0, count: int = 1) -> list[str]:
    """The detectors of the alerts since an instant, once there are so many."""
    until(lambda: len(alerts(guard, since)) >= count, f"an alert of {what}")
    return [alert.detector for alert in alerts(guard, since)]


def advance(guard: Guard, by: str) -> int:
    """Move the clock as `nightlatch clock advance` does, without a process for it; the instant that it shows then."""
    reader, writer = open_reader(guard.ledger), open_writer(guard.ledger)
    segment = reader.warp().advance(wall_now(), parse_duration(by) or 0)
    writer.warp(segment, Event(EventType.CLOCK_WARPED, segment.warped_at, policy="test"))
    writer.close()
    reader.close()
    return segment.warped_at


def refresh_storm(guard: Guard) -> None:
    """A script keeps a session alive."""
    thief = Visitor(guard.url)
    thief.login("ada")
    for _ in range(10):
        assert thief.submit("/.nightlatch/extend").status == 200


def idle_flare(guard: Guard) -> None:
    """The owner is at lunch; the thief is in a bar where the owner never was."""
    owner = Visitor(guard.url)
    owner.login("ada")
    assert owner.navigate("/").status == 200
    advance(guard, "61m")
    assert owner.elsewhere(BAR).navigate("/").verdict == "step_up"


def reuse_after_end(guard: Guard) -> None:
    """The owner logs out; the thief has kept the cookie."""
    owner = Visitor(guard.url)
    owner.login("ada")
    thief = owner.elsewhere(HOME)
    owner.submit("/.nightlatch/logout")
    advance(guard, "1m")
    assert thief.navigate("/").verdict == "refused"


def rotation_reuse(guard: Guard) -> None:
    """The owner's credential is renewed; the thief comes with the old one."""
    owner = Visitor(guard.url)
    owner.login("ada")
    thief = owner.elsewhere(HOME)
    for _ in range(5):
        advance(guard, "50m")
        assert owner.navigate("/").status == 200
    assert owner.cookies != thief.cookies
    advance(guard, "1m")
    assert thief.navigate("/").verdict == "refused"
    assert owner.navigate("/").verdict == "refused"


def two_networks(guard: Guard) -> None:
    """Owner and thief browse at the same time."""
    owner = Visitor(guard.url)
    owner.login("ada")
    thief = owner.elsewhere()
    assert [who.navigate("/").verdict for who in (owner, thief, owner, thief)] == [""] * 4
    assert owner.navigate("/").verdict == "refused"


def agent_change(guard: Guard) -> None:
    """The cookie is pasted into a script, on the owner's own machine."""
    owner = Visitor(guard.url)
    owner.login("ada")
    owner.navigate("/")
    assert owner.elsewhere(HOME, "python-requests/2.32").fetch("/").status == 200


def login_storm(guard: Guard) -> None:
    """Somebody guesses names."""
    guesser = Visitor(guard.url, "192.0.2.66")
    for number in range(10):
        assert guesser.submit("/.nightlatch/login", user=f"root{number}", return_to="/").status == 401


def redirect_loop(guard: Guard) -> None:
    """A client follows the redirect and comes back without having logged in."""
    client = Visitor(guard.url, "192.0.2.77")
    for _ in range(5):
        assert client.navigate("/report").status == 302


def many_sessions(guard: Guard) -> None:
    """A script logs in again and again as one person."""
    for _ in range(6):
        Visitor(guard.url).login("bob")


def machine_rhythm(guard: Guard) -> None:
    """A script asks every twelve minutes, all night."""
    script = Visitor(guard.url)
    script.login("eve")
    for _ in range(32):
        advance(guard, "12m")
        assert script.fetch("/").status == 200


ATTACKS = {
    attack.__name__: attack
    for attack in (
        refresh_storm,
        idle_flare,
        reuse_after_end,
        rotation_reuse,
        two_networks,
        agent_change,
        login_storm,
        redirect_loop,
        many_sessions,
        machine_rhythm,
    )
}
"""Those that need nothing but the dev login; `test_attacks` has those on cookies of the application and on tokens."""
