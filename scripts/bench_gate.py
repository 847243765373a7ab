"""What the gate costs per allowed request, in all and step by step: with few and with many sessions in the ledger, with
many rules, with signed tokens. Every variant is a guard of its own; they take turns."""

import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scripts.bench_ledger import filled
from scripts.bench_load import load
from scripts.bench_processes import ROOT, Command, Site, guard
from scripts.bench_tools import People

from nightlatch.clock import wall_now

IN_A_ROW = 16
"""How many requests a session makes before the next one does: a page and what belongs to it."""

RULES = 1_000
TOKENS = 200
ISSUER, AUDIENCE = "https://idp.example", "bench"
TIMED = ROOT / "scripts" / "bench_timed_guard.py"

Figures = dict[str, float]
Lines = Callable[[Site], list[str]]


class Variant(NamedTuple):
    """A guard, and who asks it. `lines`: a header value for every session."""

    name: str
    home: Path
    lines: Lines
    options: Command
    field: str = "Cookie"
    in_a_row: int = IN_A_ROW


def cost(directory: Path, site: str, sizes: Sequence[int], rounds: int, seconds: float) -> dict[str, Figures]:
    """By variant: the median of the gate's hook, of every step and of the other hooks, microseconds, and the CPU time
    of a whole request (`cpu`)."""
    with contextlib.ExitStack() as stack:
        guards = [_started(stack, site, variant) for variant in variants(directory, site, sizes)]
        cpus: dict[str, list[float]] = {variant.name: [] for variant, _, _ in guards}
        for _ in range(rounds):
            for variant, found, people in guards:
                cpus[variant.name].append(load(found, 1, seconds, people).cpu or 0.0)
    told: dict[str, Figures] = {}
    for variant, _, _ in guards:
        told[variant.name] = json.loads((variant.home / "steps.json").read_text())
        told[variant.name]["cpu"] = sorted(cpus[variant.name])[rounds // 2]
    return told


def _started(stack: contextlib.ExitStack, site: str, variant: Variant) -> tuple[Variant, Site, People]:
    command: Command = [sys.executable, TIMED, variant.home / "steps.json"]
    ledger = variant.home / "ledger.db"
    found = stack.enter_context(guard(variant.home, site, ledger, command, variant.options))
    lines = variant.home / "people.txt"
    lines.write_text("".join(f"{line}\n" for line in variant.lines(found)))
    return variant, found, People(lines, variant.field, variant.in_a_row)


def variants(directory: Path, site: str, sizes: Sequence[int]) -> list[Variant]:
    """Everything that is compared."""
    few, many = (f"{size:,} sessions" for size in (sizes[0], sizes[-1]))
    found = [
        Variant(name, home := _home(directory, name), _cookies(filled(home / "ledger.db", site, size)), [])
        for name, size in ((few, sizes[0]), (many, sizes[-1]))
    ]
    ruled = found[0]._replace(name=f"{few}, {RULES:,} rules", home=_home(directory, "rules"))
    lines = _cookies(filled(ruled.home / "ledger.db", site, sizes[0]))
    found.append(ruled._replace(lines=lines, options=["--policy", _rules(ruled.home)]))
    changing = f"{few}, another one with every request"
    home = _home(directory, changing)
    found.append(Variant(changing, home, _cookies(filled(home / "ledger.db", site, sizes[0])), [], in_a_row=1))
    return [*found, _by_token(_home(directory, "tokens"))]


def _home(directory: Path, name: str) -> Path:
    home = directory / name.replace(" ", "-").replace(",", "")
    home.mkdir()
    return home


def _cookies(names: Sequence[str]) -> Lines:
    return lambda site: [f"nightlatch-{site.url.rpartition(':')[2]}={name}" for name in names]


def _rules(home: Path) -> Path:
    """A policy none of whose many rules matches, so that each is looked at."""
    policy = home / "policy.toml"
    rules = (
        f'[[rule]]\nname = "r{number}"\nmatch = {{ path = "/area/{number}/**" }}\nidle = "{1 + number % 29}m"\n'
        for number in range(RULES)
    )
    policy.write_text('[policy]\nname = "many"\n[session]\nidle = "30m"\nabsolute = "8h"\n' + "".join(rules))
    return policy


def _by_token(home: Path) -> Variant:
    """Bearer tokens, signed with RS256; a token has its session, and comes again and again."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = home / "key.pem"
    pem.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    now = wall_now() // 1_000_000
    common = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 7200}
    tokens = ["Bearer " + jwt.encode({**common, "sid": f"s{n}"}, key, "RS256") for n in range(TOKENS)]
    trust: Command = ["--identity", "bearer", "--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE]
    trust += ["--jwt-algorithms", "RS256", "--jwt-key-file", pem]
    return Variant(f"{TOKENS} RS256 tokens", home, lambda _: tokens, trust, "Authorization")
