"""Cookies of the capture, until the target sets others."""

from nightlatch.replay.rerun.jar import Jar

WALL = 1_704_099_600_000_000


def test_what_the_target_sets_takes_the_place_of_what_was_recorded() -> None:
    jar = Jar()
    assert jar.line("sid=old; theme=dark") == "sid=old; theme=dark"
    jar.answered(["sid=new; Path=/; HttpOnly", "extra=1"], WALL)
    assert jar.line("sid=old; theme=dark") == "sid=new; theme=dark; extra=1"
    jar.answered(["sid=x; Max-Age=0"], WALL)
    assert jar.line("sid=old; theme=dark") == "theme=dark; extra=1"
    assert jar.line("") == "extra=1"
