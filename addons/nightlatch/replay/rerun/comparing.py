"""How an answer differs from the recorded one: status, location, cookies. Values of cookies never count."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from nightlatch.identity.set_cookies import is_deletion, parse_set_cookie
from nightlatch.replay.rerun.captured import Answer


def differences(recorded: Answer, now: Answer, origins: tuple[str, str]) -> tuple[str, ...]:
    """What is different, in words; empty where nothing is.

    Args:
        recorded: the answer in the capture.
        now: that of the live target.
        origins: of the recorded site and of the target: an address within either is the same place.
    """
    return tuple(_differences(recorded, now, origins))


def _differences(recorded: Answer, now: Answer, origins: tuple[str, str]) -> Iterator[str]:
    if not recorded.status:
        return  # nobody waited for the answer: there is nothing to compare with
    if recorded.status != now.status:
        yield f"status {now.status}, was {recorded.status}"
    before, after = (_place(answer.location, origins) for answer in (recorded, now))
    if before != after:
        yield f"location {after or 'none'}, was {before or 'none'}"
    was, is_ = (_cookies(answer) for answer in (recorded, now))
    for name in sorted(was.keys() | is_.keys()):
        if was.get(name) != is_.get(name):
            yield f"cookie {name} {is_.get(name, 'not set')}, was {was.get(name, 'not set')}"


def _place(location: str, origins: tuple[str, str]) -> str:
    """Where a location leads, without its query, which may hold what is different every time."""
    url = urlsplit(location)
    origin = f"{url.scheme}://{url.netloc}".lower() if url.netloc else ""
    return url.path if not origin or origin in origins else origin + url.path


def _cookies(answer: Answer) -> dict[str, str]:
    """Each cookie's name, and whether it was set or deleted."""
    cookies = map(parse_set_cookie, answer.set_cookies)
    return {cookie.name: "deleted" if is_deletion(cookie, answer.at) else "set" for cookie in cookies}
