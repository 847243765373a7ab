"""One deadline a session, and the nearest is found at once."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.proxy.deadline_queue import DeadlineQueue

KEYS = st.sampled_from("abcd")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, st.integers(0, 9)),
        st.tuples(st.just("drop"), KEYS, st.just(0)),
        st.tuples(st.just("due"), st.just(""), st.integers(0, 9)),
    )
)


@given(STEPS)
def test_it_is_a_dictionary_that_knows_its_smallest_value(steps: list[tuple[str, str, int]]) -> None:
    queue, model = DeadlineQueue(), dict[str, int]()
    for what, key, at in steps:
        if what == "put":
            queue.put(key, at)
            model[key] = at
        elif what == "drop":
            queue.drop(key)
            model.pop(key, None)
        else:
            due = queue.due(at)
            assert sorted(due) == sorted(key for key, value in model.items() if value <= at)
            model = {key: value for key, value in model.items() if value > at}
        assert len(queue) == len(model)
        assert queue.nearest() == min(model.values(), default=None)


def test_what_is_put_again_and_again_does_not_pile_up() -> None:
    queue = DeadlineQueue()
    for at in range(10_000):
        queue.put("a", at)
    assert len(queue._heap) < 200
    assert queue.due(9_999) == ["a"]
