"""Three passages through the login that lead nowhere are a loop; a redirect alone is none."""

from nightlatch.proxy.bounces import WINDOW, Bounces

CLIENT = ("127.0.0.1", "agent")


def loop(bounces: Bounces, *instants: int, path: str = "/", login: bool = True) -> list[bool]:
    told = []
    for at in instants:
        told.append(bounces.bounced(CLIENT, path, at))
        if login:
            bounces.went_through(CLIENT)
    return told


def test_the_third_return_from_the_login_within_the_window_is_a_loop() -> None:
    assert loop(Bounces(), 0, 1, WINDOW - 1) == [False, False, True]
    assert loop(Bounces(), 0, 1, WINDOW) == [False, False, False]


def test_asking_again_and_again_without_logging_in_is_none() -> None:
    assert not any(loop(Bounces(), *range(10), login=False))


def test_the_login_page_itself_needs_no_passage() -> None:
    bounces = Bounces()
    assert [bounces.bounced(CLIENT, "/login", at, counts=True) for at in range(3)] == [False, False, True]


def test_being_let_in_ends_the_count() -> None:
    bounces = Bounces()
    loop(bounces, 0, 1)
    bounces.let_in(CLIENT)
    assert loop(bounces, 2, 3) == [False, False]


def test_another_page_starts_anew_and_clients_do_not_mix() -> None:
    bounces = Bounces()
    loop(bounces, 0, 1)
    assert loop(bounces, 2, path="/other") == [False]
    assert not bounces.bounced(("192.0.2.1", "agent"), "/", 3)


def test_memory_is_bounded() -> None:
    bounces = Bounces()
    for number in range(5000):
        bounces.bounced((str(number), "agent"), "/", 0)
    assert len(bounces._trails) <= 1024
