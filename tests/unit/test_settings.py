"""Settings from the environment."""

import re
from pathlib import Path

import pytest

from app.environment import SettingsError
from app.settings import Settings

GOOD = {
    "DATABASE_URL": "postgresql://rastro_api:secret@127.0.0.1:5432/rastro",
    "SUPABASE_JWT_SECRET": "s" * 32,
    "SUPABASE_URL": "https://project.example/",
}


# Seen to fail: with the slash at the end of SUPABASE_URL.
def test_defaults_and_derived_issuer():
    settings = Settings.from_env(GOOD)
    assert settings.issuer == "https://project.example/auth/v1"
    assert (settings.max_body_bytes, settings.max_batch) == (8 * 2**20, 5_000)
    assert settings.cors_origins == ()


# Seen to fail: without jwt_issuer in issuer.
def test_another_issuer_wins():
    assert Settings.from_env(GOOD | {"RASTRO_JWT_ISSUER": "me"}).issuer == "me"


BY_REST = {name: GOOD[name] for name in ("SUPABASE_JWT_SECRET", "SUPABASE_URL")}
BY_REST |= {"SUPABASE_PUBLISHABLE_KEY": "sb_publishable_1"}


def test_the_rest_api_is_a_way_to_the_database():
    settings = Settings.from_env(BY_REST)
    assert not settings.database_url
    assert settings.supabase_key.get_secret_value() == "sb_publishable_1"


# Seen to fail: with any instead of all in _missing of app/settings.py.
@pytest.mark.parametrize("unset", ["SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY"])
def test_without_a_way_to_the_database_both_are_named(unset):
    environ = BY_REST | {"RASTRO_JWT_ISSUER": "me", unset: ""}
    ways = "DATABASE_URL, or SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY"
    with pytest.raises(SettingsError, match=f"^Settings:\n  {ways}: .+$"):
        Settings.from_env(environ)


PROJECT_KEYS = "https://project.example/auth/v1/.well-known/jwks.json"


# Seen to fail: without RASTRO_JWKS_URL, or SUPABASE_URL, in jwks_url; with a URL where there is neither.
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, PROJECT_KEYS),
        ({"RASTRO_JWT_ISSUER": "me"}, PROJECT_KEYS),
        ({"RASTRO_JWKS_URL": "https://keys.example/jwks"}, "https://keys.example/jwks"),
        ({"SUPABASE_URL": "", "RASTRO_JWT_ISSUER": "me"}, ""),
    ],
    ids=["the project's", "another issuer", "another URL", "none"],
)
def test_where_public_keys_are(given, expected):
    assert Settings.from_env(GOOD | given).jwks_url == expected


NO_SECRET = {"SUPABASE_JWT_SECRET": ""}


# Seen to fail: without RASTRO_JWKS_URL in _missing.
def test_public_keys_will_do_without_a_secret():
    assert not Settings.from_env(GOOD | NO_SECRET).jwt_secret
    elsewhere = {"SUPABASE_URL": "", "RASTRO_JWT_ISSUER": "me", "RASTRO_JWKS_URL": "https://keys.example"}
    assert not Settings.from_env(GOOD | NO_SECRET | elsewhere).jwt_secret


# Seen to fail: without either question of _without_secret.
@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            GOOD | {"SUPABASE_URL": "", "RASTRO_JWT_ISSUER": "me"},
            "SUPABASE_JWT_SECRET, SUPABASE_URL or RASTRO_JWKS_URL",
        ),
        (BY_REST, "SUPABASE_JWT_SECRET"),
        (BY_REST | {"RASTRO_JWKS_URL": "https://keys.example"}, "SUPABASE_JWT_SECRET"),
    ],
    ids=["no key at all", "nothing to sign with", "nothing to sign with, keys elsewhere"],
)
def test_where_a_secret_is_needed_it_is_asked_for(environ, problem):
    with pytest.raises(SettingsError, match=f"^Settings:\n  {problem}: .+$"):
        Settings.from_env(environ | NO_SECRET)


# Seen to fail: without the check of origins; without the question for an issuer.
def test_every_problem_is_named_at_once():
    bad = {"RASTRO_POOL_SIZE": "many", "RASTRO_CORS_ORIGINS": "panel.example", "DATABASE_URL": "mysql://x"}
    with pytest.raises(SettingsError) as problem:
        Settings.from_env(bad)
    named = re.findall(r"^  (\w+)", str(problem.value), re.MULTILINE)
    assert sorted(named) == [
        "DATABASE_URL",
        "RASTRO_CORS_ORIGINS",
        "RASTRO_POOL_SIZE",
        "SUPABASE_JWT_SECRET",
        "SUPABASE_URL",
    ]


# Seen to fail: without each of the checks; with 31 bytes for a secret; without the upper bound.
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUPABASE_JWT_SECRET", "short"),
        ("SUPABASE_JWT_SECRET", "s" * 31),
        ("SUPABASE_URL", "project.example"),
        ("RASTRO_JWKS_URL", "file:///etc/passwd"),
        ("RASTRO_POOL_SIZE", "0"),
        ("RASTRO_POOL_SIZE", "101"),
        ("RASTRO_POOL_SIZE", "-1"),
        ("RASTRO_POOL_SIZE", "1e3"),
        ("RASTRO_MAX_BATCH", "9" * 30),
        ("RASTRO_JWT_AUDIENCE", " "),
        ("RASTRO_LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_refused(variable, value):
    with pytest.raises(SettingsError, match=f"^Settings:\n  {variable}: "):
        Settings.from_env(GOOD | {variable: value})


# Seen to fail: with "not in environ" for empty.
def test_an_empty_variable_is_unset():
    assert Settings.from_env(GOOD | {"RASTRO_POOL_SIZE": ""}).pool_size == 4


# Seen to fail: without upper() for the answer.
def test_a_level_may_be_written_small():
    assert Settings.from_env(GOOD | {"RASTRO_LOG_LEVEL": "debug"}).log_level == "DEBUG"


# Seen to fail: without the exception for "*".
def test_every_origin_may_be_allowed():
    assert Settings.from_env(GOOD | {"RASTRO_CORS_ORIGINS": "*"}).cors_origins == ("*",)


def test_origins_are_split():
    given = {"RASTRO_CORS_ORIGINS": "https://a.example, http://localhost:3000"}
    assert Settings.from_env(GOOD | given).cors_origins == ("https://a.example", "http://localhost:3000")


# Seen to fail: with the secret, or the database URL, in repr.
def test_secrets_are_not_shown():
    shown = repr(Settings.from_env(GOOD | BY_REST))
    assert "secret" not in shown.replace("jwt_secret", "")
    assert "s" * 32 not in shown
    assert "sb_publishable_1" not in shown


def test_every_variable_is_in_the_example_file():
    example = Path(__file__).parents[2].joinpath(".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    assert {field.validation_alias for field in Settings.model_fields.values()} <= named
