"""Every RPC the application may call: its arguments with their SQL types, and whether it only reads.

They come from the database (``signatures``, written by ``scripts/db types``). A name that is not among them
cannot be called, and no name ever comes from input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .signatures import SIGNATURES


@dataclass(frozen=True, slots=True)
class Rpc:
    """A function of schema public. One that only reads may be tried again when a connection breaks."""

    name: str
    arguments: Mapping[str, str]
    reads_only: bool = False


# What is named get_… only reads, also where the function is volatile.
RPCS: Mapping[str, Rpc] = {
    name: Rpc(name, arguments, stable or name.startswith("get_"))
    for name, (arguments, stable) in SIGNATURES.items()
}


def find(name: str) -> Rpc:
    """The RPC, also by the name that it has for a time. Raises KeyError for what is not registered."""
    return RPCS[_LASTING.get(name, name)]


def types_of(name: str, given: Iterable[str]) -> dict[str, str]:
    """SQL types of the arguments given, by name. Raises KeyError for what is not registered."""
    types = find(name).arguments
    return {argument: types[argument] for argument in given}


# Names that are functions of the legacy application's until its database is converted to the end
# (``converted``), and what ours are called as long.
SUCCESSORS: Mapping[str, str] = {
    name: f"{name}_atual"
    for name in (
        "get_abertura_porta_aggregation",
        "get_grouped_sensor_data",
        "get_lista_dispositivos_resumo",
        "get_movimento_pessoas_aggregation",
    )
}
_LASTING = {successor: name for name, successor in SUCCESSORS.items()}
