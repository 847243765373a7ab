"""How a long run in several parts is asked for on the command line. Knows nothing of what runs."""

import argparse
import secrets
from collections.abc import Sequence
from pathlib import Path


def parser_of(name: str, description: str, parts: Sequence[str]) -> argparse.ArgumentParser:
    """What every run is told: which parts, how long, with what dice, and where its figures go."""
    parser = argparse.ArgumentParser(prog=f"scripts/{name}", description=description)
    parser.add_argument("--only", choices=parts, action="append", help="only this part (may be repeated)")
    parser.add_argument("--short", action="store_true", help="a few of each, for continuous integration")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 30), help="the dice of an earlier run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into FILE")
    return parser
