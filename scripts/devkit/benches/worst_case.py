"""A request at its bounds, and the functions that have none because their work is bounded anyway."""

from collections.abc import Callable
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


ONE_ROW = "it finds or changes one row"
WITHOUT = {
    "aceitar_convite": ONE_ROW,
    "apagar_cadastro": ONE_ROW,
    "conferir_chamador": ONE_ROW,
    "criar_api_key": ONE_ROW,
    "criar_convite": ONE_ROW,
    "criar_credencial": ONE_ROW,
    "limitar_api_key": ONE_ROW,
    "mudar_pessoa": ONE_ROW,
    "revogar_convite": ONE_ROW,
    "revogar_credencial": ONE_ROW,
    "vincular_item": ONE_ROW,
    "registrar_posicao": "it is insert_device_reading, and reads what that stored",
}
"""Functions without a worst case, and why."""
