"""An ordinary day: people who log in, work, go to lunch, close their laptops, ride trains; and what detectors say.

Facts are made as a guard makes them, and fed to its detectors; of the thirty days before only networks are remembered.
"""

import heapq
import random
from collections import Counter
from collections.abc import Iterator

from scripts.ordinary_people import Person, hash_of, people, stays

from nightlatch.core.detect.facts import Fact
from nightlatch.core.detect.observer import Observer
from nightlatch.core.detect.places import Places
from nightlatch.core.detect.stream import Stream
from nightlatch.core.detect.table import RULES
from nightlatch.core.events import EventType
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND, Policy
from nightlatch.core.session import Session, touched

SITE = "https://app.example"
IDLE, ABSOLUTE = 30 * MINUTE, 8 * HOUR
MORNING = 1_750_000_000 * SECOND // DAY * DAY


class Day:
    """Feeds the detectors; `found` counts what they say, and `requests`, `sessions` what there was."""

    def __init__(self, seed: int) -> None:
        self.dice, self.found = random.Random(seed), Counter[str]()
        self.requests = self.sessions = 0
        self.alerts: Counter[str] = Counter()
        self._groups: set[tuple[str, str]] = set()
        self.stream = Stream(RULES)
        self.places = Places(lambda *_: ())
        self.observer = Observer(Policy("day", "1", alerts=RULES), self.stream, self.places)

    def feed(self, fact: Fact) -> None:
        """One fact; findings of one detector about one thing are one alert."""
        for finding in self.stream.feed(fact):
            self.found[finding.detector] += 1
            if (finding.detector, finding.key) not in self._groups:
                self._groups.add((finding.detector, finding.key))
                self.alerts[finding.detector] += 1

    def remember(self, person: Person, morning: int) -> None:
        """The thirty days before: home, office, and some of what the carrier gives out."""
        for day in range(30, 0, -1):
            for address in (person.home, person.office, *self.dice.sample(person.carrier, 4 if person.phone else 0)):
                self.places.saw(SITE, person.name, network_of(address.format(1)), morning - day * DAY)
            if person.dual:
                self.places.saw(
                    SITE, person.name, network_of(f"2001:db8:{hash_of(person.home)}::1"), morning - day * DAY
                )


class Life:
    """One person's day at the guard: sessions begin, run out, are logged out of."""

    def __init__(self, day: Day, person: Person) -> None:
        self.day, self.person = day, person
        self.session: Session | None = None
        self.refreshed = 0

    def ask(self, at: int, address: str) -> None:
        """A request: of the session that there is, or after a login."""
        day, session = self.day, self.session
        day.requests += 1
        if session is not None and (at - session.last_active_at >= IDLE or at - session.started_at >= ABSOLUTE):
            self._tell(EventType.SESSION_EXPIRED, at, address, clock="idle")
            self._tell(EventType.SESSION_REUSED_AFTER_END, at, address, reason="expired", elapsed=at, elsewhere=True)
            session = None
        session = session or self._login(at, address)
        for fact in day.observer.request(session, address, self.person.agent, at, IDLE, True):
            day.feed(fact)
            day.places.saw(SITE, self.person.name, fact.network, at)
        self.session = touched(session, at)
        if at - self.refreshed > 5 * MINUTE:
            self.refreshed = at
            self._tell(EventType.SESSION_REFRESHED, at, address)

    def leave(self, at: int, address: str) -> None:
        """One in five logs out; now and then a request was still under way."""
        if self.session is None or self.day.dice.random() > 0.2:
            return
        self._tell(EventType.SESSION_ENDED, at, address, reason="logout")
        if self.day.dice.random() < 0.1:
            self._tell(EventType.SESSION_REUSED_AFTER_END, at + SECOND, address, reason="logout", elapsed=SECOND)
        self.session = None

    def _login(self, at: int, address: str) -> Session:
        day, person = self.day, self.person
        while day.dice.random() < 0.05:
            self._tell(EventType.LOGIN_FAILED, at, address, whose=False)
        day.sessions += 1
        where, agent = network_of(address), agent_family(person.agent)
        self.session = Session(
            f"s{day.sessions}", SITE, person.name, "cookie", at, at, at, at, network=where, agent=agent
        )
        self._tell(EventType.SESSION_CREATED, at, address)
        return self.session

    def _tell(self, kind: EventType, at: int, address: str, *, whose: bool = True, **detail: str | int | bool) -> None:
        session = self.session if whose else None
        network, agent = network_of(address), agent_family(self.person.agent)
        fact = Fact(str(kind), at, network=network, agent=agent, detail=detail)
        self.day.feed(fact._replace(session=session.id, subject=session.subject) if session else fact)


def ordinary(count: int, seed: int) -> Day:
    """The day of `count` people, in order of time."""
    day = Day(seed)
    everybody = people(count, random.Random(seed))
    for person in everybody:
        day.remember(person, MORNING)

    def of(number: int, person: Person) -> Iterator[tuple[int, int, str, Life]]:
        life = Life(day, person)
        begin = MORNING + 7 * HOUR + day.dice.randrange(4 * HOUR)
        address = person.home
        for at, address in stays(person, begin, day.dice):
            begin = at
            yield at, number, address, life
        life.leave(begin + SECOND, address)

    for at, _, address, life in heapq.merge(*(of(n, person) for n, person in enumerate(everybody))):
        life.ask(at, address)
    return day
