"""The third redirect of one client from one page within ten seconds is a loop."""

from nightlatch.proxy.bounces import LIMIT, WINDOW, Bounces


def seen(bounces: Bounces, *instants: int, path: str = "/", address: str = "a") -> list[bool]:
    return [bounces.bounced(address, "agent", path, at) for at in instants]


def test_three_within_the_window_are_a_loop() -> None:
    assert seen(Bounces(), 0, 1, WINDOW - 1) == [False, False, True]


def test_three_over_a_longer_time_are_none() -> None:
    assert seen(Bounces(), 0, 1, WINDOW, WINDOW + 2) == [False, False, False, False]


def test_ten_tabs_that_expire_at_once_are_none() -> None:
    bounces = Bounces()
    assert not any(bounces.bounced("a", "agent", f"/tab/{number}", number) for number in range(10))


def test_clients_do_not_mix_and_memory_is_bounded() -> None:
    bounces = Bounces()
    assert not any(bounces.bounced(str(number), "agent", "/", 0) for number in range(5000))
    assert len(bounces._seen) <= 1024
    assert LIMIT == 3
