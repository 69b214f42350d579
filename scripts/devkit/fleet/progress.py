"""What long commands show: a bar or a counter while they run; a table at the end of simulate."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TextIO

from .traffic import VERDICTS, Tally

WIDTH = 30
BAR_EVERY, LINE_EVERY, ENDLESS_LINE_EVERY = 0.2, 10.0, 60.0  # seconds


@contextmanager
def shown(tally: Tally, total: int | None, out: TextIO) -> Iterator[Callable[[], None]]:
    """A function that draws when it is time to: a bar on a terminal, now and then a line elsewhere."""
    on_terminal = out.isatty()
    every = BAR_EVERY if on_terminal else LINE_EVERY if total else ENDLESS_LINE_EVERY
    began = last = monotonic()

    def draw(now: bool = False) -> None:
        nonlocal last
        if now or monotonic() - last >= every:
            last = monotonic()
            text = line(tally, total, last - began)
            out.write(f"\r\x1b[K{text}" if on_terminal else f"{text}\n")
            out.flush()

    yield draw
    if on_terminal:
        draw(now=True)
        out.write("\n")


def line(tally: Tally, total: int | None, seconds: float) -> str:
    """One line: how far, how fast, what became of it."""
    done = tally.sent
    counts = ", ".join(
        f"{tally.verdicts[verdict]} {verdict}" for verdict in VERDICTS if tally.verdicts[verdict]
    )
    speed = f"{done / seconds:,.0f}/s" if seconds > 0 else ""
    if total is None:
        return f"{done} sent {speed} {counts}".rstrip()
    return f"{bar(done, total)} {speed} {counts}".rstrip()


def bar(done: int, total: int) -> str:
    """How much of a whole is done."""
    filled = WIDTH * done // total
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {100 * done // total:3d} %"


@contextmanager
def steps(what: str, total: int, out: TextIO) -> Iterator[Callable[[], None]]:
    """A function to call at each step, from any thread: a bar that says how much longer it takes."""
    on_terminal, lock = out.isatty(), Lock()
    began, last, done = monotonic(), -LINE_EVERY, 0

    def step() -> None:
        nonlocal last, done
        with lock:
            done += 1
            spent = monotonic() - began
            if spent - last < (BAR_EVERY if on_terminal else LINE_EVERY) and done < total:
                return
            last = spent
            left = f"{spent * (total - done) / done:,.0f} s to go" if done < total else f"{spent:,.0f} s"
            text = f"{what} {bar(done, total)} {left}"
            out.write(f"\r\x1b[K{text}" if on_terminal else f"{text}\n")
            out.flush()

    yield step
    if on_terminal:
        out.write("\n")


def report(tally: Tally, seconds: float) -> str:
    """The final table; latencies are those of the last answered requests, in milliseconds."""
    rows = [("sent", tally.sent), *((verdict, tally.verdicts[verdict]) for verdict in VERDICTS)]
    rows += [
        ("unacknowledged", tally.unacknowledged),
        ("failed requests", tally.failed),
        ("retries", tally.retries),
    ]
    lines = [f"{name:<16}{number:>10,}" for name, number in rows]
    lines += [f"  {reason}: {number:,}" for reason, number in tally.reasons.most_common()]
    if tally.latencies:
        marks = "  ".join(
            f"p{share} {percentile(tally.latencies, share) * 1000:.1f}" for share in (50, 95, 99)
        )
        lines.append(f"latency, ms     {marks}  ({len(tally.latencies):,} requests)")
    lines.append(f"{tally.sent / seconds:,.0f} readings/s for {seconds:.1f} s")
    return "\n".join(lines)


def percentile(values: Iterable[float], share: int) -> float:
    """Nearest rank: the smallest value that at least `share` percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
