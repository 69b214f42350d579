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


def types_of(name: str, given: Iterable[str]) -> dict[str, str]:
    """SQL types of the arguments given, by name. Raises KeyError for what is not registered."""
    types = RPCS[name].arguments
    return {argument: types[argument] for argument in given}
