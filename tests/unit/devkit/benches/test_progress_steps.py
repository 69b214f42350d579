"""A long load says how far it is, and always that it is done."""

import io

from scripts.devkit.fleet import progress


# Fails when the last step is left out because a line was just written.
def test_the_last_step_is_told_and_not_every_one() -> None:
    out = io.StringIO()
    with progress.steps("loaded", 1_000, out) as step:
        for _ in range(1_000):
            step()
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("loaded [")
    assert lines[0].endswith("s to go")
    assert progress.bar(1_000, 1_000) in lines[-1]
    assert len(lines) < 100
