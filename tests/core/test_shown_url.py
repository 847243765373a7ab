"""Messages about URLs give nothing away."""

import pytest

from nightlatch.core.shown_url import origin_only, without_secrets


@pytest.mark.parametrize(
    ("url", "shown", "short"),
    [
        ("http://localhost:3000", "http://localhost:3000", "http://localhost:3000"),
        ("http://u:s3cret@h:1/a/b?k=s3cret#s3cret", "http://…@h:1/a/b?…", "http://…@h:1/…"),
        ("http://u:s3@cret@h/", "http://…@h/", "http://…@h/"),
        ("https://hooks.example/T/s3cret", "https://hooks.example/T/s3cret", "https://hooks.example/…"),
        ("s3cret", "s3cret", "/…"),
        ("", "", ""),
    ],
)
def test_what_is_shown(url: str, shown: str, short: str) -> None:
    assert (without_secrets(url), origin_only(url)) == (shown, short)
