"""Old, new and their ratio, beside what the refactoring plan promised."""

from collections.abc import Iterator

from .impact_cases import Figures

# What the plan's last table says of the time after the refactoring.
GOALS = {
    "current positions of a product": "5–20 ms",
    "history page of a device": "50–200 ms",
    "history page of a client": "50–200 ms",
    "history view of a device": "replaced by the page",
    "requests of a device list with its sums": "1 round trip",
    "requests, each a transaction, of a reading": "1 call",
    "plan of TbPosicao by cdDispositivo and time": "index",
    "plan of TbSensorRegistro by cdSensor and time": "index",
    "function calls of policies": "1 look-up a query",
}


def table(old: Figures, new: Figures | None) -> Iterator[str]:
    """Its lines, as Markdown. A timeout is the eight seconds of the role."""
    yield "| what | old | new | old / new | planned |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for unit, mine, theirs in (
        (" ms", old.ms, new.ms if new else {}),
        ("", old.other, new.other if new else {}),
    ):
        for title, before in mine.items():
            after = theirs.get(title)
            goal = next((goal for name, goal in GOALS.items() if title.startswith(name)), "")
            values = _text(before, unit), _text(after, unit), _ratio(before, after)
            yield f"| {title} | {' | '.join(values)} | {goal} |"


def _text(value: float | str | None, unit: str) -> str:
    if value == "timeout":
        return "more than 8 s"
    if isinstance(value, int | float):
        return f"{value:,.2f}{unit}" if value % 1 else f"{value:,.0f}{unit}"
    return value or ""


def _ratio(before: float | str, after: float | str | None) -> str:
    if before == "timeout" and isinstance(after, int | float) and after:
        return f"more than {8_000 / after:,.0f}"
    if isinstance(before, int | float) and isinstance(after, int | float) and after:
        return f"{before / after:,.1f}"
    return ""
