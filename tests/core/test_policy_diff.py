from hypothesis import given
from hypothesis import strategies as st
from tests.core.lint.reading import policy

from nightlatch.core.policy import MINUTE
from nightlatch.core.policy_diff import Difference, differences

BASE = '[session]\nidle = "15m"\n[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "5m"\n'


def changes(before: str, after: str) -> list[tuple[str, ...]]:
    return [tuple(map(str, difference)) for difference in differences(policy(before), policy(after))]


def test_what_is_written_otherwise_is_the_same() -> None:
    other = f'# a comment\n[policy]\nname = "else"\n{BASE.replace("15m", "PT15M")}'
    assert changes(BASE, other) == []


@given(st.integers(1, 100), st.integers(1, 100))
def test_a_smaller_limit_is_stricter(before: int, after: int) -> None:
    found = differences(policy(f'[session]\nidle = "{before}m"'), policy(f'[session]\nidle = "{after}m"'))
    assert [each.change for each in found] == ([] if before == after else ["stricter" if after < before else "looser"])


def test_remembered_limits_are_compared_like_others_and_marks_of_our_own_are_not_told() -> None:
    kept = f'{BASE}[remember]\nidle = "7d"\n'
    assert changes(kept, kept.replace("7d", "1d")) == [("remember.idle", "7d", "1d", "stricter")]
    assert changes(BASE, kept) == [("remember.idle", "None", "7d", "added")]
    assert "own_" not in str(changes("", BASE))


def test_off_is_looser_than_any_limit() -> None:
    (found,) = differences(policy(BASE), policy(BASE.replace('"15m"', '"off"')))
    assert found == Difference("session.idle", "15m", "off", "looser")
    (back,) = differences(policy(BASE.replace('"15m"', '"off"')), policy(BASE))
    assert back.change == "stricter"


def test_rules_are_told_apart_by_name() -> None:
    more = '[[rule]]\nname = "first"\nmatch = { path = "/" }\naccess = "public"\n'
    inserted = BASE.replace("[[rule]]", more + "[[rule]]", 1)
    (found,) = differences(policy(BASE), policy(inserted))
    assert (found.at, found.before, found.change) == ('rule "first"', None, "added")
    assert found.after is not None and "path=/" in found.after and "public=true" in found.after
    (gone,) = differences(policy(inserted), policy(BASE))
    assert (gone.at, gone.after, gone.change) == ('rule "first"', None, "removed")


def test_a_rules_own_change_is_told_by_its_key() -> None:
    assert changes(BASE, BASE.replace('"5m"', '"4m"')) == [('rule "admin".idle', "5m", "4m", "stricter")]
    assert changes(BASE, BASE + 'on_expiry = "reauthenticate"') == [
        ('rule "admin".on_expiry', "end", "reauthenticate", "changed")
    ]


def test_the_order_of_rules_is_part_of_the_meaning() -> None:
    one, two = ('[[rule]]\nname = "N"\nmatch = { path = "/x" }\n'.replace("N", name) for name in "ab")
    assert changes(one + two, two + one) == [("order of rules", "a, b", "b, a", "changed")]


def test_lists_and_tiers_are_told() -> None:
    after = (
        '[session]\nidle = "15m"\n[activity]\npassive = [{ path = "/p", method = "GET" }]\n[risk.low]\nidle = "20m"\n'
    )
    found = {each.at: each for each in differences(policy('[session]\nidle = "15m"\n'), policy(after))}
    assert found["activity.passive"].after == "path=/p method=GET"
    assert found["risk.low.idle"].change == "added"


def test_durations_are_written_as_durations() -> None:
    limits = policy(BASE)._replace(session=policy(BASE).session._replace(leeway=5 * MINUTE))
    assert next(iter(differences(policy(BASE), limits))) == Difference("session.leeway", "30s", "5m", "changed")
