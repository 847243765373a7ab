"""What is installed: both packages, the presets and the pages, and nothing of the checkout besides."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.shape.sources import PACKAGES, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel, built now."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.Path(built)


def _names(wheel: zipfile.Path) -> list[str]:
    return [each for each in wheel.root.namelist() if ".dist-info/" not in each]


def test_two_packages_and_nothing_else(wheel: zipfile.Path) -> None:
    assert {each.partition("/")[0] for each in _names(wheel)} == set(PACKAGES)


def test_every_module_page_and_marker_is_there(wheel: zipfile.Path) -> None:
    names = set(_names(wheel))
    for package, folder in PACKAGES.items():
        files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert {f"{package}/{path.relative_to(folder)}" for path in files} <= names


def test_the_presets_travel_along(wheel: zipfile.Path) -> None:
    names = _names(wheel)
    for preset in (ROOT / "policies").glob("*.toml"):
        assert f"nightlatch/_policies/{preset.name}" in names


def test_the_installed_wheel_finds_its_presets(wheel: zipfile.Path, tmp_path: Path) -> None:
    """From the wheel alone, away from the checkout."""
    wheel.root.extractall(tmp_path)
    script = (
        "from nightlatch.presets import load_policy, preset_names; print(*map(load_policy, preset_names()), sep='\\n')"
    )
    arguments = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {script}"]
    done = subprocess.run(arguments, cwd=tmp_path, env={}, capture_output=True, text=True, check=True)
    assert done.stdout.count("Policy(name=") == len(list((ROOT / "policies").glob("*.toml")))


def test_what_is_said_of_it_is_true(wheel: zipfile.Path) -> None:
    (info,) = (each for each in wheel.root.namelist() if each.endswith(".dist-info/METADATA"))
    told = wheel.root.read(info).decode()
    assert "Requires-Python: >=3.11" in told
    assert "License-Expression: MIT" in told
    (points,) = (each for each in wheel.root.namelist() if each.endswith("entry_points.txt"))
    assert "nightlatch = nightlatch_cli.app:main" in wheel.root.read(points).decode()
