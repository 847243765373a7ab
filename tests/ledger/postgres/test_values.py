"""What is written comes back as it was, whatever somebody sent."""

from pathlib import Path

from tests.ledger.postgres.server import Server
from tests.ledger.samples import SITE, T0, a_decision, a_session, an_event

from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.opening import open_reader, open_writer


def test_a_text_with_nul_is_kept_without_and_the_trail_still_fits(tmp_path: Path, postgres: Server) -> None:
    """A token's subject may hold one, and the server knows no way to keep it."""
    url = postgres.url(str(tmp_path))
    writer, reader = open_writer(url), open_reader(url)
    writer.create(a_session(subject="a\0b"), b"f1", [an_event(subject="a\0b", session="s\0")])
    writer.log([a_decision("d1", path="/\0")])
    session, (told,) = reader.session("s1"), reader.events()
    assert session is not None and session.subject == "a\\x00b"
    assert list(reader.live_sessions(SITE, "a\0b")) == [session], "it is looked for as it was kept"
    assert told.event.subject == "a\0b", "what was hashed is what was meant"
    assert verify_chain(reader) is None
    writer.close()
    reader.close()


def test_numbers_are_of_64_bits_and_flags_are_flags(tmp_path: Path, postgres: Server) -> None:
    url = postgres.url(str(tmp_path))
    writer, reader = open_writer(url), open_reader(url)
    for key, at in (("s1", T0), ("s2", 253_402_300_799_000_000), ("s3", 1)):
        writer.create(a_session(key, at, remembered=key == "s2"), key.encode(), [])
    assert {each.id: (each.started_at, each.remembered) for each in reader.sessions()} == {
        "s1": (T0, False),
        "s2": (253_402_300_799_000_000, True),
        "s3": (1, False),
    }
    writer.close()
    reader.close()
