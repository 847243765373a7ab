"""Who runs a network: its autonomous system, from a MaxMind file (GeoLite2-ASN and the like; extra `geo`)."""

from functools import lru_cache
from pathlib import Path


class AsnUnusable(ValueError):
    """The file cannot be used; the message names it and the remedy (exit code 3)."""


class AsnFile:
    """An open file. Answers from memory for the networks that come again and again."""

    def __init__(self, path: Path) -> None:
        """Raises:
        AsnUnusable: the extra is missing, or the file is, or it tells nothing of autonomous systems.
        """
        try:
            import maxminddb
        except ImportError:
            raise AsnUnusable(
                "--asn-file needs the extra `geo`: pip install 'nightlatch[geo]' (or uv pip install maxminddb)"
            ) from None
        try:
            self._file = maxminddb.open_database(str(path), maxminddb.MODE_MEMORY)
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            raise AsnUnusable(f"--asn-file {path}: {error}; give a MaxMind ASN file (.mmdb)") from None
        if "ASN" not in self._file.metadata().database_type.upper():
            kind = self._file.metadata().database_type
            raise AsnUnusable(f"--asn-file {path} is of the type {kind}; give an ASN file, such as GeoLite2-ASN.mmdb")
        self.operator = lru_cache(maxsize=4096)(self._operator)
        """The operator of a network (`192.0.2.0/24`), such as `AS64496`; empty when the file does not know it."""

    def _operator(self, network: str) -> str:
        try:
            record = self._file.get(network.partition("/")[0])
        except ValueError:
            return ""
        number = record.get("autonomous_system_number") if isinstance(record, dict) else None
        return f"AS{number}" if number else ""
