"""The book of what was acknowledged."""

from scripts.stress.book import Book, Standing


def a_book(live: int = 3) -> Book:
    book = Book(1)
    for _ in range(live):
        book.put(book.began("ada", "secret"))
    return book


def test_a_session_is_in_one_hand_at_a_time() -> None:
    book = a_book()
    taken = [book.take() for _ in range(4)]
    assert len({each.number for each in taken if each}) == 3 and taken[3] is None
    assert book.count(Standing.LIVE) == 0


def test_it_goes_where_it_belongs() -> None:
    book = a_book()
    for standing in (Standing.ENDED, Standing.UNSURE, None):
        kept = book.take()
        assert kept is not None
        book.put(kept, standing)
    assert [book.count(each) for each in Standing] == [1, 1, 1]
    (unsure,) = book.take_unsure()
    assert unsure.standing is Standing.UNSURE and book.count(Standing.UNSURE) == 0


def test_all_credentials_are_remembered_and_the_newest_is_used() -> None:
    kept = a_book().take()
    assert kept is not None
    kept.renewed("")
    kept.renewed("newer")
    assert (kept.credential, kept.credentials) == ("newer", ["secret", "newer"])


def test_when_the_clock_ends_everything_nothing_is_left_out() -> None:
    book = a_book()
    kept = book.take()
    assert kept is not None
    book.put(kept, Standing.UNSURE)
    assert book.all_ended() == 3
    assert {each.standing for each in book.all(Standing.ENDED)} == {Standing.ENDED}
    assert (book.take(), book.take_unsure()) == (None, [])


def test_a_sample_has_the_newest() -> None:
    book = a_book(50)
    book.all_ended()
    last = book.all(Standing.ENDED)[-3:]
    sample = book.sample(5, 3)
    assert len(sample) == 8 and tuple(sample[-3:]) == last
    assert a_book().sample(5, 3) == []
