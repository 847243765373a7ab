"""Finding policies: presets by name, other policies by path. Reads files; what they mean is the core's work.

Presets are read from `policies/` of the checkout where there is one, else from the installed package.
"""

import errno
import os
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.policy_values import nearest

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parent.parent / "policies"
_PACKAGED = _HERE / "_policies"
_MOST_BYTES = 1 << 20


class PolicyNotFound(ValueError):
    """No preset of that name, and no such file. `nearest` is the preset that was probably meant."""

    def __init__(self, name: str, near: str | None) -> None:
        meant = f'; did you mean "{near}"?' if near else ""
        super().__init__(f'there is no preset and no file "{name}"{meant} (`nightlatch policy list` shows the presets)')
        self.nearest = near


class PolicyUnreadable(ValueError):
    """A policy file that is there but cannot be read as text; the message says why."""


def preset_folder() -> Path:
    """Where the presets are."""
    return _CHECKOUT if _HERE.parent.name == "addons" and _CHECKOUT.is_dir() else _PACKAGED


def preset_names() -> tuple[str, ...]:
    """The names of all presets, sorted."""
    return tuple(sorted(path.stem for path in preset_folder().glob("*.toml")))


def load_policy(name_or_path: str, public: tuple[str, ...] = ()) -> Policy:
    """The preset of that name, else the policy in that file.

    Args:
        name_or_path: `strict`, or `./strict.toml`.
        public: further path patterns that are public.

    Raises:
        PolicyNotFound: neither a preset nor a file.
        PolicyUnreadable: a directory, not readable, not UTF-8, or larger than 1 MiB.
        PolicyInvalid: with every mistake in it.
    """
    preset, path = _preset_path(name_or_path), policy_path(name_or_path)
    if preset is None and not _there(path):
        raise PolicyNotFound(name_or_path, nearest(name_or_path, preset_names()))
    return read_as(_text(path), name_or_path, public)


def read_as(text: str, name_or_path: str, public: tuple[str, ...] = ()) -> Policy:
    """The policy that `load_policy` would give, were `text` what that preset or file holds.

    Raises:
        PolicyInvalid: with every mistake in it.
    """
    path = policy_path(name_or_path)
    file = path.name if _preset_path(name_or_path) else name_or_path
    return read_policy(text, name=path.stem, file=file, floors=_floor, public=public)


def is_preset(name: str) -> bool:
    """Whether it is the name of a preset; else it is a path."""
    return _preset_path(name) is not None


def policy_source(name_or_path: str) -> str:
    """What tells that two guards were started with the same policy: a preset's name, or a file's absolute path."""
    return name_or_path if is_preset(name_or_path) else str(Path(name_or_path).absolute())


def policy_text(name_or_path: str, *, at_once: bool = False) -> str:
    """What that preset or file holds now. `at_once`: without waiting for whoever may write into a pipe.

    Raises:
        PolicyUnreadable: nothing there, a directory, not readable, not UTF-8, or larger than 1 MiB.
    """
    return _text(policy_path(name_or_path), _only_a_file if at_once else None)


def policy_path(name_or_path: str) -> Path:
    """The file that `load_policy` reads for it."""
    return _preset_path(name_or_path) or Path(name_or_path)


@lru_cache(maxsize=32)
def _floor(name: str) -> Policy:
    """The preset that a policy names as its floor. A preset has none itself."""
    path = _preset_path(name)
    if path is None:
        raise PolicyNotFound(name, nearest(name, preset_names()))
    return read_policy(_text(path), name=name, file=path.name)


def _preset_path(name: str) -> Path | None:
    return preset_folder() / f"{name}.toml" if name in preset_names() else None


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _only_a_file(name: str, flags: int) -> int:
    """Open it, whatever it is, and keep it open if it is a regular file. A pipe would be waited for."""
    descriptor = os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", name)
    return descriptor


def _text(path: Path, opener: Callable[[str, int], int] | None = None) -> str:
    if path.is_dir():
        raise PolicyUnreadable(f"{path}: a directory; name the policy file in it")
    try:
        with open(path, "rb", opener=opener) as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise PolicyUnreadable(f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > _MOST_BYTES:
        raise PolicyUnreadable(f"{path}: larger than 1 MiB, which no policy is")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyUnreadable(f"{path}: line {line} is not UTF-8; save the file as UTF-8") from error
