"""What `nightlatch doctor` finds about policies: do the file, the ledger and the guards agree on what is in force?"""

from collections.abc import Iterator

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.ledger.port import Guard, LedgerReader
from nightlatch.presets import PolicyNotFound, PolicyUnreadable, load_policy
from nightlatch_cli.checks import Check, Health


def check_policies(reader: LedgerReader) -> Iterator[Check]:
    """A line for every policy with which a running guard was started, and one for each guard that goes its own way."""
    running = [guard for guard in reader.guards() if guard.source and reader.runs(guard.pid)]
    for source in dict.fromkeys(guard.source for guard in running):
        yield _check_source(reader, source, [guard for guard in running if guard.source == source])


def _check_source(reader: LedgerReader, source: str, guards: list[Guard]) -> Check:
    name, change = f"policy {source}", reader.policy_in_force(source)
    expected = guards[0].version if change is None else change.version
    apart = [f"{guard.url} has {guard.version}" for guard in guards if guard.version != expected]
    if apart:
        return Check(name, Health.FAIL, f"{expected} is to be in force, but {', '.join(apart)} (see its console)")
    try:
        held = load_policy(source).version
    except PolicyInvalid as error:
        first = error.mistakes[0]
        return Check(
            name, Health.WARN, f"cannot come into force (line {first.line}: {first.message}); {expected} stays in force"
        )
    except (PolicyNotFound, PolicyUnreadable) as error:
        return Check(name, Health.WARN, f"{error}; {expected} stays in force")
    if held != expected:
        why = "" if change is None else f", by {change.how} of {change.actor or '?'}"
        return Check(name, Health.WARN, f"{expected} is in force{why}, and not {held}, which is what it holds")
    return Check(name, Health.OK, f"{expected} is in force, and is what it holds")
