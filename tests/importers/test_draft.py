from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.policy_toml import read_policy
from nightlatch.importers.draft import Draft, Scope, render


@given(st.lists(st.text(max_size=30), max_size=5), st.lists(st.text(max_size=70), max_size=4), st.text(max_size=60))
def test_whatever_the_notes_names_and_origins_hold_the_policy_can_be_read(
    notes: list[str], names: list[str], origin: str
) -> None:
    draft = Draft("somewhere", notes=notes)
    draft.limit("idle", 5 * MINUTE, origin)
    draft.scopes += [Scope(name, origin, ("/x",), public=True) for name in names]
    policy = read_policy(render(draft, "imported"), name="imported")
    assert policy.session.idle == 5 * MINUTE and len(policy.rules) == len(names)


def test_public_rules_come_before_those_of_a_host() -> None:
    draft = Draft("somewhere")
    draft.scopes += [
        Scope("bank", "", host="bank.example", limits=(("idle", MINUTE), ("absolute", None))),
        Scope("open", "", ("/x",), public=True),
    ]
    rules = read_policy(render(draft, "imported"), name="imported").rules
    assert [rule.name for rule in rules] == ["open", "bank"]
    assert (rules[1].limits.idle, rules[1].limits.absolute) == (MINUTE, None)


def test_what_a_scope_leaves_open_stays_open() -> None:
    draft = Draft("somewhere")
    draft.limit("absolute", HOUR, "there")
    draft.scopes.append(Scope("some", "", ("/x",), methods=("GET", "POST"), limits=(("idle", MINUTE),)))
    (rule,) = read_policy(render(draft, "imported"), name="imported").rules
    assert rule.match.method == ("GET", "POST") and rule.limits.absolute == HOUR
