"""The SQL of sql/online, with the rules of the plan put into it."""

from pathlib import Path

from ..local.paths import SQL

ONLINE = SQL / "online"


def text(step: str, name: str, **parts: str) -> str:
    """One file, and what stands for `{part}` in it."""
    source = (ONLINE / step / f"{name}.sql").read_text().rstrip().rstrip(";")
    for part, value in parts.items():
        source = source.replace(f"{{{part}}}", value)
    return source


def rule(name: str, now: str = "%(now)s", zero_zero: str = "false") -> str:
    """addresses, positions or readings of the plan; the times and settings as the caller names them."""
    return text("plan", name).replace("%(now)s", now).replace("%(zero_zero)s", zero_zero)


def functions() -> list[str]:
    """The functions of the copy, in order: they share their rules with the plan."""
    parts = {
        "addresses": rule("addresses"),
        "positions": rule("positions", "v_now", "v_zero_zero"),
        "readings": rule("readings", "v_now", "v_zero_zero"),
    }
    return [text("copy", path.stem, **parts) for path in _files("copy")]


def _files(step: str) -> list[Path]:
    return sorted((ONLINE / step).glob("*.sql"))
