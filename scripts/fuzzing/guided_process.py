"""What happens in the process of one coverage-guided run: instrument, try, and write down what was found."""

import json
import os
import sys
from pathlib import Path
from time import monotonic

import atheris
from scripts.fuzzing.attempts import Fault, attempt, kept, smaller
from scripts.fuzzing.mutation import LONGEST
from scripts.fuzzing.target import Target

_OWN = ["nightlatch", "nightlatch_cli"]


class Run:
    """One run: counts inputs, notes each fault once, and ends the process when there were enough."""

    def __init__(self, target: Target, runs: int, seconds: float, result: Path) -> None:
        self.target, self.runs, self.result = target, runs, result
        self.until = monotonic() + seconds
        self.count = 0
        self.found: dict[tuple[str, str], Fault] = {}

    def one(self, content: bytes) -> None:
        """Try one input."""
        self.count += 1
        fault = attempt(self.target, content)
        if fault is not None:
            self.found.setdefault((fault.kind, fault.where), fault)
        if self.count >= self.runs or monotonic() >= self.until:
            self.end()

    def end(self) -> None:
        """Write down what was found; libFuzzer would go on."""
        small = [smaller(self.target, fault) for fault in self.found.values()]
        faults = [(*fault[:3], fault.content.hex()) for fault in small]
        self.result.write_text(json.dumps({"inputs": self.count, "faults": faults}))
        sys.stderr.flush()
        os._exit(0)


def _corpus(folder: Path, seeds: tuple[bytes, ...]) -> Path:
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    return corpus


def _dictionary(folder: Path, words: tuple[bytes, ...]) -> list[str]:
    if not words:
        return []
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in words]
    file = folder / "words"
    file.write_text("\n".join(lines) + "\n")
    return [f"-dict={file}"]


def main(name: str, runs: int, seconds: float, seed: int, folder: Path) -> None:
    """Try `runs` inputs on the target `name`."""
    with atheris.instrument_imports(include=_OWN):
        from scripts.fuzzing.table import target

        tried = target(name)
    run = Run(tried, runs, seconds, folder / "result.json")
    corpus = _corpus(folder, (*tried.seeds, *kept(name)))
    limits = [f"-max_len={LONGEST}", "-len_control=0", "-timeout=30", "-rss_limit_mb=3000", f"-seed={seed}"]
    options = [*limits, f"-artifact_prefix={folder}/", *_dictionary(folder, tried.words)]
    atheris.Setup(["fuzz", *options, str(corpus)], run.one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
