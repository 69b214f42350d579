"""How many files the stream may open: one for each viewer. In a process of its own, as the limit is one's."""

import subprocess
import sys

_TRIED = """
import resource
from app.jobs.stream.__main__ import _allow_files
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, most))
_allow_files(300)
print(*resource.getrlimit(resource.RLIMIT_NOFILE), most)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
_allow_files(300)
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


# Seen to fail: with what the system begins with.
def test_as_many_as_wanted_or_allowed() -> None:
    ended = subprocess.run([sys.executable, "-c", _TRIED], check=True, capture_output=True, text=True)
    first, second = ended.stdout.splitlines()
    soft, hard, most = first.split()
    assert (soft, hard) == ("300", most)
    assert second == "200 200"
    assert "few_files" in ended.stderr
