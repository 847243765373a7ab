import pytest
from tests.replay.made import exchange, observed, policy

from nightlatch.replay.conditions import FIGURES, SHARES, Condition, check, parse_condition
from nightlatch.replay.exchange import Exchange

DAY = 86_400
MORNING = [
    exchange(0),
    exchange(200, "/save", method="POST"),
    exchange(DAY, "/x"),
    exchange(5, cookie="b"),
    exchange(500, cookie=None),
]


def came_out(text: str, *more: Exchange) -> tuple[float, bool]:
    policies = policy(100, None)._replace(name="tight"), policy(600, None)._replace(name="loose")
    (checked,) = check([parse_condition(text)], observed([*MORNING, *more], *policies))
    return checked.value, checked.holds


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("relogins>1", 2, True),
        ("relogins>2", 2, False),
        ("relogins>=2", 2, True),
        ("relogins<3", 2, True),
        ("relogins<=1", 2, False),
        ("relogins=2", 2, True),
        ("relogins == 2", 2, True),
        ("relogins>0.6/user-day", 2 / 3, True),
        ("relogins>0.7/user-day", 2 / 3, False),
        ("relogins>=1/user", 1, True),
        ("relogins>=1/day", 1, True),
        ("lost_writes>0", 1, True),
        ("lost-writes>0", 1, True),
        ("sessions>0/session", 1, True),
        ("sessions_cut>1", 2, True),
        ("login>0", 1, True),
        ("expired>1", 2, True),
        ("kept_alive_by_polling>0", 0, False),
        ("exposure>3m", 300, True),
        ("exposure>300", 300, False),
        ("relogins>against", 2, True),
        ("lost_writes>against", 1, True),
        ("exposure<against", 300, True),
    ],
)
def test_what_comes_out(text: str, value: float, holds: bool) -> None:
    came, held = came_out(text)
    assert came == pytest.approx(value)
    assert held is holds


def test_it_says_what_came_out() -> None:
    policies = policy(100, None)._replace(name="tight"), policy(600, None)._replace(name="loose")
    replayed = observed(MORNING, *policies)
    texts = ["relogins>0.5/user-day", "exposure>against"]
    assert [each.message for each in check([parse_condition(text) for text in texts], replayed)] == [
        "relogins>0.5/user-day: 0.67 per user-day under tight",
        "exposure>against: 5m under tight, 20m under loose",
    ]


def test_nobody_there_is_nobody_annoyed() -> None:
    (checked,) = check([parse_condition("relogins>0/user-day")], observed([exchange(0, cookie=None)]))
    assert (checked.value, checked.holds) == (0, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected such as relogins>3/user-day"),
        ("relogins", "expected such as"),
        ("relogin>3", "Did you mean relogins?"),
        ("relogins>3/userday", "Did you mean user-day?"),
        ("relogins>x", "expected a number"),
        ("relogins>-1", "expected a number"),
        ("relogins>nan", "expected a number"),
        ("relogins>inf", "expected a number"),
        ("relogins>3h", "expected a number"),
        ("exposure>3M", "minutes or months"),
        ("relogins>1>2", "expected"),
    ],
)
def test_what_cannot_be_read(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_condition(text)


def test_every_figure_and_share_can_be_asked() -> None:
    replayed = observed(MORNING, policy(100, None))
    for figure in FIGURES:
        for share in SHARES:
            (checked,) = check([Condition("x", figure, ">", 1.0, share)], replayed)
            assert checked.value >= 0
