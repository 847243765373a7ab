"""Writes the traffic of an invented office as a HAR file: people who read, type, have lunch and go home; tabs that
poll, say that they are open and renew their tokens; laptops that sleep. To look at reports with.

Usage: "$(scripts/venv)/bin/python" -m scripts.office [--people 40] [--days 2] [--seed 1] OUT.har
"""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

PAGES = ("/", "/orders", "/orders/1041", "/customers", "/reports/weekly", "/calendar", "/admin/users")
FORMS = (("/orders/new", "/orders", 900), ("/tickets/new", "/api/tickets", 4200), ("/profile", "/profile", 300))

Request = tuple[float, str, str, int]
"""Seconds since Monday, method, path, size of the body."""


def presence(random: Random, day: int) -> list[tuple[float, float]]:
    """From when to when somebody is at the desk on a day: seconds since Monday."""
    if random.random() < 0.12:
        return []
    at = day * DAY + random.gauss(8.6, 0.7) * HOUR
    home = day * DAY + random.gauss(17.3, 0.9) * HOUR
    spells = []
    while at < home:
        until = at + random.expovariate(1 / (55 * MINUTE)) + 8 * MINUTE
        spells.append((at, min(until, home)))
        hungry = 11.7 * HOUR < until - day * DAY < 13.2 * HOUR
        at = until + (random.gauss(45, 12) if hungry else random.expovariate(1 / 11) + 2) * MINUTE
    return spells


def clicks(random: Random, spell: tuple[float, float]) -> Iterator[Request]:
    """What a person does at the desk."""
    at, until = spell
    while at < until:
        if random.random() < 0.09:
            form, target, size = random.choice(FORMS)
            yield at, "GET", form, 0
            at += random.lognormvariate(5.3, 1.0)
            yield at, "POST", target, round(random.lognormvariate(0, 0.6) * size)
        else:
            page = random.choice(PAGES)
            yield at, "GET", page, 0
            yield at + 0.2, "GET", f"/api{page if page != '/' else '/home'}", 0
        at += random.lognormvariate(3.6, 1.1)


def timers(random: Random, start: float, end: float) -> Iterator[Request]:
    """What an open tab sends by itself: a poll a half minute, once a minute while it is hidden, and the rest."""
    at, hidden = start, False
    while at < end:
        yield at, "GET", "/api/notifications", 0
        hidden ^= random.random() < 0.02
        at += (60 if hidden else 30) + random.uniform(-0.4, 0.9)
    for every, method, path, size in ((120, "POST", "/api/presence", 40), (540, "POST", "/oauth/token", 310)):
        at = start + random.uniform(1, every)
        while at < end:
            yield at, method, path, size
            at += every + random.uniform(-0.5, 1.5)
    at = start + 1
    while at < end:
        yield at, "GET", "/events", 0
        at += 300 + random.uniform(0, 5)


def person(random: Random, days: int) -> Iterator[Request]:
    """Everything of one person; who closes the laptop at a break stops the timers, who does not lets them run on."""
    leaves_open, keeps_overnight = random.random() < 0.45, random.random() < 0.12
    for day in range(days):
        spells = presence(random, day)
        for spell in spells:
            yield from clicks(random, spell)
        if keeps_overnight and spells:
            yield from timers(random, spells[0][0], (day + 1) * DAY + 6 * HOUR)
        elif leaves_open and spells:
            yield from timers(random, spells[0][0], spells[-1][1])
        else:
            for begins, ends in spells:
                yield from timers(random, begins, ends)


def entry(number: int, request: Request) -> dict[str, object]:
    """A HAR entry as browsers write it."""
    at, method, path, size = request
    kind = "text/event-stream" if path == "/events" else "text/html"
    headers = [{"name": "Accept", "value": kind}, {"name": "Cookie", "value": f"theme=dark; session=p{number:05}xQ7f"}]
    return {
        "startedDateTime": (MONDAY + timedelta(seconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": 295_000 if path == "/events" else 35,
        "request": {"method": method, "url": f"https://office.example{path}", "headers": headers, "bodySize": size},
        "response": {"status": 200, "headers": [], "content": {"mimeType": kind}},
    }


def entries(people: int, days: int, seed: int) -> list[dict[str, object]]:
    """The whole office, in order of time."""
    random = Random(seed)
    found = [(request, number) for number in range(people) for request in person(random, days)]
    return [entry(number, request) for request, number in sorted(found)]


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("people", 40), ("days", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    found = entries(asked.people, asked.days, asked.seed)
    asked.out.write_text(json.dumps({"log": {"version": "1.2", "entries": found}}))
    print(f"{asked.out}: {len(found)} requests")


if __name__ == "__main__":
    main()
