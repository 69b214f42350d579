"""RPCs over Supabase's REST API (PostgREST), by supabase-py: where no database connection is available.

For people and API keys alike, the application signs a token for this one call with the claims of the direct
way: row-level security sees the same caller, and audit rows name the same request. A person's own
token is not passed on. supabase-py's client knows URL and key of the project; threads share it, so nothing of
a caller is ever stored in it. Bodies go through its session as bytes: a batch keeps every digit.
"""

from __future__ import annotations

import math
import re
from typing import Any

import httpx
import msgspec
from postgrest.exceptions import APIErrorFromJSON
from pydantic import ValidationError
from supabase import Client, ClientOptions, create_client

from app.errors import ApiError, from_sqlstate
from app.identity.principal import NOBODY, Principal
from app.identity.tokens import Signer

from . import Answer, Argument
from .attempts import CONNECTION_LOST, LOST_STATES, answered
from .registry import find, types_of
from .schema import no_schema
from .slots import Slots, sized

_CLIENTS_HEADER = "Rastro-Clientes"  # as private.require_permission sets it, where it does
_READY_TIMEOUT = httpx.Timeout(2)
# SQLSTATEs, and those of PostgREST's own codes that mean that functions and registry differ: our error. With
# others it has no connection or refuses our token, without any a gateway speaks: not the caller's fault.
_TOLD = re.compile(r"[0-9A-Z]{5}|PGRST[12]\d\d")
_NO_FREE_CONNECTION = "PGRST003"
_NO_FUNCTION = "PGRST202"
_BUSY, _TOO_SLOW = "55P03", "57014"


def connect(
    url: str, key: str, *, size: int, wait_s: float, connect_timeout_s: float, timeout_s: float
) -> Client:
    """A client with at most ``size`` connections, opened when first needed (so after a fork).

    A request waits ``wait_s`` seconds for a free one and ``connect_timeout_s`` for a new one, and gives up
    after ``timeout_s`` seconds without a byte. How long a statement may run is up to the role authenticated.
    """
    session = httpx.Client(
        timeout=httpx.Timeout(timeout_s, connect=connect_timeout_s, pool=wait_s),
        limits=httpx.Limits(max_connections=size, max_keepalive_connections=size),
    )
    options = ClientOptions(httpx_client=session, auto_refresh_token=False, persist_session=False)
    return create_client(url, key, options)


class SupabaseBackend:
    """A Backend on a supabase-py client; ``signer`` signs with the project's secret.

    ``slots``: how callers share its connections.
    """

    def __init__(self, client: Client, signer: Signer, slots: Slots) -> None:
        rest = client.postgrest
        self._url, self._headers, self._session = f"{rest.base_url}/rpc/", rest.headers, rest.session
        self._signer, self._slots = signer, slots

    def call(self, name: str, principal: Principal, /, **arguments: Argument) -> Answer:
        """See Backend. A read is tried a second time when its connection broke; a write never is."""
        types = types_of(name, arguments)
        body = msgspec.json.encode({key: _as_json(types[key], value) for key, value in arguments.items()})
        return answered(find(name), lambda: self._post(name, principal, body), _is_lost)

    def require_ready(self) -> None:
        """See Backend. Only a migrated database can say that it does not know a caller named by our token."""
        try:
            self._post("get_posicoes_atuais", NOBODY, b"{}", _READY_TIMEOUT)
        except ApiError as error:
            if error.status == 401:
                return
            cause = error.__cause__
            if isinstance(cause, Refused) and cause.fault.code == _NO_FUNCTION:
                raise no_schema() from error
            raise
        raise from_sqlstate("08006")

    def ready(self) -> bool:
        """See Backend."""
        try:
            self.require_ready()
        except ApiError:
            return False
        return True

    def close(self) -> None:
        """See Backend."""
        self._session.close()

    def _post(
        self, name: str, principal: Principal, body: bytes, timeout: httpx.Timeout | None = None
    ) -> Answer:
        headers = httpx.Headers(self._headers)
        headers["Authorization"] = f"Bearer {self._signer.token(principal)}"
        headers["Content-Type"] = "application/json"
        try:
            with self._slots.taken(sized(principal.share, len(body))):
                response = self._session.post(
                    self._url + name, content=body, headers=headers, timeout=timeout or self._session.timeout
                )
        except httpx.HTTPError as error:
            raise from_sqlstate(_state_of(error)) from error
        return _answer(response)


class Refused(Exception):
    """The server's answer if it is not the JSON of an RPC. Its text is for the log: no headers, no body."""

    def __init__(self, status: int, fault: APIErrorFromJSON) -> None:
        super().__init__(f"{status} {fault.code or ''} {fault.message or ''}".strip())
        self.fault = fault

    @property
    def error(self) -> ApiError:
        """As over a direct connection; an answer that is not PostgREST's means that the database is away."""
        fault = self.fault
        return from_sqlstate(
            _state(fault.code), fault.message or "", fault.hint or "", str(fault.details or "")
        )


def _as_json(sql_type: str, value: Argument) -> Any:
    """The value as msgspec is to write it; jsonb is JSON text and stays what it is, digit for digit."""
    if sql_type == "jsonb" and isinstance(value, str):
        return msgspec.Raw(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _answer(response: httpx.Response) -> Answer:
    """The answer of an RPC, undecoded, but seen to be JSON: a gateway between us may say anything."""
    try:
        if response.status_code == 200:
            text = msgspec.json.decode(response.content, type=msgspec.Raw)
            return Answer(text, response.headers.get(_CLIENTS_HEADER))
        fault = APIErrorFromJSON.model_validate_json(response.content)
    except (msgspec.DecodeError, ValidationError):
        fault = APIErrorFromJSON(message="no JSON")
    refused = Refused(response.status_code, fault)
    raise refused.error from refused


def _state(code: str | None) -> str:
    """The SQLSTATE, or the one nearest to what PostgREST or a gateway means."""
    if code == _NO_FREE_CONNECTION:
        return _BUSY
    return code if code and _TOLD.fullmatch(code) else CONNECTION_LOST


def _state_of(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.PoolTimeout):
        return _BUSY
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return _TOO_SLOW
    return CONNECTION_LOST


def _is_lost(error: ApiError) -> bool:
    cause = error.__cause__
    if isinstance(cause, Refused):
        return cause.fault.code in LOST_STATES
    return isinstance(cause, httpx.NetworkError | httpx.RemoteProtocolError)
