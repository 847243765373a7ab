"""Autonomous systems: from a file as MaxMind makes them; what is no such file is told."""

import builtins
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped] # has no types

from nightlatch.alerts.asn import AsnFile, AsnUnusable


def a_file(path: Path, kind: str = "GeoLite2-ASN") -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind)
    writer.insert_network(IPSet(["192.0.2.0/24", "198.51.100.0/24"]), {"autonomous_system_number": 64496})
    writer.insert_network(IPSet(["2001:db8::/32"]), {"autonomous_system_number": 64497})
    writer.to_db_file(str(path))
    return path


def test_networks_of_one_operator(tmp_path: Path) -> None:
    operator = AsnFile(a_file(tmp_path / "asn.mmdb")).operator
    assert operator("192.0.2.0/24") == operator("198.51.100.0/24") == "AS64496"
    assert operator("2001:db8:7::/48") == "AS64497"
    assert operator("203.0.113.0/24") == operator("") == operator("nonsense") == ""


def test_what_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(AsnUnusable, match="nowhere"):
        AsnFile(tmp_path / "nowhere.mmdb")
    (tmp_path / "text.mmdb").write_text("no")
    with pytest.raises(AsnUnusable, match="MaxMind"):
        AsnFile(tmp_path / "text.mmdb")
    with pytest.raises(AsnUnusable, match="GeoLite2-City"):
        AsnFile(a_file(tmp_path / "city.mmdb", "GeoLite2-City"))


def test_the_extra_is_named_when_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "maxminddb":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(AsnUnusable, match=r"nightlatch\[geo\]"):
        AsnFile(tmp_path / "asn.mmdb")
