"""Makes up what devices try at the broker: mostly what is close to a right of somebody, seldom nonsense."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from tests.acceptance.broker_deeds import CLIENT, DEVICE, KINDS, SELF, Actor, Publish, Sitting, Subscribe
from tests.acceptance.mqtt_session import V5, V311

OWN = tuple(
    b"/".join((b"rastro", CLIENT, site, DEVICE, kind)) for site in (b"loja", b"casa") for kind in KINDS
)
NEAR = (b"/cmd", b"/state", b"/Telem", b"/event/", b"/telem/x", b"", b"/+", b"/a/telem")
T = TypeVar("T")


def sittings(
    actors: Sequence[Actor], names: Sequence[str], filters: Sequence[str]
) -> st.SearchStrategy[Sitting]:
    """``names``: of others, as users and client ids; ``filters``: of rights that somebody has."""
    others = [str(code) for one in actors for code in (one.user, one.client, one.device)]
    levels = st.sampled_from([
        CLIENT, DEVICE, CLIENT, DEVICE, b"rastro", *KINDS, b"loja", b"", b"cmd", b"$SYS", b"broker",
        b"$CONTROL",
        b"dynamic-security", b"v1", b"response", b"0" + DEVICE, DEVICE + b" ", b"Rastro", b"$share",
        *(one.encode() for one in others),
    ])  # fmt: skip
    odd = st.one_of(
        st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=8),
        st.sampled_from(
            [b"", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"a\0b", b"\xff", b"x" * 65_535]
        ),
    )
    ids = _often(st.sampled_from([SELF, b"plain", *(one.encode() for one in names)]), odd)
    publishing = st.builds(
        Publish, topic=_topics(levels, odd), qos=st.sampled_from([1] * 6 + [0, 0, 2]), retain=st.booleans(),
        alias=st.sampled_from([0, 0, 0, 0, 1, 1, 2, 11]), expiry_s=st.sampled_from([None] * 6 + [0, 60]),
        size=st.sampled_from([None] * 12 + [0, 300_000]),
    )  # fmt: skip
    subscribing = st.builds(
        Subscribe, filters=st.lists(_filters(levels, odd, filters), min_size=1, max_size=3).map(tuple),
        qos=st.sampled_from([0, 1, 2]), leaves=st.sampled_from([False, False, True]),
    )  # fmt: skip
    users = st.sampled_from([None, b"", SELF, *(one.encode() for one in names)])
    secrets = st.sampled_from([None, b"", b"wrong", *(one.secret.encode() for one in actors)])
    own_will = st.builds(Publish, st.sampled_from(OWN), st.sampled_from([0, 1]), st.booleans(),
                         st.just(0), st.none(), st.none())  # fmt: skip
    return st.builds(
        Sitting, actor=st.integers(0, len(actors) - 1), at_gateways=st.sampled_from([False] * 9 + [True]),
        login=_often(st.none(), st.tuples(users, secrets)),
        client_id=ids, protocol=st.sampled_from([V5, V5, V311]), clean=st.booleans(),
        expiry_s=st.sampled_from([0, 0, 60, 2**32 - 1]), will=_often(st.none() | own_will, publishing),
        delay_s=st.sampled_from([None, None, None, 0, 1]),
        deeds=st.lists(publishing | subscribing, min_size=3, max_size=10).map(tuple),
        end=st.sampled_from(["leaves", "asks for its will", "vanishes"]),
    ).filter(lambda one: not _is_its_own(one, actors))  # fmt: skip


def _is_its_own(sitting: Sitting, actors: Sequence[Actor]) -> bool:
    """A login that is right after all."""
    actor = actors[sitting.actor]
    user, secret = sitting.login or (None, None)
    right = {(one.user.encode(), one.secret.encode()) for one in actors}
    return user is not None and (actor.filled(user), secret) in right


def _often(one: st.SearchStrategy[T], other: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Not one_of, which takes each strategy once however often it is named."""
    return st.sampled_from([one] * 6 + [other]).flatmap(lambda chosen: chosen)


def _topics(levels: st.SearchStrategy[bytes], odd: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    own = st.sampled_from(OWN)
    sites = odd.map(lambda text: text.replace(b"/", b"")[:1_000])
    elsewhere = st.builds(lambda topic, site: topic.replace(b"loja", site), own, sites)
    changed = st.builds(
        lambda topic, at, level: b"/".join((*topic.split(b"/")[:at], level, *topic.split(b"/")[at + 1 :])),
        own, st.integers(0, 4), _often(levels, odd | st.sampled_from([b"+", b"#"])),
    )  # fmt: skip
    near = st.builds(lambda topic, kind: topic.rpartition(b"/")[0] + kind, own, st.sampled_from(NEAR))
    foreign = changed | near | st.lists(levels, max_size=7).map(b"/".join)
    return _often(own | foreign, elsewhere | odd)


def _filters(
    levels: st.SearchStrategy[bytes], odd: st.SearchStrategy[bytes], known: Sequence[str]
) -> st.SearchStrategy[bytes]:
    wild = st.lists(levels | st.just(b"+"), min_size=1, max_size=6).map(b"/".join)
    anything = (
        st.sampled_from([*(one.encode() for one in known), *OWN, b"#", b"+/#", b"rastro/+/+/+/telem"])
        | wild
        | wild.map(lambda text: text.rpartition(b"/")[0] + b"/#")
    )
    groups = _often(st.sampled_from([b"rastro", b"other", b"1"]), odd | st.sampled_from([b"", b"+", b"g/h"]))
    shared = st.builds(lambda one, text: b"/".join((b"$share", one, text)), groups, anything)
    return _often(anything | shared, odd | anything.map(lambda text: b"$queue/" + text))
