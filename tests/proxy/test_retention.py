from tests.proxy.conftest import Benches

from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.retention import Gone
from nightlatch.proxy.retention import keep_to_policy


def test_what_the_policy_no_longer_wants_kept_is_pruned_and_the_rest_is_proven(benches: Benches) -> None:
    bench = benches('[audit]\nkeep = "1h"\n')
    bench.log_in("ada")
    bench.later(minutes=61)
    bench.log_in("bob")
    bench.written()
    assert bench.run(keep_to_policy(bench.guard)).events > 0
    subjects = {chained.event.subject for chained in bench.guard.reader.events()}
    assert "bob" in subjects and "ada" not in subjects
    assert bench.trail()[-1] == "audit.pruned" and verify_chain(bench.guard.reader) is None
    assert bench.run(keep_to_policy(bench.guard)).events == 0


def test_without_a_limit_nothing_is_pruned(benches: Benches) -> None:
    bench = benches("")
    bench.log_in("ada")
    bench.later(minutes=600)
    bench.written()
    assert bench.run(keep_to_policy(bench.guard)) == Gone() and bench.trail()[0] == "login.succeeded"
