"""Kills guards and commands at random moments and looks at what is left. Usage: scripts/crash --help"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from scripts.stress.asking import parser_of
from scripts.stress.clients import BrokenPromise
from scripts.stress.closing import Table, broken, close, teller
from scripts.stress.command_kills import AFTER, BEFORE, FINISHED, CommandKills
from scripts.stress.guard_kills import Figures, Pace, Run
from scripts.stress.own_server import Target, target
from scripts.stress.power_cuts import FileRun
from scripts.stress.server_kills import ServerRun
from scripts.stress.upstream import Upstream
from scripts.stress.visitor import Unheard

PARTS = ("guard", "commands")
SHORT = Pace(kills=6, jump=5, cut=3, verify=6)
SHORT_POSTGRES = Pace(kills=4, jump=3, cut=2, verify=4)
COMMANDS, SHORT_COMMANDS = 900, 27


def guard(directory: Path, seed: int, pace: Pace, server: Target | None = None) -> Mapping[str, object]:
    """Kill the guard under load, and the `server` of its ledger."""
    directory.mkdir()
    begun = time.monotonic()
    with Upstream() as upstream:
        figures = _run(directory, seed, server, upstream).kill(pace)
    return {**_named(figures), "seconds": time.monotonic() - begun}


def _run(directory: Path, seed: int, server: Target | None, upstream: Upstream) -> Run:
    if server is None:
        return FileRun(directory, upstream, seed, teller(10))
    return ServerRun(directory, server, upstream, seed, teller(10))


def commands(directory: Path, seed: int, times: int, server: Target | None = None) -> Mapping[str, object]:
    """Kill commands while they write."""
    begun = time.monotonic()
    outcomes = CommandKills(directory, seed, server).kill(times, teller(50))
    told = {
        name: f"{sum(met.values())} times: {', '.join(f'{met[each]} {each}' for each in (BEFORE, AFTER, FINISHED))}"
        for name, met in outcomes.items()
    }
    return {**told, "seconds": time.monotonic() - begun}


def _named(figures: Figures) -> dict[str, object]:
    acts = figures.acts
    return {
        "kills of the guard": figures.kills,
        "… while it was starting": figures.while_starting,
        "sessions that a client was told of": figures.sessions,
        "… and that ended": figures.ended,
        "credentials that they had": figures.credentials,
        "acknowledged: logins, logouts": f"{acts['login']:,}, {acts['logout']:,}",
        "acknowledged: rotations, fresh logins": f"{acts['rotation']:,}, {acts['fresh login']:,}",
        "acknowledged: ends by control API, by command": f"{acts['control end']:,}, {acts['command end']:,}",
        "acknowledged: moves of the clock": acts["clock advance"] + figures.jumps,
        "calls whose answer a kill cut off": acts["unheard"],
        "requests with the credential of an ended session": figures.tried,
        "… that reached the application": figures.let_in,
        "commands that found the ledger in use": acts["ledger in use"],
        "events in the trail, all verified": figures.events,
        **figures.cuts,
        "seconds from a start to listening (median)": figures.start,
    }


def _arguments() -> argparse.Namespace:
    parser = parser_of("crash", "kill -9 at random moments, and what is left", PARTS)
    parser.add_argument("--kills", type=int, default=500, metavar="N", help="how often the guard is killed")
    parser.add_argument("--commands", type=int, default=COMMANDS, metavar="N", help="how many commands are killed")
    parser.add_argument(
        "--postgres", action="store_true", help="on a PostgreSQL server of this run's own, which is killed, too"
    )
    parser.add_argument(
        "--ledger", metavar="URL", help="on this PostgreSQL server, in schemas of its own; connections are cut"
    )
    return parser.parse_args()


def _pace(given: argparse.Namespace) -> Pace:
    """How often it is killed, and what else happens how often."""
    if given.short:
        return SHORT_POSTGRES if given.postgres or given.ledger else SHORT
    return Pace(given.kills, jump=25, cut=4 if given.postgres or given.ledger else 5, verify=50)


def _target(given: argparse.Namespace, name: str) -> AbstractContextManager[Target | None]:
    """The server that is asked for, if any."""
    return target(given.ledger, name) if given.postgres or given.ledger else nullcontext()


def main() -> None:
    given = _arguments()
    pace = _pace(given)
    count = SHORT_COMMANDS if given.short else given.commands
    figures: dict[str, Mapping[str, object]] = {}
    folder = Path(tempfile.mkdtemp(prefix="nightlatch-crash-"))
    try:
        if "guard" in (given.only or PARTS):
            with _target(given, "guard") as server:
                figures["guard"] = guard(folder / "guard", given.seed, pace, server)
        if "commands" in (given.only or PARTS):
            with _target(given, "commands") as server:
                figures["commands"] = commands(folder / "commands", given.seed, count, server)
    except (BrokenPromise, RuntimeError, Unheard) as error:
        how = "--short" if given.short else f"--kills {given.kills} --commands {given.commands}"
        where = "--postgres " if given.postgres else f"--ledger {given.ledger} " if given.ledger else ""
        broken(f"{error!r}\n(what is left is in {folder})", f"scripts/crash {where}{how} --seed {given.seed}")
    shutil.rmtree(folder)
    table: Table = {"run": {"seed": str(given.seed)}, **figures}
    close(table, given.json)


if __name__ == "__main__":
    main()
