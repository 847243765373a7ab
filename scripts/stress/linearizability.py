"""Several processes on one ledger, and whether everything that they heard has an order that explains it. Usage:
scripts/linearizability --help"""

import argparse
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from scripts.stress import ledger_callers, ledger_histories, site_callers
from scripts.stress.asking import parser_of
from scripts.stress.clients import BrokenPromise
from scripts.stress.closing import broken, close
from scripts.stress.commands import Commands
from scripts.stress.guard_kills import POLICY
from scripts.stress.promises import none_of
from scripts.stress.supervisor import Supervisor
from scripts.stress.upstream import Upstream

PARTS = ("ledger", "guards")


def of_ledger(ledger: str, seed: int, calls: int) -> Mapping[str, object]:
    """Four processes at the ledger's port.

    Raises:
        BrokenPromise: what they heard has no order.
    """
    called, refused = ledger_callers.at_once(ledger, seed, calls)
    verdict = ledger_histories.judge(ledger, called)
    none_of(verdict.wrong)
    acts = verdict.acts
    succeeded = ", ".join(f"{acts.get(f'{each} True', 0):,} {each}" for each in ("create", "end", "rotate", "warp"))
    return {
        "calls by four processes": verdict.calls,
        "… while another on the same slot was under way": verdict.overlapping,
        "… that the ledger could not take, as it was locked": refused,
        "histories, each linearizable": verdict.histories,
        "of the calls to find": acts.get("find", 0),
        "of those that one caller won": succeeded,
    }


def of_guards(directory: Path, ledger: str, seed: int, sessions: int) -> Mapping[str, object]:
    """Two guards and two streams of commands.

    Raises:
        BrokenPromise: what they answered has no order.
    """
    (policy := directory / "policy.toml").write_text(POLICY)
    with Upstream() as upstream, ExitStack() as running:
        guards = [
            running.enter_context(Supervisor(directory / name, upstream.url, ledger, "--policy", str(policy)))
            for name in ("guard-1", "guard-2")
        ]
        for guard in guards:
            guard.listening()
        commands = Commands(directory / "commands", ledger)
        worked = site_callers.Site(guards, commands, ledger, upstream.url, seed).work(sessions)
    none_of(site_callers.judge(worked))
    acts = Counter(each.act[0] for one in worked for each in one.history)
    rotated = sum(each.act[0] == "ask" and each.answer[1] != "" for one in worked for each in one.history)  # type: ignore[index] # a pair, for this act
    histories = {str(number): list(one.history) for number, one in enumerate(worked)}
    return {
        "sessions, each with a linearizable history": len(worked),
        "calls by clients of two guards and by commands": sum(acts.values()),
        "… while another on the same session was under way": ledger_histories.overlapping(histories),
        "requests, rotations": f"{acts['ask']:,}, {rotated:,}",
        "fresh logins, logouts": f"{acts['again']:,}, {acts['log out']:,}",
        "ends by command, by control API, by the clock": f"{acts['end']:,}, {acts['delete']:,}, {acts['jump']:,}",
    }


def _arguments() -> argparse.Namespace:
    parser = parser_of("linearizability", "several processes on one ledger, checked against a model", PARTS)
    parser.add_argument("--ledger", metavar="URL", help="a ledger that is there for this; without: a new SQLite one")
    parser.add_argument("--calls", type=int, default=100_000, help="how many calls four processes make at the ledger")
    parser.add_argument("--sessions", type=int, default=100, help="how many sessions two guards are asked for")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    calls, sessions = (3000, 4) if given.short else (given.calls, given.sessions)
    folder = Path(tempfile.mkdtemp(prefix="nightlatch-linearizability-"))
    figures: dict[str, Mapping[str, object]] = {"run": {"seed": str(given.seed)}}
    begun = time.monotonic()
    try:
        if "ledger" in (given.only or PARTS):
            figures["ledger"] = of_ledger(given.ledger or str(folder / "port.db"), given.seed, calls)
        if "guards" in (given.only or PARTS):
            figures["guards"] = of_guards(folder, given.ledger or str(folder / "ledger.db"), given.seed, sessions)
    except (BrokenPromise, RuntimeError) as error:
        how = f"--calls {calls} --sessions {sessions} --seed {given.seed}"
        broken(f"{error}\n(the ledger is in {folder})", f"scripts/linearizability {how}")
    shutil.rmtree(folder)
    close({**figures, "time": {"seconds": time.monotonic() - begun}}, given.json)


if __name__ == "__main__":
    main()
