"""Recorded data read by plain code that shares nothing with the simulator, and samples of it."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

TRACKERS, THERMOMETERS = (901, 902, 903), (904, 905)


@dataclass
class Truth:
    """What the files say: the values of each device at each time, in order, relative to its last."""

    fixes: dict[tuple[int, timedelta], tuple[float, float]]
    values: dict[tuple[int, timedelta], set[float]]

    @classmethod
    def of(cls, folder: Path) -> "Truth":
        return cls(read_tracks(folder), read_series(folder))

    @property
    def contradictions(self) -> int:
        return sum(len(values) - 1 for values in self.values.values())


def read_tracks(folder: Path) -> dict[tuple[int, timedelta], tuple[float, float]]:
    """A person's files are one device; people in the order of their names."""
    people = defaultdict(list)
    for path in folder.rglob("*.plt"):
        people[path.name.partition("_")[0]].append(path)
    fixes: dict[tuple[int, timedelta], tuple[float, float]] = {}
    for code, person in zip(TRACKERS, sorted(people), strict=False):
        points = {}
        for path in people[person]:
            with path.open(newline="") as lines:
                for line in list(lines)[6:]:
                    latitude, longitude, _, _, _, day, time = line.strip().split(",")
                    when = datetime.fromisoformat(f"{day} {time}")
                    points[when] = (float(latitude), float(longitude))
        last = max(points)
        fixes |= {(code, when - last): point for when, point in points.items()}
    return fixes


def read_series(folder: Path) -> dict[tuple[int, timedelta], set[float]]:
    values = defaultdict(set)
    for code, path in zip(THERMOMETERS, sorted(folder.rglob("*.csv")), strict=False):
        with path.open(newline="") as lines:
            next(lines)
            rows = [(datetime.fromisoformat(when), value) for when, value in csv.reader(lines)]
        last = max(when for when, _ in rows)
        for when, value in rows:
            values[code, when - last].add(float(value))
    return values


def write_samples(folder: Path) -> None:
    """Small files with the traits of the real ones: several a person, gaps, contradictions."""
    rng = Random(7)
    for person in range(3):
        when = datetime(2008, 10, 23, 2, 53, 4) + timedelta(days=person)
        for part in range(3):
            name = f"{person:03}_{when:%Y%m%d%H%M%S}.plt"
            lines = [f"header {n}" for n in range(6)]
            for _ in range(200):
                latitude, longitude = 39.9 + rng.random() / 10, 116.3 + rng.random() / 10
                lines.append(f"{latitude:.6f},{longitude:.6f},0,492,39744.1,{when:%Y-%m-%d,%H:%M:%S}")
                when += timedelta(seconds=rng.randint(1, 6))
            (folder / name).write_text("\r\n".join(lines) + "\r\n", newline="")
            when += timedelta(hours=5 + part)
    for name, step in (("a_system.csv", 60), ("b_system.csv", 5)):
        when, lines = datetime(2013, 12, 2, 21, 15), ["timestamp,value"]
        for number in range(400):
            lines.append(f"{when},{rng.gauss(80, 9)}")
            # The slower series tells some hours twice, and differently.
            if step == 60 or number % 40 != 7:
                when += timedelta(minutes=step)
        (folder / name).write_text("\n".join(lines) + "\n")
