"""scripts/test --full: what is run by hand before a release, as it takes hours, root and the network."""

import os
import subprocess
import sys
import time

from ..console import say
from ..local import programs, systems
from ..local.paths import ROOT

PARTS = (*systems.RELEASES, "postgres", "cold", "soak")
SOAK_MINUTES = 60
_TEST = ("scripts/test", "--none-skipped")
# With whatever is stored packed before it is read (tests/_lib/cold.py).
_COLD = ("--cold", *(f"tests/db/{room}" for room in ("areas", "history", "points", "positions")))
_COLD += tuple(f"tests/db/{room}" for room in ("quarantine", "summaries", "views"))
_COLD += (
    "tests/contract/test_dialogue.py",
    "tests/contract/test_postgres.py",
    "tests/db/access/test_series_policies.py",
    "tests/http/v1",
    *(
        f"tests/http/v2/{room}"
        for room in ("history", "points", "positions", "quarantine", "readings", "summaries")
    ),
)
_FAULTS = ("--acceptance", "tests/acceptance/test_faults.py", "tests/acceptance/test_gateway_faults.py")
_FLOODS = ("--acceptance", "tests/acceptance/test_long_floods.py")
_CONVERT = ("--acceptance", "tests/acceptance/test_convert_faults.py")


def run(parts: list[str]) -> list[str]:
    """Run these parts, or all; the names of those that failed."""
    failed = []
    for part in parts or PARTS:
        say(f"== {part}")
        if not _run(part):
            failed.append(part)
    return failed


def _run(part: str) -> bool:
    if part == "postgres":
        return _other_versions()
    if part == "cold":
        return _test(*_COLD) == 0
    if part == "soak":
        return _soak()
    return systems.debian(part, *_TEST) == 0


def _other_versions() -> bool:
    others = systems.other_postgres()
    if not others:
        say(f"This machine has no complete PostgreSQL besides version {programs.postgres().major}")
    codes = [systems.with_postgres(other, *_TEST) for other in others]
    return not any(codes)


def _soak() -> bool:
    """Faults again and again for an hour, then the longest, a long flood, and many requests at random."""
    end = time.monotonic() + SOAK_MINUTES * 60
    while time.monotonic() < end:
        if _test(*_FAULTS):
            return False
    if _test(*_CONVERT, RASTRO_HOLD_S="60"):
        return False
    if _test(*_FLOODS, RASTRO_FLOOD_S="240"):
        return False
    return not _test("tests/http/docs/test_fuzz.py", RASTRO_FUZZ_EXAMPLES="500")


def _test(*arguments: str, **variables: str) -> int:
    command = [sys.executable, "scripts/test", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False).returncode
