from tests.replay.made import exchange

from nightlatch.replay.exchange import Capture, Skipped
from nightlatch.replay.timeline import timeline


def test_in_order_of_start_and_ties_in_order_of_files_and_entries() -> None:
    first = Capture("a", [exchange(5, "/1"), exchange(0, "/2"), exchange(5, "/3")], [])
    second = Capture("b", [exchange(5, "/4"), exchange(1, "/5")], [])
    made = timeline([first, second])
    assert [each.request.path for each in made.exchanges] == ["/2", "/5", "/1", "/3", "/4"]
    assert (made.begins, made.ends) == (made.exchanges[0].at, made.exchanges[-1].at)
    assert made.files == ("a", "b")


def test_skipped_entries_are_named_with_their_file_where_there_are_several() -> None:
    one = Capture("a", [], [Skipped("entries[1]", "why")])
    assert timeline([one]).skipped == [Skipped("entries[1]", "why")]
    assert timeline([one, Capture("b", [], [])]).skipped == [Skipped("a: entries[1]", "why")]


def test_nothing_has_no_time() -> None:
    assert (timeline([]).begins, timeline([]).ends) == (0, 0)
