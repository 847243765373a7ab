"""Events on their way to a sink."""

from tests.core.export.every_event import an_event_of

from nightlatch.alerts.channel import Channel, Told
from nightlatch.core.events import EventType
from nightlatch.ledger.alerts_port import Delivery


def deliveries(sink: Channel, *types: EventType) -> list[Delivery]:
    """What the dispatcher hands over for one event of each type."""
    composed = [sink.compose(Told(an_event_of(type_), None), f"k{number}", 0) for number, type_ in enumerate(types)]
    return [Delivery(f"k{number}", sink.name, number, body) for number, body in enumerate(composed) if body is not None]
