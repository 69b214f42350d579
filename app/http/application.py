"""The WSGI application: settings -> backend, resources, pages."""

from __future__ import annotations

from typing import Any

from flask_cors import CORS
from flask_openapi3.openapi import OpenAPI

from app.files.images import FolderImages, Images, StorageImages
from app.identity import auth
from app.identity.tokens import Signer
from app.rpc import Backend
from app.rpc.converted import ConvertedBackend
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend
from app.rpc.slots import Slots
from app.settings import Settings

from . import docs, page
from .kit import caching, call, headers, log, shares
from .ops.health import health
from .ops.metrics import metrics
from .v1.fleet import cadastros as old_fleet
from .v1.history import history as old_history
from .v1.new_position import new_position as old_new_position
from .v1.pictures import pictures as old_pictures
from .v1.positions import positions as old_positions
from .v1.products import products as old_products
from .v1.summaries import old_summaries
from .v2.api_keys.routes import api_keys
from .v2.deletions.routes import deletions
from .v2.device_logins.routes import device_logins
from .v2.fleet.bulk import bulk
from .v2.fleet.reads import fleet
from .v2.history.routes import history
from .v2.history_imports.routes import history_imports
from .v2.me.routes import me
from .v2.people.routes import people
from .v2.points.routes import points
from .v2.positions.routes import positions
from .v2.products.routes import products
from .v2.quarantine.routes import quarantine
from .v2.readings.routes import readings
from .v2.retention.routes import retention
from .v2.stream.routes import stream
from .v2.summaries.routes import summaries
from .v2.tracks.routes import track

EXPOSED = [
    "Content-Disposition",
    "Deprecation",
    "ETag",
    "Link",
    "Retry-After",
    "Sunset",
    "X-Request-Id",
]
"""Headers that pages of other origins may read."""
_RESOURCES = (
    readings,
    positions,
    history,
    points,
    stream,
    summaries,
    products,
    fleet,
    bulk,
    history_imports,
    device_logins,
    track,
    quarantine,
    retention,
    deletions,
    api_keys,
    people,
    me,
    health,
    metrics,
    old_fleet,
    old_history,
    old_new_position,
    old_pictures,
    old_positions,
    old_products,
    old_summaries,
)


def create_app(settings: Settings, backend: Backend | None = None) -> OpenAPI:
    """The WSGI application; by default the settings determine the ``backend``."""
    app = OpenAPI(__name__, static_folder=None, **docs.OPENAPI)
    app.url_map.merge_slashes = False  # a path with an empty part is unknown; no redirect
    caching.init_app(app)
    headers.init_app(app)
    log.init_app(app)
    auth.init_app(app, settings)
    call.init_app(app, settings, backend or _backend(settings), _images(settings))
    shares.init_app(app, settings)
    for resource in _RESOURCES:
        app.register_api(resource)
    docs.init_app(app)
    page.init_app(app)
    if settings.cors_origins:
        CORS(app, origins=settings.cors_origins, expose_headers=EXPOSED, max_age=600)
    return app


def _backend(settings: Settings) -> Backend:
    return ConvertedBackend(_postgres(settings) if settings.database_url else _supabase(settings))


def _images(settings: Settings) -> Images:
    if not (settings.storage_key and settings.supabase_url):
        return FolderImages(settings.image_folder)

    def connect() -> Any:
        from supabase import create_client

        return create_client(settings.supabase_url, settings.storage_key.get_secret_value())

    return StorageImages(connect, settings.image_bucket)


def _postgres(settings: Settings) -> Backend:
    pool = Pool(
        settings.database_url.get_secret_value(),
        size=settings.pool_size,
        wait_s=settings.pool_wait_ms / 1_000,
        connect_timeout_s=settings.connect_timeout_s,
    )
    return PostgresBackend(pool, settings.statement_timeout_ms, settings.lock_timeout_ms)


def _supabase(settings: Settings) -> Backend:
    # Imported here only: it takes as long as everything else together.
    from app.rpc.supabase import SupabaseBackend, connect

    client = connect(
        settings.supabase_url,
        settings.supabase_key.get_secret_value(),
        size=settings.pool_size,
        wait_s=settings.pool_wait_ms / 1_000,
        connect_timeout_s=settings.connect_timeout_s,
        timeout_s=settings.statement_timeout_ms / 1_000,
    )
    secret = settings.jwt_secret.get_secret_value()
    slots = Slots(settings.pool_size, settings.pool_wait_ms / 1_000)
    return SupabaseBackend(client, Signer(secret, settings.issuer, settings.jwt_audience), slots)
