"""A request at its bounds, and which functions must have one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One request; run number n gets arguments of its own, so that nothing of it is there already."""

    name: str
    function: str
    arguments: Callable[[int], dict[str, Any]]
    before: str = ""  # SQL of the owner, before each run
    person: str = ""  # auth id of who calls, where the bench's key may not


WITHOUT = {
    "criar_api_key": "it makes one row",
    "criar_convite": "it makes one row",
    "registrar_posicao": "it is insert_device_reading, and reads what that stored",
}
"""Functions whose arguments can be large that have no worst case, and why."""
_LARGE = ("jsonb", "timestamp with time zone")  # documents, and ends of a range
_PAGES = ("p_page_size", "p_limit", "p_nr_limite")


def grows(arguments: Mapping[str, str]) -> bool:
    """Whether a caller chooses how much a function with these arguments (name: type) reads or writes."""
    return any(kind.endswith("[]") or kind in _LARGE or name in _PAGES for name, kind in arguments.items())
