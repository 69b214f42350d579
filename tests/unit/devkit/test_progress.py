"""A long load shows how far it is, and always that it is complete."""

import io
from concurrent.futures import ThreadPoolExecutor

from scripts.devkit import progress


# Fails when the last step is left out because a line was just written.
def test_the_last_step_is_shown_and_not_every_one() -> None:
    out = io.StringIO()
    with progress.steps("loaded", 1_000, out) as step, ThreadPoolExecutor(4) as pool:
        for _ in range(1_000):
            pool.submit(step)
    shown = out.getvalue().strip().split("\r")
    assert shown[0].startswith("loaded:   0%")
    assert "1000/1000" in shown[-1]
    assert len(shown) < 100
