import pytest

from nightlatch.proxy.settings_control import read_control
from nightlatch.proxy.settings_values import SettingsInvalid


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", None),
        ("127.0.0.1:9090", ("127.0.0.1", 9090)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9090", ("::1", 9090)),
        ("9090", ("127.0.0.1", 9090)),
    ],
)
def test_a_loopback_address(text: str, address: tuple[str, int] | None) -> None:
    assert read_control(text) == address


@pytest.mark.parametrize("text", ["0.0.0.0:9090", "[::]:9090", "192.168.1.5:80", "example.com:9090"])
def test_others_are_kept_away(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="reached by others"):
        read_control(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:", ":9090", "127.0.0.1:65536", "x:y", "on"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="expected HOST:PORT"):
        read_control(text)
