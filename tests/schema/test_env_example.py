"""`.env.example` names every setting of the application, with its default.

Seen to fail: a setting left out, one too many, a default that differs.
"""

import re

from pydantic import SecretStr

from app.ingest.settings import GatewaySettings
from app.jobs.broker_acl import BrokerAclSettings
from app.jobs.geocoding import GeocodingSettings
from app.jobs.maintenance import MaintenanceSettings
from app.jobs.metrics import MetricsSettings
from app.jobs.stream.settings import StreamSettings
from app.settings import Settings
from scripts.devkit.local.paths import ROOT

OF_COMMANDS = {
    "RASTRO_MIGRATION_URL",
    "RASTRO_API_KEY",
    "RASTRO_BROKER_URL",
}
CLASSES = (
    Settings,
    StreamSettings,
    MaintenanceSettings,
    MetricsSettings,
    GatewaySettings,
    GeocodingSettings,
    BrokerAclSettings,
)


def test_env_example() -> None:
    found = re.findall(r"^(#?)([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    shown = {name: default for mark, name, default in found if name not in OF_COMMANDS and mark}
    active = {name for mark, name, _example in found if not mark}
    settings = {
        field.validation_alias: field.default
        for settings in CLASSES
        for field in settings.model_fields.values()
    }
    assert shown.keys() | active == settings.keys()
    assert shown == {name: _text(settings[name]) for name in shown}


def _text(default: object) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    return "" if default in ("", ()) else str(default)
