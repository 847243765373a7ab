"""People for an ordinary day: where they are, with which device, and when they ask for something. All of it follows
from the seed."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND

AGENTS = (
    "Mozilla/5.0 Firefox/140.0",
    "Mozilla/5.0 Chrome/138.0",
    "Mozilla/5.0 Version/18 Safari/605",
    "Mozilla/5.0 Edg/138",
)


class Person(NamedTuple):
    """Somebody, with one device: it knows these networks, and carries a phone's addresses where it is one."""

    name: str
    agent: str
    home: str
    office: str
    carrier: tuple[str, ...]
    phone: bool
    dual: bool


def people(count: int, dice: random.Random) -> list[Person]:
    """Twenty offices, one home each, three carriers of forty networks of which a phone sees a dozen."""
    carriers = [[f"100.{64 + c}.{n}.{{}}" for n in range(40)] for c in range(3)]

    def person(n: int) -> Person:
        home = f"82.{n // 250}.{n % 250}.7"
        pool = tuple(dice.sample(dice.choice(carriers), 12))
        return Person(f"p{n}", dice.choice(AGENTS), home, f"198.18.{n % 20}.9", pool, n % 5 < 2, n % 10 < 3)

    return [person(n) for n in range(count)]


def where(person: Person, at: int, dice: random.Random) -> str:
    """The address that a request comes from; three in a hundred laptops sit in a café that they never saw before."""
    hour = at % DAY // HOUR
    if person.phone and dice.random() < 0.4:
        return dice.choice(person.carrier).format(dice.randrange(1, 255))
    if person.dual and dice.random() < 0.3:
        return f"2001:db8:{hash_of(person.home)}::1"
    if not person.phone and 12 <= hour < 14 and hash_of(person.name) % 100 < 3:
        return f"203.0.{hash_of(person.name) % 200}.5"
    return person.office if 9 <= hour < 17 else person.home


def hash_of(text: str) -> int:
    """A small number that is the same in every run."""
    return sum(ord(character) * (place + 7) for place, character in enumerate(text)) % 9000


def stays(person: Person, begin: int, dice: random.Random) -> Iterator[tuple[int, str]]:
    """When a person asks for something, and from where: bursts of a page and what it needs, then reading; sleeping
    laptops and lunch are the long pauses. A place is kept for a burst, and mostly from one burst to the next."""
    at, address = begin, where(person, begin, dice)
    ends = begin + dice.randrange(20, 200 if person.phone else 540) * MINUTE
    while at < ends:
        if dice.random() < (0.15 if person.phone else 0.02):
            address = where(person, at, dice)
        for _ in range(dice.randrange(1, 6)):
            yield at, address
            at += dice.randrange(50, 900) * 1000
        at += int(dice.lognormvariate(3.6, 1.3) * SECOND)
        if dice.random() < 0.012:
            at += dice.randrange(12, 90) * MINUTE
            address = where(person, at, dice)
