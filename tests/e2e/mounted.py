"""What a guard can be started inside of: a mount namespace in which the folder of its ledger is a disk of two
megabytes, or one that cannot be written. It goes with the guard, and takes no privileges where users may have
namespaces.
"""

from pathlib import Path

from tests.e2e.processes import Guard

_INTO = """
import ctypes, os, subprocess, sys
how, folder, *command = sys.argv[1:]
NEWNS, NEWUSER, me = 0x00020000, 0x10000000, os.geteuid()
assert ctypes.CDLL(None).unshare(NEWNS | (NEWUSER if me else 0)) == 0, "no namespaces here"
if me:
    open("/proc/self/uid_map", "w").write(f"0 {me} 1")
mounts = {
    "small": [["-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", folder]],
    "sealed": [["--bind", folder, folder], ["-o", "remount,bind,ro", folder]],
}
for mount in (["--make-rprivate", "/"], *mounts[how]):
    subprocess.run(["mount", *mount], check=True)
os.execv(sys.executable, [sys.executable, *command])
"""


def inside(how: str, folder: Path) -> list[str]:
    """For `processes.start(…, inside=)`: `folder`, which is there already, becomes `small`, or is `sealed` as it is."""
    return ["-c", _INTO, how, str(folder)]


def seen(guard: Guard, path: Path) -> Path:
    """What the guard sees at `path`."""
    return Path(f"/proc/{guard.process.pid}/root{path}")


class Filling:
    """Fills the disk under a folder to the last byte, and makes room again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filling"

    def fill(self) -> None:
        with self._path.open("ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    continue

    def remove(self) -> None:
        self._path.unlink()
