"""Kills guards and commands at random moments and looks at what is left. Usage: scripts/crash --help"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.stress.asking import parser_of
from scripts.stress.clients import BrokenPromise
from scripts.stress.closing import Table, broken, close, teller
from scripts.stress.command_kills import AFTER, BEFORE, FINISHED, CommandKills
from scripts.stress.guard_kills import Figures, Pace, Run
from scripts.stress.upstream import Upstream
from scripts.stress.visitor import Unheard

PARTS = ("guard", "commands")
SHORT = Pace(kills=6, jump=5, cut=3, verify=6)
COMMANDS, SHORT_COMMANDS = 900, 27


def guard(directory: Path, seed: int, pace: Pace) -> Mapping[str, object]:
    """Kill the guard under load."""
    directory.mkdir()
    begun = time.monotonic()
    with Upstream() as upstream:
        figures = Run(directory, upstream, seed, teller(10)).kill(pace)
    return {**_named(figures), "seconds": time.monotonic() - begun}


def commands(directory: Path, seed: int, times: int) -> Mapping[str, object]:
    """Kill commands while they write."""
    begun = time.monotonic()
    outcomes = CommandKills(directory, seed).kill(times, teller(50))
    told = {
        name: f"{sum(met.values())} times: {', '.join(f'{met[each]} {each}' for each in (BEFORE, AFTER, FINISHED))}"
        for name, met in outcomes.items()
    }
    return {**told, "seconds": time.monotonic() - begun}


def _named(figures: Figures) -> dict[str, object]:
    acts = dict(figures.acts)
    return {
        "kills of the guard": figures.kills,
        "… while it was starting": figures.while_starting,
        "sessions that a client was told of": figures.sessions,
        "… and that ended": figures.ended,
        "credentials that they had": figures.credentials,
        "acknowledged: logins, logouts": f"{acts.get('login', 0):,}, {acts.get('logout', 0):,}",
        "acknowledged: rotations, fresh logins": f"{acts.get('rotation', 0):,}, {acts.get('fresh login', 0):,}",
        "acknowledged: ends by control API, by command": f"{acts['control end']:,}, {acts['command end']:,}",
        "acknowledged: moves of the clock": acts["clock advance"] + figures.jumps,
        "calls whose answer a kill cut off": acts.get("unheard", 0),
        "requests with the credential of an ended session": figures.tried,
        "… that reached the application": figures.let_in,
        "commands that found the ledger in use": acts.get("ledger in use", 0),
        "events in the trail, all verified": figures.events,
        "power cuts, of which with a torn log": f"{figures.cuts}, {figures.torn}",
        "seconds from a start to listening (median)": figures.start,
    }


def _arguments() -> argparse.Namespace:
    parser = parser_of("crash", "kill -9 at random moments, and what is left", PARTS)
    parser.add_argument("--kills", type=int, default=500, metavar="N", help="how often the guard is killed")
    parser.add_argument("--commands", type=int, default=COMMANDS, metavar="N", help="how many commands are killed")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    pace = SHORT if given.short else Pace(given.kills, jump=25, cut=5, verify=50)
    count = SHORT_COMMANDS if given.short else given.commands
    figures: dict[str, Mapping[str, object]] = {}
    folder = Path(tempfile.mkdtemp(prefix="nightlatch-crash-"))
    try:
        if "guard" in (given.only or PARTS):
            figures["guard"] = guard(folder / "guard", given.seed, pace)
        if "commands" in (given.only or PARTS):
            figures["commands"] = commands(folder / "commands", given.seed, count)
    except (BrokenPromise, RuntimeError, Unheard) as error:
        how = "--short" if given.short else f"--kills {given.kills} --commands {given.commands}"
        broken(f"{error!r}\n(the ledger is in {folder})", f"scripts/crash {how} --seed {given.seed}")
    shutil.rmtree(folder)
    table: Table = {"run": {"seed": str(given.seed)}, **figures}
    close(table, given.json)


if __name__ == "__main__":
    main()
