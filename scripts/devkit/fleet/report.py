"""What scripts/simulate prints at the end."""

from collections.abc import Iterable

from .traffic import VERDICTS, Tally


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
