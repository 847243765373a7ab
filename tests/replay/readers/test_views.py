import pytest

from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.views import Views, grouped, host_of, place_of


@pytest.mark.parametrize(
    ("url", "origin", "host", "path"),
    [
        ("http://a.test", "http://a.test", "a.test", "/"),
        ("HTTPS://A.Test/B", "https://a.test", "a.test", "/B"),
        ("https://a.test:8443/x#y", "https://a.test:8443", "a.test", "/x"),
        ("https://a.test#y/z", "https://a.test", "a.test", "/"),
        ("https://u:p@a.test/%2e%2e/x", "https://a.test", "a.test", "/%2e%2e/x"),
        ("http://[::1]:8080/", "http://[::1]:8080", "::1", "/"),
        ("ws://a.test/live", "http://a.test", "a.test", "/live"),
    ],
)
def test_what_a_url_says(url: str, origin: str, host: str, path: str) -> None:
    assert place_of(url)[:3] == (origin, host, path)


@pytest.mark.parametrize("url", ["", "x", "/x", "data:,x", "blob:https://a.test/1", "file:///etc/passwd", "https://"])
def test_what_is_no_request_to_a_server(url: str) -> None:
    with pytest.raises(Unfit):
        place_of(url)


def test_only_fields_that_count_are_kept_and_what_a_policy_asks_for() -> None:
    views = Views(["x-background"])
    assert [views.name(name) for name in ("Cookie", "X-BACKGROUND", "User-Agent", "User-Agent")] == [
        "cookie",
        "x-background",
        None,
        None,
    ]


def test_the_same_request_is_the_same_view_and_another_is_not() -> None:
    views = Views()
    place = views.place("https://a.test/x?1")
    fields = (("cookie", "sid=a"),)
    same = views.view("GET", place, fields, "", False)
    assert views.view("GET", views.place("https://a.test/x?2"), fields, "", False) is same
    for other in (
        views.view("POST", place, fields, "", False),
        views.view("GET", place, (), "", False),
        views.view("GET", place, fields, "10.0.0.1", False),
        views.view("GET", place, fields, "", True),
    ):
        assert other is not same


def test_fields_of_one_name_keep_their_order() -> None:
    assert grouped((("cookie", "a"), ("x", "y"), ("cookie", "b"))) == {"cookie": ("a", "b"), "x": ("y",)}


def test_hosts() -> None:
    assert [host_of(text) for text in ("A.test.:80", "[::1]", "")] == ["a.test", "::1", ""]
