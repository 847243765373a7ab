"""`nightlatch doctor`: is everything in order, and what would let requests past the guard?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from nightlatch.ledger.address import LedgerAddress, ServerAddress, ledger_at
from nightlatch.ledger.port import LedgerError
from nightlatch_cli.checks import CERTIFICATE, Check, Health, check_installation
from nightlatch_cli.checks_guards import check_guards
from nightlatch_cli.checks_ledger import NAME, check_ledger
from nightlatch_cli.checks_policies import check_policies
from nightlatch_cli.checks_server import check_server
from nightlatch_cli.exits import ExitCode
from nightlatch_cli.ledger_access import reading
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import on_terminal, print_json, print_table, say, tell
from nightlatch_cli.trust import trust_lines

TrustOption = Annotated[
    bool,
    typer.Option("--trust", help="Print how languages and systems come to trust the certificates of an https guard."),
]


def doctor(ledger: LedgerOption = DEFAULT_LEDGER, trust: TrustOption = False, json: JsonOption = False) -> None:
    """Check versions, the ledger, its history, the clock and the guards. Exit code 1 when something fails."""
    if trust:
        _print_trust(CERTIFICATE.expanduser(), json)
        return
    checks = [*check_installation(), *_on_ledger(ledger_at(ledger))]
    if json:
        print_json(_document(checks))
    else:
        print_table(("", "check", "finding"), [(check.health, check.name, check.message) for check in checks])
    if any(check.health is Health.FAIL for check in checks):
        raise typer.Exit(ExitCode.FINDING)


def _print_trust(certificate: Path, json: bool) -> None:
    lines = list(trust_lines(certificate))
    if json:
        trust = [each._asdict() for each in lines]
        print_json({"certificate": str(certificate), "made": certificate.is_file(), "trust": trust})
        return
    if not certificate.is_file():
        say(f"There is no {certificate} yet: a guard makes it when it is first asked by https (curl -k https://…).")
    if not on_terminal():
        print_table(("who", "what to type", "which is"), lines)
        return
    for each in lines:  # to be copied: a table would break the path
        tell(f"{each.who} ({each.meaning})\n  {each.line}\n")


def _on_ledger(address: LedgerAddress) -> Iterator[Check]:
    if isinstance(address, Path) and not address.exists():
        yield Check(NAME, Health.WARN, f"there is none at {address} yet: nightlatch run UPSTREAM makes it")
        return
    try:
        with reading(address) as reader:
            yield from check_ledger(reader, address)
            if isinstance(address, ServerAddress):
                yield from check_server(address)
            yield from check_guards(reader)
            yield from check_policies(reader)
    except LedgerError as error:
        yield Check(NAME, Health.FAIL, str(error))


def _document(checks: list[Check]) -> dict[str, Any]:
    worst = max(checks, key=lambda check: list(Health).index(check.health))
    return {"health": str(worst.health), "checks": [check._asdict() for check in checks]}
