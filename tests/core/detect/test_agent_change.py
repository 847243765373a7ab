"""Another program: the family changes; an update, or a first look at a session, is no change."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import REQUEST
from nightlatch.proxy import control_login
from nightlatch_cli import login as cli_login


def test_another_family() -> None:
    (finding,) = found("agent_change", [a_fact(REQUEST, agent="curl", before_agent="Firefox")])
    assert finding.why == "The session went on in curl, after Firefox."
    (nameless,) = found("agent_change", [a_fact(REQUEST, agent="", before_agent="Firefox")])
    assert nameless.why == "The session went on in a program without a name, after Firefox."


def test_the_same_family() -> None:
    assert found("agent_change", [a_fact(REQUEST, agent="Firefox", before_agent="Firefox")]) == []


def test_a_credential_that_was_made_for_another_program() -> None:
    for login in (control_login.AGENT, cli_login.AGENT):
        assert found("agent_change", [a_fact(REQUEST, agent="Chrome", before_agent=login)]) == []
