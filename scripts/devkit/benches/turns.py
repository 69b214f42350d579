"""Batches of readings by another clone's code and by this one's, turn by turn.

Two databases, each made by its clone's migrations, take the same batches alternately, one at a time, so that
other load on the machine meets both. The figure is the processor time of the session that stores a batch, and
beside it the time that passed; this clone's by the other's, as median of all turns, with quartiles. A
difference of a few per cent shows within a minute. The kinds of readings: one sensor, ten by cdSensor, ten by
dsPonto. The other clone needs migrations of the time of this one: `git worktree add` makes it.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

from ..console import Problem, say
from ..local.paths import ROOT

NAME = "turns"
HELP = "ingestion by the code of another clone and of this one, batch by batch"

KINDS = ("1 sensor", "10 by cdSensor", "10 by dsPonto")
WARM_UP = 6  # the sixth execution decides about the plan
WORKER = Path(__file__).with_name("turns_worker.py")
Times = tuple[float, float]  # processor, passed; milliseconds


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("other", type=Path, help="folder of the other clone")
    add("--turns", type=int, default=50, help="batches of each kind and clone (default: 50)")
    add("--batch", type=int, default=800, help="readings per batch (default: 800)")
    add("--devices", type=int, default=5000, help="registered devices, ten sensors each (default: 5,000)")


def run(options: argparse.Namespace) -> None:
    if not (options.other / "scripts" / "devkit" / "benches").is_dir():
        raise Problem(f"{options.other} is not a clone of this project: name its folder")
    with ExitStack() as stack:
        clones = [stack.enter_context(_worker(folder.resolve(), options)) for folder in (options.other, ROOT)]
        say(f"Batches of {options.batch}, {options.devices:,} devices, {options.turns} turns\n")
        say("readings       |   other    this  ms of processor | this / other, processor | passed")
        for kind in range(len(KINDS)):
            for clone in clones * WARM_UP:
                _store(clone, kind)
        found: list[list[tuple[Times, Times]]] = [[] for _ in KINDS]
        for turn in range(options.turns):
            for kind, pairs in enumerate(found):
                pairs.append(_turn(clones, kind, turn))
    for name, pairs in zip(KINDS, found, strict=True):
        say(_line(name, pairs))


@contextmanager
def _worker(folder: Path, options: argparse.Namespace) -> Iterator["subprocess.Popen[str]"]:
    """A process that imports the clone's code and stores a batch for each line that it is sent."""
    command = [sys.executable, "-c", WORKER.read_text(), str(options.devices), str(options.batch)]
    with subprocess.Popen(
        command, cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        _answer(worker)
        yield worker  # it ends with its input


def _turn(clones: Sequence["subprocess.Popen[str]"], kind: int, turn: int) -> tuple[Times, Times]:
    """A batch by each; who is first changes with every turn."""
    if turn % 2:
        this, other = (_store(clone, kind) for clone in reversed(clones))
    else:
        other, this = (_store(clone, kind) for clone in clones)
    return other, this


def _store(worker: "subprocess.Popen[str]", kind: int) -> Times:
    assert worker.stdin
    worker.stdin.write(f"{kind}\n")
    worker.stdin.flush()
    processor, passed = _answer(worker).split()
    return float(processor), float(passed)


def _answer(worker: "subprocess.Popen[str]") -> str:
    assert worker.stdout
    line = worker.stdout.readline()
    if not line:
        raise Problem("The process of a clone ended; what it said is above")
    return line


def _line(name: str, pairs: list[tuple[Times, Times]]) -> str:
    processor, passed = (sorted(this[i] / other[i] for other, this in pairs) for i in (0, 1))
    low, _, high = quantiles(processor, n=4)
    other, this = (median(pair[which][0] for pair in pairs) for which in (0, 1))
    return (
        f"{name:14} | {other:7.1f} {this:7.1f}                  |"
        f" {median(processor):.3f} ({low:.2f} to {high:.2f})    | {median(passed):.3f}"
    )
