"""scripts/simulate: a synthetic fleet, or recorded data, posted to the API."""

import argparse
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count, takewhile
from pathlib import Path
from random import Random
from time import monotonic, sleep

from .. import progress
from ..console import Problem, fail, say
from ..fleet import mqtt_traffic, replay, report, scene, simulation, traffic
from ..fleet.demo_fleet import FLEET
from ..local import access

MOST_IN_A_BATCH = 5_000
Group = argparse._ArgumentGroup


def main() -> None:
    options = _parser().parse_args()
    try:
        raise SystemExit(_run(options))
    except Problem as problem:
        fail(str(problem))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/simulate",
        description="Send readings of the demo devices: of a synthetic fleet, or recorded ones.",
        epilog="Exit code: 1 if a reading was not acknowledged.",
    )
    _add_synthetic_options(parser.add_argument_group("synthetic fleet"))
    _add_replay_options(parser.add_argument_group("recorded data"))
    _add_target_options(parser.add_argument_group("target"))
    return parser


def _add_synthetic_options(group: Group) -> None:
    devices = f"number of devices, at most {len(FLEET)} (default: 12)"
    rate = "readings per second, of all devices together (default: 2; recorded data: no limit)"
    add = group.add_argument
    add("--devices", type=_at_most(len(FLEET)), default=12, metavar="N", help=devices)
    add("--rate", type=_positive, metavar="R", help=rate)
    add("--once", action="store_true", help="send one reading of each device, then stop")
    add(
        "--scene", action="store_true", help="instead, the vans and events that scripts/run shows on the page"
    )
    add("--duration", type=_positive, metavar="SECONDS", help="stop after this time (default: at Ctrl-C)")


def _add_replay_options(group: Group) -> None:
    anchor = "time of the last reading of each device, ISO 8601 (default: now)"
    batch = "readings per request (default: 800)"
    add = group.add_argument
    add("--replay", type=Path, metavar="DIR", help="send its GeoLife .plt tracks and NAB .csv series")
    add("--anchor", type=_time, metavar="TIME", help=anchor)
    add("--shuffle", type=int, metavar="SEED", help="send in random order")
    add("--batch", type=_at_most(MOST_IN_A_BATCH), default=800, metavar="N", help=batch)


def _add_target_options(group: Group) -> None:
    key = "API key (default: $RASTRO_API_KEY, or the demo key of scripts/run)"
    mqtt = (
        "publish to a broker instead, mqtt://user:secret@host:port "
        "(default: $RASTRO_BROKER_URL, or the broker of scripts/run)"
    )
    add = group.add_argument
    add("--url", help="base URL of the API (default: the API that scripts/run started)")
    add("--key", help=key)
    add("--mqtt", nargs="?", const="", default=None, metavar="URL", help=mqtt)
    add("--connections", type=_at_most(100), default=4, metavar="N", help="concurrent ones (default: 4)")
    add(
        "--patience",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="time to retry a request (default: 60)",
    )


def _run(options: argparse.Namespace) -> int:
    tally, stop = traffic.Tally(), threading.Event()
    senders = _senders(options, tally, stop)
    requests, total = _replayed(options) if options.replay else (_live(options), None)
    usual = len(scene.CODES) / scene.SECONDS_BETWEEN_ROUNDS if options.scene else 2.0
    rate = options.rate or (None if options.replay or options.once else usual)
    if rate:
        requests = traffic.paced(requests, rate, stop.wait)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    began = monotonic()
    threads = traffic.start(requests, senders, tally, stop)
    with progress.bar(None, total, " readings") as bar:
        while any(thread.is_alive() for thread in threads):
            sleep(0.1)
            bar.set_postfix(tally.verdicts, refresh=False)
            bar.update(tally.sent - bar.n)
    say(report.report(tally, monotonic() - began))
    if tally.problem:
        fail(tally.problem)
    return 1 if tally.unacknowledged or tally.acknowledged < (total or 0) else 0


def _senders(
    options: argparse.Namespace, tally: traffic.Tally, stop: threading.Event
) -> list[traffic.Delivers]:
    """Connections to the API, or with --mqtt to a broker."""
    url, key = access.url(options.url), access.key(options.key)
    if options.mqtt is None:
        target = traffic.Target(url, key, options.patience)
        return [traffic.Sender(target, tally, stop) for _ in range(options.connections)]
    broker = access.broker(options.mqtt)
    of = mqtt_traffic.clients(url, key)
    return [
        mqtt_traffic.MqttSender(broker, options.patience, of, tally, stop) for _ in range(options.connections)
    ]


def _replayed(options: argparse.Namespace) -> tuple[Iterator[traffic.Request], int]:
    if not options.replay.is_dir():
        raise Problem(f"No such folder: {options.replay}")
    anchor = options.anchor or replay.chosen_anchor(datetime.now(UTC))
    say(f"To send the same readings again: --anchor {replay.instant(anchor)}")
    elements = replay.load(options.replay, anchor)
    if options.shuffle is not None:
        Random(options.shuffle).shuffle(elements)
    return traffic.batches(elements, options.batch), len(elements)


def _live(options: argparse.Namespace) -> Iterator[traffic.Request]:
    devices = FLEET[: options.devices]
    rounds = range(1) if options.once else count()
    end = monotonic() + options.duration if options.duration else None

    def finished() -> bool:
        return end is not None and monotonic() >= end

    if options.scene:
        shown = zip(rounds, scene.rounds(Random(), lambda: datetime.now(UTC)), strict=False)
        while_open = takewhile(lambda _: not finished(), shown)
        return (request for _, turn in while_open for request in traffic.batches(turn, MOST_IN_A_BATCH))
    elements = simulation.traffic(devices, Random(), lambda: datetime.now(UTC), rounds, finished)
    return map(traffic.single, elements)


def _positive(text: str) -> float:
    if (number := float(text)) <= 0:
        raise argparse.ArgumentTypeError("must be greater than 0")
    return number


def _at_most(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not 1 <= (number := int(text)) <= most:
            raise argparse.ArgumentTypeError(f"must be from 1 to {most}")
        return number

    return parse


def _time(text: str) -> datetime:
    """A time with an offset, or in UTC."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not an ISO 8601 time") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)
