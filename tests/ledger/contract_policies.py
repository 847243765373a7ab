"""What every ledger must know of policies: each version, and who brought which into force when and how."""

from pathlib import Path

from tests.ledger.opened import Opened
from tests.ledger.samples import T0, an_event

from nightlatch.core.events import EventType
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.port import LedgerReader, LedgerWriter

LOADED = EventType.POLICY_LOADED


def a_change(version: str = "v1", how: str = "start", given: str = "", **more: object) -> PolicyChange:
    """A change of the policy in `acme.toml`."""
    change = PolicyChange("/etc/acme.toml", "acme", version, T0, "ada", how, None, given or version)
    return change._replace(**more)  # type: ignore[arg-type] # what the test gives


def change(writer: LedgerWriter, made: PolicyChange) -> PolicyChange:
    return writer.change_policy(made, f"# {made.version}", an_event(LOADED, session=None, policy=made.version))


class PolicyContract(Opened):
    def test_every_change_is_kept_with_the_one_before(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert (reader.policy_changes(), reader.policy_in_force("/etc/acme.toml")) == ([], None)
        first, second = change(writer, a_change("v1")), change(writer, a_change("v2", "api", "v1", actor="bob"))
        assert (first.previous, second.previous) == (None, "v1")
        assert 0 < first.id < second.id
        assert reader.policy_changes() == reader.policy_changes("/etc/acme.toml") == [second, first]
        assert reader.policy_in_force("/etc/acme.toml") == second
        assert reader.policy_in_force("default") is None
        assert len(list(reader.events(types=(LOADED,)))) == 2

    def test_every_text_is_kept(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        change(writer, a_change("v1"))
        change(writer, a_change("v2"))
        assert [reader.policy_text("acme", version) for version in ("v1", "v2", "v3")] == ["# v1", "# v2", None]
        assert [each.version for each in reader.policies()] == ["v2", "v1"]

    def test_what_changes_nothing_is_an_event_only(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        first = change(writer, a_change("v1"))
        assert change(writer, a_change("v1", actor="bob")) == first
        assert reader.policy_changes() == [first]
        assert len(list(reader.events(types=(LOADED,)))) == 2

    def test_a_file_is_acted_upon_once(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        """Of two guards that see it change the second may come after somebody has put another one in its place."""
        change(writer, a_change("v1"))
        change(writer, a_change("v2", "file"))
        rolled = change(writer, a_change("v1", "rollback", "v2"))
        assert change(writer, a_change("v2", "file")) == rolled
        assert reader.policy_in_force("/etc/acme.toml") == rolled
        assert len(list(reader.events(types=(LOADED,)))) == 3
        assert change(writer, a_change("v2", "signal")).version == "v2"
        assert change(writer, a_change("v3", "file")).previous == "v2"

    def test_sources_have_their_own_history(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        change(writer, a_change("v1"))
        other = change(writer, a_change("v9", source="default"))
        assert other.previous is None
        assert reader.policy_changes("default") == [other]
        assert len(reader.policy_changes()) == 2

    def test_another_process_sees_it(self, reader: LedgerReader, writer: LedgerWriter, tmp_path: Path) -> None:
        before = reader.version()
        elsewhere = self.open_writer(tmp_path)
        made = change(elsewhere, a_change("v1"))
        elsewhere.close()
        assert reader.version() != before
        assert reader.policy_in_force("/etc/acme.toml") == made
