import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import MINUTE
from nightlatch.core.policy_toml import read_policy
from nightlatch.presets import preset_names
from nightlatch.testing.mark_policy import LIMITS, MarkInvalid, asked, policy_text, with_limits

FORMS = (
    "",
    "[policy]\nname = 'x'",
    "[session]\n",
    "[session]",
    "[session]\nidle = '3m' # short\nabsolute = \"8h\"\n",
    "session = { idle = '3m' }\n",
    "session = { absolute = '3h', idle = '2m' }\n",
    "session.idle = '3m'\nsession.absolute = '9h'\n",
    "# a comment [session]\r\n[policy]\r\nname = 'x'\r\n[session]\r\nidle = \"off\"\r\n[login]\r\npublic = ['/a']\r\n",
    "[ session ] # the limits\nabsolute = 'off'\n[[rule]]\nname = 'a'\nmatch = { path = '/a' }\nidle = '1m'\n",
)


@given(st.sampled_from(FORMS), st.sets(st.sampled_from(LIMITS), min_size=1))
def test_a_limit_is_changed_whatever_the_policy_looks_like_and_nothing_else_is(text: str, names: set[str]) -> None:
    changed = tomllib.loads(with_limits(text, dict.fromkeys(names, "7m")))
    before = tomllib.loads(text)
    session = before.pop("session", {})
    assert changed.pop("session") == {**session, **dict.fromkeys(names, "7m")}
    assert changed == before


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_takes_a_limit(name: str) -> None:
    policy = read_policy(with_limits(policy_text(name), {"idle": "1m", "absolute": "2m"}), name="p")
    assert (policy.session.idle, policy.session.absolute) == (MINUTE, 2 * MINUTE)


def test_a_text_that_wants_to_be_more_stays_a_text() -> None:
    hostile = '1m"\nabsolute = "off\\'
    for text in ("[session]\n", "[session]\nidle = '3m'\n", "session = { idle = '3m' }"):
        assert tomllib.loads(with_limits(text, {"idle": hostile}))["session"] == {"idle": hostile}


def test_the_nearer_mark_wins_and_the_rest_adds_up() -> None:
    outer, inner = ((), {"idle": "5m", "absolute": "1h"}), ((), {"idle": "1m"})
    assert asked([outer, inner]) == {"idle": "1m", "absolute": "1h"}


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ((("15m",), {}), "takes names"),
        (((), {"idel": "15m"}), "did you mean `idle`"),
        (((), {"idle": 15}), "is a text"),
    ],
)
def test_a_mark_that_cannot_be_used_says_why(mark: tuple[tuple[object, ...], dict[str, object]], says: str) -> None:
    with pytest.raises(MarkInvalid, match=says):
        asked([mark])


def test_a_policy_is_named_or_written_out() -> None:
    assert "high" in policy_text("strict")
    assert policy_text("[session]\nidle = '1m'\n") == "[session]\nidle = '1m'\n"
    with pytest.raises(MarkInvalid, match="did you mean"):
        policy_text("strikt")
