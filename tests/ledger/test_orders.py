"""An order is in the ledger at once, can be taken back, and an end is for ever."""

import pytest
from tests.ledger.samples import T0, a_session

from nightlatch.core.on_purpose import Moment
from nightlatch.core.policy import Policy
from nightlatch.core.session import State
from nightlatch.ledger.orders import order_expiry
from nightlatch.ledger.port import LedgerReader

POLICY = Policy("test", "v1")


@pytest.mark.parametrize("moment", [moment for moment in Moment if moment not in (Moment.NOW, Moment.NEVER)])
def test_an_order_comes_with_the_session(reader: LedgerReader, path: object, moment: Moment) -> None:
    from nightlatch.ledger.writer import open_writer

    writer = open_writer(str(path))
    assert order_expiry(writer, a_session(), moment, POLICY, T0)
    found = reader.find(b"f1")
    assert found is not None and found.session == a_session(expire_when=str(moment))
    assert [session.id for session in reader.ordered(found.session.site, str(moment))] == ["s1"]
    assert order_expiry(writer, a_session(), Moment.NEVER, POLICY, T0)
    assert reader.session("s1") == a_session()
    assert list(reader.ordered(found.session.site, str(moment))) == []
    writer.close()


def test_now_is_now_and_for_ever(reader: LedgerReader, path: object) -> None:
    from nightlatch.ledger.writer import open_writer

    writer = open_writer(str(path))
    assert order_expiry(writer, a_session(), Moment.NOW, POLICY, T0 + 9)
    over = reader.session("s1")
    assert over is not None and over.state is State.EXPIRED and over.end is not None and over.end.at == T0 + 9
    assert [link.type for link in reader.links()] == ["session.expired"]
    for moment in (Moment.NOW, Moment.NEXT_REQUEST, Moment.NEVER):
        assert not order_expiry(writer, a_session(), moment, POLICY, T0 + 10)
    assert reader.session("s1") == over
    writer.close()
