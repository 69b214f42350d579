"""The files of the broker: who is in them, and when they are written again."""

from pathlib import Path

import pytest

from app.environment import SettingsError
from app.jobs.broker_acl import BrokerAclSettings
from app.jobs.broker_files import User, entry, write

GATEWAY = User("gateway", "of the gateway", "read")
DEVICE = ("7-abc", "$6$salt$hash", 1, 7)


# Seen to fail: with + for the device; without the prefix.
def test_a_device_may_publish_to_its_own_topics_only(tmp_path: Path) -> None:
    assert write(tmp_path, "rastro", [GATEWAY, User("site", "s", "write")], [DEVICE])
    assert (tmp_path / "acl").read_text().splitlines() == [
        "user gateway",
        "topic read rastro/#",
        "user site",
        "topic write rastro/#",
        "user 7-abc",
        "topic write rastro/1/+/7/telem",
        "topic write rastro/1/+/7/ack",
        "topic write rastro/1/+/7/event",
    ]
    assert (tmp_path / "passwords").read_text().splitlines()[-1] == "7-abc:$6$salt$hash"


# Seen to fail: with a new salt each time.
def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    assert write(tmp_path, "rastro", [GATEWAY], [DEVICE])
    assert not write(tmp_path, "rastro", [GATEWAY], [DEVICE])
    assert write(tmp_path, "rastro", [GATEWAY], [])
    assert (tmp_path / "passwords").stat().st_mode & 0o777 == 0o600


# Seen to fail: with the old line for a new secret.
def test_a_new_secret_gets_a_new_line(tmp_path: Path) -> None:
    kept = tmp_path / "passwords"
    kept.write_text(first := entry("gateway", "one", kept))
    assert entry("gateway", "one", kept) == first
    assert entry("gateway", "two", kept) != first
    assert "one" not in first.removeprefix("gateway:")


# Seen to fail: without required.
def test_what_is_missing_is_named_and_no_secret_is_shown() -> None:
    with pytest.raises(SettingsError) as refused:
        BrokerAclSettings.from_env({})
    named = [line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]]
    assert named == ["RASTRO_BROKER_ACL_URL", "RASTRO_MQTT_PASSWORD"]
    url = "postgresql://rastro_broker:a-password@127.0.0.1/x"
    shown = repr(
        BrokerAclSettings.from_env({"RASTRO_BROKER_ACL_URL": url, "RASTRO_MQTT_PASSWORD": "a-password"})
    )
    assert "a-password" not in shown
