"""Asks pip-audit about every package that is installed, and holds what it says against docs/dependencies.md.

pip-audit is fetched into an environment of its own: what it needs is nobody else's business.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from scripts.bench_processes import ROOT

NOT_TO_BE_HAD = 2


def installed() -> list[str]:
    """`NAME==VERSION` of everything but this project."""
    found = {f"{each.metadata['Name']}=={each.version}" for each in distributions()}
    return sorted(line for line in found if not line.startswith("nightlatch=="))


def asked(service: str) -> dict[str, Any] | None:
    """pip-audit's report; None when it could not be had."""
    with tempfile.TemporaryDirectory(prefix="audit-") as name:
        folder = Path(name)
        (folder / "installed.txt").write_text("\n".join(installed()) + "\n")
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        fetched = subprocess.run([python, "-m", "pip", "install", "--quiet", "pip-audit"], check=False)
        if fetched.returncode:
            return None
        options = ["--no-deps", "--disable-pip", "--format", "json", "--vulnerability-service", service]
        command: list[str | Path] = [python, "-m", "pip_audit", *options, "--requirement", folder / "installed.txt"]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return json.loads(said) if said.startswith("{") else None


def unanswered(report: dict[str, Any], page: str) -> Iterator[str]:
    """Advisories of which the page says nothing, by any of their names."""
    for package in report["dependencies"]:
        for each in package.get("vulns", ()):
            if not any(re.search(rf"\b{re.escape(name)}\b", page) for name in (each["id"], *each["aliases"])):
                fixed = ", ".join(each["fix_versions"]) or "no version"
                yield f"{package['name']} {package['version']}: {each['id']} (fixed in {fixed})"


def looked_at(report: dict[str, Any]) -> bool:
    """Whether the service knew anything: one that knows no package has no advisory either."""
    return any("vulns" in package for package in report["dependencies"])


def main() -> int:
    """What became of it, as an exit code."""
    parser = argparse.ArgumentParser(prog="scripts/audit", description="known vulnerabilities in what is installed")
    parser.add_argument("--osv", action="store_true", help="ask osv.dev instead of PyPI")
    report = asked("osv" if parser.parse_args().osv else "pypi")
    if report is None or not looked_at(report):
        print("audit: advisories cannot be had here: no service answers", file=sys.stderr)
        return NOT_TO_BE_HAD
    found = list(unanswered(report, (ROOT / "docs" / "dependencies.md").read_text("utf-8")))
    print("\n".join(found) or f"audit: {len(report['dependencies'])} packages, no advisory that is not answered")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
