"""The figures of docs/alerts.md: what an ordinary day raises, and that every attack raises its alert and no other.

    python scripts/alert_figures.py [--people 3000] [--seed 1] [--attacks]

With --attacks a guard is started, and attacked as the tests do it.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "addons"), str(ROOT / "cli")]

from scripts.ordinary_day import ordinary  # noqa: E402 (the path comes first)

from nightlatch.core.detect.table import OFF, RULES  # noqa: E402 (as above)


def attacks() -> Iterator[tuple[str, list[str]]]:
    """Every attack of the tests, and what it raised."""
    from tests.e2e import attacks as known
    from tests.e2e import processes
    from tests.e2e.upstream import Upstream

    upstream = Upstream()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.toml").write_text(known.POLICY)
        users = [part for name in ("ada", "bob", "eve") for part in ("--dev-user", name)]
        options = ("--policy", str(Path(folder) / "policy.toml"), "--simulate-network", *users)
        guard = processes.run(Path(folder), upstream.url, *options)
        for name, attack in known.ATTACKS.items():
            began = known.advance(guard, "11m")
            attack(guard)
            yield name, known.raised(guard, name, since=began)
        guard.kill()
    upstream.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--attacks", action="store_true")
    given = parser.parse_args()
    day = ordinary(given.people, given.seed)
    print(f"{given.people} people, {day.sessions} sessions, {day.requests} requests")
    for name in RULES:
        print(f"{name:<18} {day.alerts[name]:>5} alerts {'(off by default)' if name in OFF else ''}".rstrip())
    for name, found in attacks() if given.attacks else ():
        print(f"attack {name:<18} raised {', '.join(found)}")


if __name__ == "__main__":
    main()
