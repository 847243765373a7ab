"""What the proxy provides is what the control API asks for; tests/web tries it all over HTTP."""

from tests.proxy.bench import SITE, Bench

from nightlatch.proxy.control import GuardControl
from nightlatch.web.control import Control


def test_the_guard_is_what_is_asked_for(bench: Bench) -> None:
    control: Control = GuardControl(bench.service, SITE)
    assert control.policy() is bench.guard.policy
    assert control.place().site == SITE


def test_it_is_in_trouble_until_it_listens(bench: Bench) -> None:
    control = GuardControl(bench.service, SITE)
    assert "listen" in str(control.trouble())
    bench.service.announce([("127.0.0.1", 8080)])
    assert control.trouble() is None
    assert control.place().url == "http://127.0.0.1:8080"
