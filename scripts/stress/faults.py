"""Ledgers that go bad, that others hold, and that grow. Usage: scripts/faults --help"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.stress import damaged_ledgers, growth, held_lock
from scripts.stress.asking import parser_of
from scripts.stress.clients import BrokenPromise
from scripts.stress.closing import broken, close, teller
from scripts.stress.upstream import Upstream

PARTS = ("damage", "lock", "growth")
LONG, SHORT = (1000, 30.0, 200_000), (20, 2.0, 2_000)
"""Ledgers, seconds, sessions."""


def main() -> None:
    """Run what was asked for."""
    asked = _arguments()
    ledgers, seconds, sessions = SHORT if asked.short else LONG
    figures: dict[str, Mapping[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="nightlatch-faults-") as folder, Upstream() as upstream:
        work: dict[str, Callable[[Path], Mapping[str, object]]] = {
            "damage": lambda home: damaged_ledgers.run(home, asked.seed, asked.ledgers or ledgers, teller(100)),
            "lock": lambda home: held_lock.run(home, upstream.url, seconds),
            "growth": lambda home: growth.run(home, upstream.url, asked.sessions or sessions),
        }
        for part in asked.only or PARTS:
            try:
                figures[part] = work[part](Path(folder) / part)
            except BrokenPromise as promise:
                broken(promise, f"scripts/faults --seed {asked.seed} --only {part}")
    close(figures, asked.json)


def _arguments() -> argparse.Namespace:
    parser = parser_of("faults", "ledgers that go bad, that others hold, and that grow", PARTS)
    parser.add_argument("--ledgers", type=int, help="how many are damaged")
    parser.add_argument("--sessions", type=int, help="how many sessions go")
    return parser.parse_args()


if __name__ == "__main__":
    main()
