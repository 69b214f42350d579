"""The board for Grafana is what its source says, and has nothing twice."""

import json
from collections import Counter

from scripts.devkit.deploy import board


# Seen to fail: with another title in the file.
def test_the_file_is_what_the_source_makes() -> None:
    remedy = "run python -m scripts.devkit.deploy.board"
    assert board.FILE.read_text() == board.text(), remedy


# Seen to fail: with panels that are wider than their place; with a query that is there twice.
def test_no_panel_covers_another_and_no_query_is_there_twice() -> None:
    covered: Counter[tuple[int, int]] = Counter()
    for panel in json.loads(board.text())["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        covered.update(
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
    assert set(covered.values()) == {1}
    queries = board.queries()
    assert len(set(queries)) == len(queries)
