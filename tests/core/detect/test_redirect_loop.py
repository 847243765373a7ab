"""Redirect loops: the same client for the same page, or a browser that was told."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import BOUNCED
from nightlatch.core.policy import SECOND


def test_again_and_again() -> None:
    bounces = [a_fact(BOUNCED, n * SECOND, session=None, subject=None, path="/a", loop=False) for n in range(5)]
    (finding,) = found("redirect_loop", bounces)
    assert finding.why == "A client was sent to the login 5 times within 30s for /a."
    assert found("redirect_loop", bounces[:4]) == []
    assert found("redirect_loop", [fact._replace(network=f"10.0.{n}.0/24") for n, fact in enumerate(bounces)]) == []
    assert found("redirect_loop", [fact._replace(detail={"path": f"/{n}"}) for n, fact in enumerate(bounces)]) == []


def test_a_browser_that_was_told() -> None:
    (finding,) = found("redirect_loop", [a_fact(BOUNCED, path="/a", loop=True)])
    assert "in circles, for /a" in finding.why
