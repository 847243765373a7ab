from tests.replay.made import exchange, policy
from tests.replay.report.made import LOOSE, TIGHT, morning, studied

from nightlatch.replay.report.gaps import gaps_chart


def test_every_gap_is_in_a_bar_and_every_limit_is_drawn_in() -> None:
    chart = gaps_chart(studied())
    assert chart is not None
    assert chart.total == 49 + 3 + 1
    assert sum(int(bar.label.split()[0]) for bar in chart.bars) == chart.total
    assert [(line.label, line.policy) for line in chart.lines] == [
        ("tight: 10m", 0),
        ("tight, rule admin: 2m", 0),
        ("tight, rule nobody's: 3m", 0),
        ("loose: 1h", 1),
    ]
    assert [line.longer for line in chart.lines] == [2, 3, 3, 0]
    assert chart.lines[1].at < chart.lines[2].at < chart.lines[0].at < chart.lines[3].at < 100


def test_without_timers_there_would_be_fewer() -> None:
    chart = gaps_chart(studied())
    assert chart is not None
    assert (
        sum(
            int(bar.label.split()[2]) if bar.label.startswith("w") else int(bar.label.split()[0])
            for bar in chart.people
        )
        == 4
    )
    calm = gaps_chart(studied([each for each in morning() if each.request.path != "/poll"]))
    assert calm is not None
    assert calm.people == []


def test_one_gap_is_seen_beside_thousands() -> None:
    busy = [exchange(n * 0.5) for n in range(5000)] + [exchange(4000)]
    chart = gaps_chart(studied(busy, (policy(None, None), LOOSE), sweeps=()))
    assert chart is not None
    tops = sorted(bar.top for bar in chart.bars)
    assert tops[0] == 6
    assert 80 < tops[-1] < 95
    assert [line.policy for line in chart.lines] == [1]


def test_where_nobody_came_back_there_is_nothing_to_draw() -> None:
    assert gaps_chart(studied([exchange(0)], (TIGHT,), sweeps=())) is None


def test_what_happens_at_once_is_no_gap() -> None:
    chart = gaps_chart(studied([exchange(0), exchange(0, "/x"), exchange(9)], (TIGHT,), sweeps=()))
    assert chart is not None
    assert chart.total == 1
